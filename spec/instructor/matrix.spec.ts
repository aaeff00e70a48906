import OpenAI from "openai";
import { z as v3 } from "zod";
import { z as v4 } from "zod/v4";
import type { Mode } from "../../lib/instructor/client/client-types.js";
import { MODES } from "../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { content, fenced, functionCall, Gate, httpError, thinking, toolCall } from "../harness/index.js";
import type { Completion } from "../harness/index.js";
import { attemptsOf, collect, muteConsole, oneWorld } from "./world.js";
import type { World } from "./world.js";

const schemas = {
  "Zod 3": v3.object({ customer: v3.string(), priority: v3.enum(["low", "high"]) }),
  "Zod 4": v4.object({ customer: v4.string(), priority: v4.enum(["low", "high"]) }),
};
const errors = { "Zod 3": v3.ZodError, "Zod 4": v4.ZodError };
type Zod = keyof typeof schemas;

const APIS = [
  "create",
  "createWithCompletion",
  "createIterable",
  "createIterable, stream: false",
  "createPartial",
  "chat.completions.create",
  "chat.completions.create, stream: true",
] as const;
const OUTCOMES = ["success", "retried", "exhausted", "provider error", "aborted"] as const;
type Api = (typeof APIS)[number];
type Outcome = (typeof OUTCOMES)[number];

interface Case {
  api: Api;
  mode: Mode;
  zod: Zod;
  outcome: Outcome;
}

const good = { customer: "ACME", priority: "high" };
const bad = { customer: "ACME", priority: "soon" };
const USAGE = 78;

const isList = (api: Api) => api.startsWith("createIterable");
const isStream = (api: Api) => ["createIterable", "createPartial", APIS[6]].includes(api);
/** What Instructor's own stream cannot read, and ours can. */
const isFencedStream = ({ api, mode }: Case) => api === APIS[6] && mode.endsWith("MD_JSON");

function cases(): Case[] {
  const all: Case[] = [];
  for (const api of APIS) {
    for (const mode of MODES) {
      for (const zod of Object.keys(schemas) as Zod[]) {
        for (const outcome of OUTCOMES) {
          // A stream is not retried, and but for the items of a list it is not validated.
          if (isStream(api) && (outcome === "retried" || (outcome === "exhausted" && !isList(api)))) continue;
          // No schema is asked about what was not answered.
          if (zod === "Zod 4" && (outcome === "provider error" || outcome === "aborted")) continue;
          all.push({ api, mode, zod, outcome });
        }
      }
    }
  }
  return all;
}

/** The answer that a mode asks the model for. */
function answer(one: Case, value: object): Completion {
  const wrapped = isList(one.api) ? { items: [value] } : value;
  if (one.mode === "TOOLS") return toolCall({ arguments: wrapped });
  if (one.mode === "FUNCTIONS") return functionCall({ arguments: wrapped });
  if (one.mode === "MD_JSON" && !isFencedStream(one)) return fenced(wrapped, { pieces: 1 });
  if (one.mode === "THINKING_MD_JSON" && !isFencedStream(one)) return thinking(wrapped, { pieces: 1 });
  return content(wrapped);
}

function script(one: Case): Completion[] {
  if (one.outcome === "success" || one.outcome === "aborted") return [answer(one, good)];
  if (one.outcome === "retried") return [answer(one, bad), answer(one, good)];
  return isStream(one.api) ? [answer(one, bad)] : [answer(one, bad), answer(one, bad)];
}

async function run({ api, mode, zod }: Case, world: World, signal: AbortSignal): Promise<unknown> {
  const client = createTracedInstructor({ client: world.openai(), mode, streamUsage: true });
  const params = {
    model: "gpt-4o-mini",
    messages: [{ role: "user" as const, content: "ACME cannot log in" }],
    response_model: { schema: schemas[zod] as (typeof schemas)["Zod 3"], name: "Ticket" },
    max_retries: 1,
  };
  const options = { signal };
  switch (api) {
    case "create":
      return client.create(params, options);
    case "createWithCompletion":
      return (await client.createWithCompletion(params, options))[0];
    case "createIterable":
      return (await collect(client.createIterable(params, options)))[0];
    case "createIterable, stream: false":
      return (await collect(client.createIterable({ ...params, stream: false }, options)))[0];
    case "createPartial":
      return (await collect(client.createPartial(params, options))).at(-1);
    case "chat.completions.create":
      return client.chat.completions.create(params, options);
    case "chat.completions.create, stream: true":
      return (await collect(await client.chat.completions.create({ ...params, stream: true }, options))).at(-1);
  }
}

const NAMES: Record<Api, string> = {
  create: "instructor.create",
  createWithCompletion: "instructor.create_with_completion",
  createIterable: "instructor.create_iterable",
  "createIterable, stream: false": "instructor.create_iterable",
  createPartial: "instructor.create_partial",
  "chat.completions.create": "instructor.create",
  "chat.completions.create, stream: true": "instructor.create",
};

const ATTEMPTS: Record<Outcome, string[]> = {
  success: ["success"],
  retried: ["validation_error", "success"],
  exhausted: ["validation_error", "validation_error"],
  "provider error": ["provider_error"],
  aborted: ["aborted"],
};

muteConsole();
let world: World;
oneWorld((made) => (world = made));

describe.each(APIS)("%s", (api) => {
  it.each(cases().filter((one) => one.api === api))("in $mode with $zod: $outcome", async (one) => {
    const { mode, zod, outcome } = one;
    const controller = new AbortController();
    const gate = new Gate();
    if (outcome === "provider error") world.server.reply(httpError(400, "no such model"));
    else world.server.reply(...script(one).map((each) => (outcome === "aborted" ? { ...each, gate } : each)));

    const call = run(one, world, controller.signal).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (outcome === "aborted") {
      await gate.arrived;
      controller.abort();
    }
    const result: { value?: unknown; error?: unknown } = await call;
    gate.release();

    if (outcome === "success" || outcome === "retried") expect(result.value).toMatchObject(good);
    else if (outcome === "exhausted") expect(result.error).toBeInstanceOf(errors[zod]);
    else if (outcome === "aborted") expect(result.error).toBeInstanceOf(OpenAI.APIUserAbortError);
    else expect(result.error).toBeInstanceOf(OpenAI.BadRequestError);

    const span = await world.span();
    const expected = isStream(api) ? ATTEMPTS[outcome].slice(0, 1) : ATTEMPTS[outcome];
    const isFailed = "error" in result;
    const isAnswered = outcome !== "provider error" && outcome !== "aborted";
    expect(span.name).toBe(NAMES[api]);
    expect(span.status).toEqual(isFailed ? { code: 2, message: (result.error as Error).message } : { code: 1 });
    expect(attemptsOf(span).map((attempt) => attempt["instructor.attempt.outcome"])).toEqual(expected);
    expect(span.attributes).toMatchObject({
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.is_streaming": isStream(api),
      "respan.metadata.mode": mode,
      "respan.metadata.instructor_api": NAMES[api],
      "instructor.attempts": expected.length,
      "instructor.max_retries": 1,
      "gen_ai.prompt.0.content": "ACME cannot log in",
    });
    const functions = JSON.parse(span.attributes["llm.request.functions"] as string) as unknown;
    expect(functions).toMatchObject([
      { type: "function", function: { name: "Ticket", parameters: { type: "object" } } },
    ]);
    expect(JSON.stringify(functions)).toContain('"priority"');
    // A list that is refused at an item is not read to its end, where the usage is.
    const isCounted = isAnswered && !(isStream(api) && isFailed);
    expect(span.attributes["llm.usage.total_tokens"]).toBe(isCounted ? USAGE * expected.length : undefined);
    expect(span.attributes["gen_ai.response.model"]).toBe(isAnswered ? "gpt-4o-mini-2024-07-18" : undefined);
    expect("gen_ai.completion.0.tool_calls" in span.attributes).toBe(
      isAnswered && (mode === "TOOLS" || mode === "FUNCTIONS"),
    );
    if (!isFailed) {
      const output: unknown = JSON.parse(span.attributes["traceloop.entity.output"] as string);
      expect(output).toEqual(isList(api) ? [good] : good);
      expect(JSON.parse(span.attributes["gen_ai.completion.0.content"] as string)).toEqual(output);
    }
    if (outcome === "provider error") {
      expect(span.attributes).toMatchObject({ "error.type": "BadRequestError", "http.response.status_code": 400 });
    }
  });
});
