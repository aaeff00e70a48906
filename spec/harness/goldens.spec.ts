import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SDK_VERSION } from "../../lib/wire/package.js";
import { expectGolden, goldenDifferences } from "./goldens.js";
import type { ComparedSpan, GoldenName } from "./goldens.js";

const FOLDER = join(__dirname, "../fixtures/goldens");
const NAMES = readdirSync(FOLDER).map((file) => file.replace(".json", "") as GoldenName);

/** Written the way this project writes it, not the golden's. */
const functionsOf = (name: string) =>
  JSON.stringify([
    {
      type: "function",
      function: {
        name,
        description: "",
        parameters: {
          type: "object",
          properties: {
            summary: { type: "string" },
            priority: { enum: ["low", "medium", "high"], type: "string" },
            customer: { type: "string" },
            title: { type: "string" },
          },
          required: ["customer", "priority", "summary"],
          additionalProperties: false,
        },
      },
    },
  ]);

const ON_STREAMS = {
  "gen_ai.usage.input_tokens": 57,
  "gen_ai.usage.prompt_tokens": 57,
  "gen_ai.usage.output_tokens": 21,
  "gen_ai.usage.completion_tokens": 21,
  "llm.usage.total_tokens": 78,
  "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
  "gen_ai.response.finish_reason": "tool_calls",
  "gen_ai.completion.0.tool_calls": "[]",
};

/** The spans of a golden file as this project is meant to export them. */
function ours(name: GoldenName): ComparedSpan[] {
  const golden = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as {
    resource: ComparedSpan["resource"];
    spans: { name: string; parent: number | null; status: { code: number }; attributes: Record<string, unknown> }[];
  };
  return golden.spans.map(({ name, parent, status, attributes }, index) => {
    const isChat = name.startsWith("instructor.");
    const isStream = name.endsWith("_iterable") || name.endsWith("_partial");
    const changed: Record<string, unknown> = {
      ...attributes,
      ...("respan.entity.log_method" in attributes && { "respan.entity.log_method": "ts_tracing" }),
      ...("respan.metadata.o" in attributes && { "respan.metadata.o": '{"x":1}', "respan.metadata.n": 7 }),
      "respan.metadata._tracing_sdk_version": SDK_VERSION,
      "traceloop.entity.name": String(attributes["traceloop.entity.name"]).replace("async_", ""),
      "only on ours": true,
    };
    if (isChat) {
      const input = JSON.parse(String(attributes["traceloop.entity.input"])) as Record<string, string>;
      const mode = input.mode === "json_mode" ? "JSON" : "TOOLS";
      changed["traceloop.entity.input"] = JSON.stringify({ ...input, mode }, null, 1);
      changed["llm.request.functions"] = functionsOf(input.response_model!);
      if (isStream) Object.assign(changed, ON_STREAMS);
      if (name === "instructor.create_partial") {
        const last = '{"summary":"Login failure before a security audit","priority":"high","customer":"ACME"}';
        changed["traceloop.entity.output"] = changed["gen_ai.completion.0.content"] = last;
      }
    }
    return {
      traceId: "trace",
      spanId: `span-${index}`,
      parentSpanId: parent === null ? undefined : `span-${parent}`,
      name: name.replace("async_", ""),
      kind: isChat ? 2 : 0,
      status,
      // All at once: a parent comes before its children none the less.
      startTime: 1n,
      attributes: changed as ComparedSpan["attributes"],
      resource: golden.resource,
    };
  });
}

/** The differences after `change` to the last span. */
function after(name: GoldenName, change: (span: ComparedSpan, all: ComparedSpan[]) => void): string[] {
  const spans = ours(name);
  change(spans.at(-1)!, spans);
  return goldenDifferences(name, spans);
}

const text = (span: ComparedSpan, key: string) => span.attributes[key] as string;

const functionsOn = (span: ComparedSpan) =>
  JSON.parse(text(span, "llm.request.functions")) as [
    { type: string; function: { name: string; parameters: Record<string, unknown> } },
  ];

describe("expectGolden", () => {
  it.each(NAMES)("accepts %s with everything that is meant to differ", (name) => {
    expectGolden(name, ours(name).reverse());
  });

  it("says all differences at once, by span and attribute", () => {
    const spans = ours("workflow-create");
    spans[0]!.attributes["traceloop.entity.name"] = "other";
    delete spans[1]!.attributes["gen_ai.system"];
    expect(() => expectGolden("workflow-create", spans)).toThrow(
      [
        "the spans are not those of the golden file workflow-create:",
        '  span 0 (support_ticket_extraction.workflow): traceloop.entity.name: golden "support_ticket_extraction", ours "other"',
        '  span 1 (instructor.create): gen_ai.system: missing, golden "openai"',
      ].join("\n"),
    );
  });

  it("wants as many spans", () => {
    expect(after("workflow-create", (_, all) => all.pop())).toEqual([
      "golden has the spans support_ticket_extraction.workflow, instructor.create; ours are support_ticket_extraction.workflow",
    ]);
  });

  it.each<[string, (span: ComparedSpan) => void, string]>([
    ["name", (span) => (span.name = "x"), 'name: golden "instructor.create", ours "x"'],
    ["kind", (span) => (span.kind = 0), "kind: golden 2, ours 0"],
    ["status", (span) => (span.status = { code: 2, message: "m" }), "status code: golden 1, ours 2"],
    ["status message", (span) => (span.status = { code: 1, message: "m" }), 'status message: golden nothing, ours "m"'],
    ["parent", (span) => (span.parentSpanId = undefined), 'parent: golden "span-0", ours nothing'],
    ["trace", (span) => (span.traceId = "other"), "in one trace with span 0: golden true, ours false"],
    [
      "resource",
      (span) => (span.resource = {}),
      'resource attribute service.name: golden "instructor-support-api", ours nothing',
    ],
    [
      "number",
      (span) => (span.attributes["llm.usage.total_tokens"] = "78"),
      'llm.usage.total_tokens: golden 78, ours "78"',
    ],
    [
      "mode",
      (span) => (span.attributes["traceloop.entity.input"] = '{"mode":"tool_call"}'),
      'traceloop.entity.input.mode: golden "TOOLS", ours "tool_call"',
    ],
    [
      "version",
      (span) => (span.attributes["respan.metadata._tracing_sdk_version"] = "2.24.0"),
      `respan.metadata._tracing_sdk_version: golden "${SDK_VERSION}", ours "2.24.0"`,
    ],
    [
      "leftover _meta",
      (span) => {
        const output = JSON.parse(text(span, "traceloop.entity.output")) as object;
        span.attributes["traceloop.entity.output"] = JSON.stringify({ ...output, _meta: {} });
      },
      "traceloop.entity.output._meta: golden nothing, ours {}",
    ],
    [
      "JSON in JSON",
      (span) => {
        span.attributes["gen_ai.completion.0.tool_calls"] = text(span, "gen_ai.completion.0.tool_calls").replace(
          "ACME",
          "ACNE",
        );
      },
      'gen_ai.completion.0.tool_calls[0].function.arguments.customer: golden "ACME", ours "ACNE"',
    ],
    [
      "text in place of JSON",
      (span) => (span.attributes["traceloop.entity.output"] = "[object Object]"),
      'traceloop.entity.output: golden is JSON, ours is not: "[object Object]"',
    ],
    [
      "functions",
      (span) => delete span.attributes["llm.request.functions"],
      "llm.request.functions: not a JSON list: nothing",
    ],
    [
      "functions without a schema",
      (span) => {
        const functions = functionsOn(span);
        functions[0].function.parameters = {};
        span.attributes["llm.request.functions"] = JSON.stringify(functions);
      },
      "llm.request.functions: no object schema with properties",
    ],
    [
      "functions with titles",
      (span) => {
        const functions = functionsOn(span);
        Object.assign(functions[0].function.parameters, { title: "SupportTicket" });
        span.attributes["llm.request.functions"] = JSON.stringify(functions);
      },
      "llm.request.functions: has a title: parameters.title",
    ],
    [
      "functions of another name",
      (span) => (span.attributes["llm.request.functions"] = functionsOf("Other")),
      "llm.request.functions: not a function named SupportTicket",
    ],
  ])("fails on another %s", (_, change, difference) => {
    expect(after("workflow-create", change)).toContainEqual(
      expect.stringContaining(`span 1 (instructor.create): ${difference}`),
    );
  });

  it("holds a schema against the golden one where there is one", () => {
    const differences = after("create-partial", (span) => {
      const functions = functionsOn(span);
      functions[0].function.parameters.required = ["customer"];
      functions[0].function.parameters.properties = { customer: { type: "string" }, priority: { type: "string" } };
      span.attributes["llm.request.functions"] = JSON.stringify(functions);
    });
    const where = "span 0 (instructor.create_partial): llm.request.functions[0].function.parameters";
    expect(differences).toEqual([
      expect.stringContaining(`${where}.properties.priority.enum: golden ["low","medium","high"], ours nothing`),
      expect.stringContaining(`${where}.properties.summary: golden {`),
      expect.stringContaining(`${where}.required[1]: golden "priority", ours nothing`),
      expect.stringContaining(`${where}.required[2]: golden "summary", ours nothing`),
    ]);
  });

  it("wants usage, response model, finish reason and tool calls on streams", () => {
    const differences = after("create-iterable", (span) => {
      span.attributes = Object.fromEntries(Object.entries(span.attributes).filter(([key]) => !(key in ON_STREAMS)));
    });
    expect(differences).toEqual(
      Object.keys(ON_STREAMS).map((key) => `span 0 (instructor.create_iterable): ${key}: missing`),
    );
  });

  it("wants the last partial, not all of them", () => {
    const differences = after("create-partial", (span) => {
      span.attributes["traceloop.entity.output"] = '[{"customer":"ACME"}]';
    });
    expect(differences).toEqual([expect.stringContaining("traceloop.entity.output: golden {")]);
  });

  it("takes metadata as text or as it is, an object only as JSON", () => {
    const change = (key: string, value: number | string) =>
      after("nested-scopes", (span) => (span.attributes[key] = value));
    expect(change("respan.metadata.n", "7")).toEqual([]);
    expect(change("respan.metadata.n", 8)).toEqual([
      'span 0 (instructor.create): respan.metadata.n: golden "7", ours 8',
    ]);
    expect(change("respan.metadata.o", "{'x': 1}")).toHaveLength(1);
  });
});
