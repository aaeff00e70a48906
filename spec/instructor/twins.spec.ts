import { inspect } from "node:util";
import Instructor from "@instructor-ai/instructor";
import type OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { unhandledDuring } from "../decorators/unhandled.js";
import { content, drop, functionCall, httpError, json, toolCall, toolCalls } from "../harness/index.js";
import type { Answer } from "../harness/index.js";
import type { World } from "./world.js";
import { muteConsole, eachWorld } from "./world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "ACME", priority: "high" };
const wrong = { customer: "ACME", priority: "soon" };
const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const plain = { model: "gpt-4o-mini", messages };
const request = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };
const good = toolCall({ arguments: ticket });
const bad = toolCall({ arguments: wrong });

/** What both clients have in common, whatever types say of it. */
interface Client {
  chat: { completions: { create: (params?: unknown, options?: unknown) => PromiseLike<unknown> } };
  client: OpenAI;
}

interface Twin {
  answers?: Answer[];
  mode?: "TOOLS" | "JSON" | "MD_JSON";
  retryAllErrors?: boolean;
  /** Whether the caller asks for the usage of a stream; where not, it is asked for on behalf of the span. */
  asksUsage?: boolean;
  run: (client: Client) => unknown;
}

const create =
  (params: unknown, options?: unknown): Twin["run"] =>
  (client) =>
    client.chat.completions.create(params, options);

/** A response model of a class of the caller's, which keeps its parts to itself. */
class OwnModel {
  #name = "Ticket";
  get name() {
    return this.#name;
  }
  get schema() {
    return Ticket;
  }
  get description() {
    return `A ${this.#name}`;
  }
}

const refused = new Error("refused by a refinement");
const schemas = {
  "a transform": Ticket.transform(({ customer }) => ({ length: customer.length })),
  "an asynchronous refinement": Ticket.refine(async ({ priority }) => Promise.resolve(priority === "low"), "too high"),
  "a refinement that throws": Ticket.refine(() => {
    throw refused;
  }),
  "a refinement that rejects": Ticket.refine(() => Promise.reject(refused)),
  "a default": Ticket.extend({ note: z.string().default("none") }),
  "a strict object": Ticket.strict(),
  "a catchall": Ticket.catchall(z.unknown()),
  "an issue without end": Ticket.superRefine((_, context) => {
    for (let at = 0; at < 200; at++) context.addIssue({ code: "custom", message: `no ${at}`, path: ["customer", at] });
  }),
  "a union that fails": z.object({ customer: z.union([z.number(), z.boolean()]), priority: z.any() }),
};

const twins: Record<string, Twin> = {
  ...Object.fromEntries(
    Object.entries(schemas).map(([what, schema]) => [
      `a schema with ${what}`,
      {
        answers: [good, good],
        run: create({ ...request, max_retries: 1, response_model: { schema, name: "Ticket" } }),
      },
    ]),
  ),
  "no parameters": { run: create(undefined) },
  "null for parameters": { run: create(null) },
  "a text for parameters": { run: create("Who?") },
  "no response model in its place": { run: create({ ...plain, response_model: undefined }) },
  "null for a response model": { run: create({ ...plain, response_model: null }) },
  "no name": { run: create({ ...plain, response_model: { schema: Ticket } }) },
  "an empty name": { answers: [good], run: create({ ...plain, response_model: { schema: Ticket, name: "" } }) },
  "a name with signs": {
    answers: [good],
    run: create({ ...plain, response_model: { schema: Ticket, name: "A b-ç!" } }),
  },
  "a description": {
    answers: [good],
    run: create({ ...plain, response_model: { schema: Ticket, name: "T", description: "A ticket" } }),
  },
  "no schema": { run: create({ ...plain, response_model: { name: "Ticket" } }) },
  "a JSON Schema for a schema": {
    answers: [good],
    run: create({ ...plain, response_model: { schema: { type: "object" }, name: "T" } }),
  },
  "a response model of a class": { answers: [good], run: create({ ...plain, response_model: new OwnModel() }) },
  "parameters that are frozen": {
    answers: [bad, good],
    run: create(
      Object.freeze({
        ...plain,
        messages: Object.freeze(messages.map((message) => Object.freeze({ ...message }))),
        response_model: Object.freeze({ schema: Ticket, name: "Ticket" }),
        max_retries: 1,
      }),
    ),
  },
  "no messages": { answers: [good], run: create({ model: "m", response_model: request.response_model }) },
  "no model": { answers: [good], run: create({ messages, response_model: request.response_model }) },
  ...Object.fromEntries(
    [0, -1, 1.5, Number.NaN, Infinity, "1", null, undefined, true].map((retries) => [
      `max_retries: ${JSON.stringify(retries)} ${String(retries)}`,
      { answers: [bad, bad, good], run: create({ ...request, max_retries: retries }) },
    ]),
  ),
  "parameters of a provider's own": {
    answers: [good],
    run: create({
      ...request,
      temperature: 0,
      n: 2,
      user: "u",
      metadata: { order: "1" },
      provider: { order: ["Groq"] },
    }),
  },
  "tools of the caller's own": {
    answers: [good],
    run: create({ ...request, tools: [{ type: "function", function: { name: "own", parameters: {} } }] }),
  },
  "request options": {
    answers: [good],
    run: create(request, { headers: { "x-tenant": "acme" }, query: { version: "2" }, idempotencyKey: "k" }),
  },
  "a signal that is aborted already": { run: create(request, { signal: AbortSignal.abort() }) },
  "a signal with a reason of its own": { run: create(request, { signal: AbortSignal.abort(new Error("mine")) }) },
  "a signal that is aborted between attempts": {
    answers: [bad, good],
    run: async (client) => {
      const controller = new AbortController();
      const schema = Ticket.refine(() => {
        controller.abort();
        return false;
      });
      const params = { ...request, max_retries: 3, response_model: { schema, name: "T" } };
      return client.chat.completions.create(params, { signal: controller.signal });
    },
  },
  "an error of the provider's, all errors retried": {
    answers: [httpError(400), toolCall({ arguments: "{nonsense" }), good],
    retryAllErrors: true,
    run: create({ ...request, max_retries: 5 }),
  },
  "a connection that is lost": { answers: [drop(), good], run: create({ ...request, max_retries: 2 }) },
  "retries of the OpenAI client": {
    answers: [httpError(500, {}, { headers: { "retry-after-ms": "1" } }), bad, good],
    run: (client) => {
      client.client.maxRetries = 1;
      return client.chat.completions.create({ ...request, max_retries: 1 });
    },
  },
  "an answer without choices": { answers: [json({ id: "1", choices: [] })], run: create(request) },
  "an answer that is null": { answers: [json(null)], run: create(request) },
  "an answer that is a text": { answers: [json("no")], run: create(request) },
  "an answer without usage": { answers: [toolCall({ arguments: ticket, usage: null })], run: create(request) },
  "an answer with no content": { answers: [content(null)], mode: "JSON", run: create(request) },
  "a refusal": { answers: [{ kind: "completion", refusal: "I will not." }], run: create(request) },
  "a JSON null": { answers: [content("null")], mode: "JSON", run: create({ ...request, max_retries: 1 }) },
  "a JSON array": { answers: [content("[1]")], mode: "JSON", run: create(request) },
  "a JSON number": { answers: [content("7")], mode: "JSON", run: create(request) },
  "an answer with a property of Instructor's": {
    answers: [toolCall({ arguments: { ...ticket, _meta: { mine: true } } })],
    run: create(request),
  },
  "a function call where a tool call was asked for": {
    answers: [functionCall({ arguments: ticket })],
    run: create(request),
  },
  "two tool calls": { answers: [toolCalls([{ arguments: ticket }, { arguments: wrong }])], run: create(request) },
  "a fence with words around it": {
    answers: [content(`Sure:\n\`\`\`json\n${JSON.stringify(ticket)}\n\`\`\`\nBye`)],
    mode: "MD_JSON",
    run: create(request),
  },
  "parameters that are used for two calls at once": {
    answers: [good, bad, good],
    run: (client) => Promise.all([request, request].map((same) => client.chat.completions.create(same))),
  },
  "messages that grow while the call runs": {
    answers: [bad, good],
    run: (client) => {
      const own = [...messages];
      const call = client.chat.completions.create({ ...request, messages: own, max_retries: 1 });
      own.push({ role: "user", content: "late" });
      return call;
    },
  },
  "parameters that change while the call runs": {
    answers: [bad, good],
    run: (client) => {
      const own = { ...request, max_retries: 1, response_model: { ...request.response_model } };
      const call = client.chat.completions.create(own);
      Object.assign(own, { model: "another", max_retries: 0, messages: [] });
      return call;
    },
  },
  "a create of its own": {
    answers: [good],
    run: ({ chat }) => {
      const { create: own } = chat.completions;
      return own(request);
    },
  },
  "a call that nobody waits for, and that fails": {
    answers: [bad],
    run: (client) => void client.chat.completions.create(request),
  },
  "a plain call that nobody waits for, and that fails": {
    answers: [httpError(400)],
    run: (client) => void client.chat.completions.create(plain),
  },
  "a plain stream that nobody waits for, and that fails": {
    answers: [httpError(400)],
    run: (client) => void client.chat.completions.create({ ...plain, stream: true }),
  },
  "a failing call with two who wait": {
    answers: [bad],
    run: async (client) => {
      const call = client.chat.completions.create(request);
      const both = await Promise.allSettled([call, call]);
      return both.map((one) => one.status === "rejected" && one.reason === (both[0] as PromiseRejectedResult).reason);
    },
  },
  "a plain call": { answers: [content("Hello")], run: create(plain) },
  "a plain call without messages": { answers: [httpError(400, "messages is required")], run: create({ model: "m" }) },
  "a plain call with retries, which goes to the provider": {
    answers: [content("Hello")],
    run: create({ ...plain, max_retries: 2 }),
  },
  "a stream by another word for true": {
    answers: [good],
    run: async (client) =>
      Object.prototype.toString.call(await client.chat.completions.create({ ...request, stream: 1 })),
  },
  "a stream": { answers: [good], run: (client) => collected(client, { ...request, stream: true }) },
  "a stream with max_retries": {
    answers: [bad],
    run: (client) => collected(client, { ...request, stream: true, max_retries: 2 }),
  },
  "a stream with its usage": {
    answers: [good],
    asksUsage: true,
    run: (client) => collected(client, { ...request, stream: true, stream_options: { include_usage: true } }),
  },
  "a stream without a schema": {
    run: (client) => collected(client, { ...plain, stream: true, response_model: { name: "T" } }),
  },
  "a stream that is refused": {
    answers: [httpError(400)],
    run: (client) => collected(client, { ...request, stream: true }),
  },
  "a stream of an answer that is no JSON": {
    answers: [content("no idea")],
    mode: "JSON",
    run: (client) => collected(client, { ...request, stream: true }),
  },
  "a plain stream with its usage": {
    answers: [content("Hello there")],
    asksUsage: true,
    run: (client) => collected(client, { ...plain, stream: true, stream_options: { include_usage: true } }),
  },
  "a plain stream": {
    answers: [content("Hello there")],
    run: (client) => collected(client, { ...plain, stream: true }),
  },
};

async function collected(client: Client, params: object): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const one of (await client.chat.completions.create(params)) as AsyncIterable<object>) {
    all.push("id" in one ? { ...one, id: "" } : one);
  }
  return all;
}

muteConsole();
let world: World;
eachWorld((made) => (world = made));

/** All that can be seen of a client at work from outside. */
async function seen(
  { answers = [], mode = "TOOLS", retryAllErrors = false, asksUsage = false, run }: Twin,
  isTraced: boolean,
) {
  const logged: string[] = [];
  const logger = (level: string, ...args: unknown[]) => {
    logged.push(`${level} ${args.filter((arg) => typeof arg === "string").join(" ")}`);
  };
  const config = { client: world.openai(), mode, logger, retryAllErrors };
  const client = (isTraced ? createTracedInstructor(config) : Instructor(config)) as unknown as Client;
  world.server.clear();
  world.server.reply(...answers);
  let outcome: unknown;
  const unhandled = await unhandledDuring(async () => {
    try {
      outcome = await run(client);
      if (outcome === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
    } catch (error) {
      outcome = error;
    }
  });
  return {
    outcome: shown(outcome),
    unhandled: unhandled.map(shown),
    logged,
    requests: world.server.requests.map(({ body, headers, query }) => [
      asksUsage ? body : { ...body, stream_options: undefined },
      headers["x-tenant"],
      [...query],
    ]),
  };
}

/** A value by all that it consists of, an error by its class and what it says, too. */
function shown(value: unknown): string {
  const text = inspect(value, { depth: 12, sorted: true }).replaceAll(/chatcmpl-\d+|req_\d+/g, "id");
  return value instanceof Error ? `${value.constructor.name} ${value.name}: ${value.message}` : text;
}

describe("a traced client and its untraced twin do the same, given", () => {
  it.each(Object.entries(twins))("%s", async (_, twin) => {
    const untraced = await seen(twin, false);
    const traced = await seen(twin, true);
    expect(traced).toEqual(untraced);
  });
});
