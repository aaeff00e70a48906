import type { ApiAttributes, ApiValue } from "../../lib/viewer/api.js";
import { attempt, chat, decorated, scoped, trace } from "./fixtures.js";
import type { FixtureTrace, SpanFields } from "./fixtures.js";

const WORKFLOWS = ["support_ticket_extraction", "invoice_extraction", "project_brief", "triage", "contract_review"];
const CUSTOMERS = ["acme", "globex", "initech", "northwind", "hooli", "umbrella", "stark", "wayne"];
const MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-4.1", "claude-sonnet-4"];

/** Pseudorandom numbers, the same in each run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Traces of two spans, one every 731 ms back from `now`; each ninth failed. */
export function manyTraces(count: number, now: number, prefix = "many"): FixtureTrace[] {
  const random = sequence(7);
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] ?? "";
  return Array.from({ length: count }, (_, index) => {
    const start = now - index * 731;
    const name = pick(WORKFLOWS);
    const ms = 200 + Math.floor(random() * random() * 6000);
    const failed = index % 9 === 4;
    const retried = failed || random() > 0.85;
    const scope = scoped({ customer: pick(CUSTOMERS), thread: `thread-${Math.floor(random() * 400)}`, workflow: name });
    const workflow = decorated("workflow", name, {
      input: [`document ${index}`],
      ...(!failed && { output: { index } }),
    });
    const status = failed ? { code: "error" as const, message: "Validation failed" } : { code: "unset" as const };
    const tokens = [120 + Math.floor(random() * 900), 40 + Math.floor(random() * 300)] as const;
    const attempts = retried ? 2 : 1;
    return trace(`${prefix} ${index}`, start, [
      { id: "workflow", ms, ...workflow, attributes: { ...workflow.attributes, ...scope }, status },
      {
        id: "chat",
        parent: "workflow",
        at: 2,
        ms: ms - 4,
        name: "instructor.create",
        kind: "client",
        status,
        attributes: {
          ...chat({
            model: pick(MODELS),
            schemaName: "Result",
            result: { index },
            tokens,
            extra: { "instructor.attempts": attempts },
          }),
          ...scope,
        },
        events: Array.from({ length: attempts }, (_, at) =>
          attempt({
            number: at + 1,
            end: start + ms - 2,
            ms: ms / attempts,
            outcome: at + 1 < attempts || failed ? "validation_error" : "success",
          }),
        ),
      },
    ]);
  });
}

/** One trace with many spans: a wide tree, or a chain where each span is the child of the one before. */
export function hugeTrace(spans: number, now: number, form: "wide" | "chain" = "wide"): FixtureTrace {
  const fields = Array.from({ length: spans }, (_, index): SpanFields => {
    const parent = form === "chain" ? index - 1 : Math.floor((index - 1) / 12);
    return {
      id: String(index),
      ...(index > 0 && { parent: String(parent) }),
      name: `step ${index}`,
      at: index * 0.1,
      ms: (spans - index) * 0.1,
      attributes: { index },
    };
  });
  return trace(`huge ${form} ${spans}`, now, fields);
}

/** Texts that must be shown and never run: each sets `window.wasRun` if it runs. */
export const HOSTILE = [
  `<img src=x onerror="window.wasRun=true">`,
  `<script>window.wasRun=true</script>`,
  `</script><script>window.wasRun=true</script>`,
  `<svg onload="window.wasRun=true">`,
  `<style>*{display:none}</style>`,
  `[click](javascript:window.wasRun=true)`,
  `![image](https://example.invalid/pixel.png)`,
  `<a href="javascript:window.wasRun=true">x</a>`,
  `<iframe srcdoc="<script>parent.wasRun=true</script>"></iframe>`,
  `"><img src=x onerror=window.wasRun=true>`,
  `javascript:window.wasRun=true`,
  `{{constructor.constructor('window.wasRun=true')()}}`,
];

/** Hostile text wherever a sender can put text. */
export function hostileTrace(now: number): FixtureTrace {
  const text = HOSTILE.join("\n");
  const key = HOSTILE[0] ?? "";
  const value: ApiValue = { [key]: text, ["__proto__"]: text, constructor: text };
  const every = (names: readonly string[]): ApiAttributes => Object.fromEntries(names.map((name) => [name, text]));
  const attributes: ApiAttributes = {
    ...every([
      "respan.customer_params.customer_identifier",
      "respan.threads.thread_identifier",
      "traceloop.workflow.name",
      "traceloop.entity.path",
      `respan.metadata.${key}`,
      "gen_ai.request.model",
      "instructor.response_model",
      "error.type",
      key,
      "http.request.method",
      "url.full",
    ]),
    "respan.entity.log_type": "chat",
    "llm.request.type": "chat",
    structured: value,
    "gen_ai.prompt.0.role": text,
    "gen_ai.prompt.0.content": text,
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": JSON.stringify([
      { type: "image_url", image_url: { url: "https://example.invalid/pixel.png" } },
      { type: "text", text },
    ]),
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": JSON.stringify(value),
    "gen_ai.completion.0.tool_calls": JSON.stringify([{ id: text, function: { name: text, arguments: text } }]),
    "llm.request.functions": JSON.stringify([
      {
        type: "function",
        function: {
          name: text,
          parameters: {
            type: text,
            description: text,
            properties: { [key]: { type: text, description: text, pattern: text } },
          },
        },
      },
    ]),
    "traceloop.entity.input": JSON.stringify({ messages: [{ role: "user", content: text }] }),
    "traceloop.entity.output": JSON.stringify({ [key]: text }),
  };
  return trace("hostile", now, [
    {
      id: "hostile",
      name: text,
      ms: 40,
      status: { code: "error", message: text },
      attributes,
      resource: { "service.name": text, [key]: text },
      scope: { name: text, version: text },
      events: [
        attempt({
          number: 1,
          end: now + 20,
          ms: 20,
          outcome: text,
          answer: JSON.stringify({ [key]: text }),
          issues: [{ path: [key], code: text, message: text }],
          added: [{ role: text, content: text }],
        }),
        attempt({
          number: 2,
          end: now + 40,
          ms: 20,
          outcome: "success",
          answer: JSON.stringify({ [key]: `${text}!` }),
        }),
        { name: text, time: now, attributes: { [key]: text } },
      ],
    },
    {
      id: "child",
      parent: "hostile",
      name: key,
      ms: 4,
      attributes: { "traceloop.span.kind": text, "traceloop.entity.input": text, "traceloop.entity.output": text },
    },
  ]);
}
