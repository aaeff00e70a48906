import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { slot } from "../../lib/scope/tracing.js";
import { completionBody } from "../harness/openai-wire.js";
import { content } from "../harness/index.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import { unhandledDuring } from "../decorators/unhandled.js";
import { muteConsole } from "./world.js";

const refuse = (): never => {
  throw new Error("refused");
};
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const trapped = (target: object): object =>
  new Proxy(target, {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse,
  });
const getter = (of: object, key: string): object => Object.defineProperty(of, key, { get: refuse, enumerable: true });

/** Values that misbehave, made anew for each call. */
const VALUES: readonly (readonly [string, () => unknown])[] = [
  ["a revoked Proxy", () => revoked({})],
  ["a revoked Proxy of an array", () => revoked([])],
  ["a Proxy whose traps throw", () => trapped({})],
  ["a Proxy of an array whose traps throw", () => trapped([])],
  ["getters that throw", () => ["role", "content", "text", "type", "url"].reduce(getter, {})],
  [
    "a getter that gives something else each time",
    () => {
      let count = 0;
      return {
        get content() {
          return [String(count++), {}, null][count % 3];
        },
      };
    },
  ],
  ["a toJSON that throws", () => ({ toJSON: refuse, toString: refuse, [Symbol.toPrimitive]: refuse })],
  [
    "a toJSON that returns itself",
    () => {
      const it: object = { toJSON: () => it };
      return it;
    },
  ],
  [
    "an iterator that throws",
    () => Object.assign([1], { [Symbol.iterator]: refuse, map: refuse, slice: refuse, filter: refuse }),
  ],
  [
    "a circular object",
    () => {
      const it: Record<string, unknown> = {};
      it.it = it;
      return it;
    },
  ],
  ["a BigInt", () => 10n],
  ["a symbol", () => Symbol("s")],
  ["a function", () => refuse],
  ["an Error with a cause", () => new Error("x", { cause: revoked({}) })],
  ["an invalid date", () => new Date(NaN)],
  ["a Map", () => new Map([[{}, revoked({})]])],
  ["bytes", () => Buffer.alloc(10)],
  ["a lone surrogate", () => "\ud800"],
  ["a sparse array", () => Array<unknown>(1_000)],
  ["a __proto__ key", () => JSON.parse('{"__proto__": {"polluted": true}}') as unknown],
  [
    "a promise that rejects",
    () => {
      const it = Promise.reject(new Error("x"));
      it.catch(() => undefined);
      return it;
    },
  ],
  [
    "10,000 levels",
    () => {
      let it: unknown = 1;
      for (let level = 0; level < 10_000; level++) it = [it];
      return it;
    },
  ],
];

const Ticket = z.object({ customer: z.string() });
const MODEL = { schema: Ticket, name: "Ticket" };
const MESSAGES = [{ role: "user", content: "Extract." }];

/** The real client, whose server echoes nothing and always answers the same. */
function openai(): OpenAI {
  const fetch = (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    const request = JSON.parse(String(init?.body)) as object;
    const body = completionBody(content({ customer: "ACME" }), request, "c");
    return Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }));
  };
  return new OpenAI({ apiKey: "sk-local", baseURL: "http://127.0.0.1:9/v1", maxRetries: 0, fetch });
}

/** What comes of a call: its result, or what it throws. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    const result = await call();
    return { result: result === null || typeof result !== "object" ? typeof result : Object.keys(result) };
  } catch (error) {
    return {
      error: error instanceof Error ? `${error.constructor.name}: ${error.message.split("\n")[0]}` : typeof error,
    };
  }
}

type Create = (request: unknown, options?: unknown) => unknown;
const untraced = (client: object): Create =>
  (Instructor({ client: client as OpenAI, mode: "JSON" }) as unknown as { chat: { completions: { create: Create } } })
    .chat.completions.create;
const traced = (client: object): Create =>
  (createTracedInstructor({ client: client as OpenAI, mode: "JSON" }) as unknown as { create: Create }).create;

describe("a traced client", () => {
  muteConsole();
  let host: InProcess;
  eachInProcess((made) => (host = made));

  /** One call of each kind, and a span that has ended for the traced one. */
  async function expectSame(what: string, makeRequest: () => unknown, client: () => object = openai): Promise<void> {
    const before = host.spans.length;
    let expected: unknown;
    let actual: unknown;
    const unhandled = await unhandledDuring(async () => {
      expected = await outcome(() => untraced(client())(makeRequest()));
      actual = await outcome(() => traced(client())(makeRequest()));
    });
    const open = slot.tracing?.open.size;
    const spans = host.spans.length - before;
    expect({ what, actual, unhandled, open, spans }).toEqual({
      what,
      actual: expected,
      unhandled: [],
      open: 0,
      spans: 1,
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  }

  const PLACES: readonly (readonly [string, (value: unknown) => object])[] = [
    ["the messages", (value) => ({ messages: value })],
    ["a message", (value) => ({ messages: [...MESSAGES, value] })],
    ["a message's content", (value) => ({ messages: [{ role: "user", content: value }] })],
    ["a part of a message", (value) => ({ messages: [{ role: "user", content: [value] }] })],
    ["a picture", (value) => ({ messages: [{ role: "user", content: [{ type: "image_url", image_url: value }] }] })],
    ["a role", (value) => ({ messages: [{ role: value, content: "x" }] })],
    ["tool calls", (value) => ({ messages: [{ role: "assistant", tool_calls: value }] })],
    ["a tool call", (value) => ({ messages: [{ role: "assistant", tool_calls: [value] }] })],
    ["a function call", (value) => ({ messages: [{ role: "assistant", function_call: value }] })],
    ["metadata", (value) => ({ messages: MESSAGES, metadata: value })],
    ["stop", (value) => ({ messages: MESSAGES, stop: value })],
    ["a stop sequence", (value) => ({ messages: MESSAGES, stop: [value] })],
    ["tools", (value) => ({ messages: MESSAGES, tools: value })],
    ["the temperature", (value) => ({ messages: MESSAGES, temperature: value })],
    ["the model", (value) => ({ messages: MESSAGES, model: value })],
  ];

  it.each(PLACES)("with %s of any kind behaves as an untraced one, and its spans end", async (_place, put) => {
    for (const [what, make] of VALUES) {
      await expectSame(what, () => ({ model: "m", response_model: MODEL, max_retries: 0, ...put(make()) }));
      await expectSame(`${what}, in a plain call`, () => ({ model: "m", ...put(make()) }));
    }
  });

  it("keeps what can be read beside what cannot", async () => {
    const unreadable = getter({ role: "user" }, "content");
    const messages = [{ role: "system", content: "Be brief." }, unreadable, { role: "user", content: "Extract." }];
    await outcome(() => traced(openai())({ model: "m", response_model: MODEL, max_retries: 0, messages }));
    const { attributes } = host.spans[0]!;
    expect(attributes).toMatchObject({
      "gen_ai.prompt.0.content": "Be brief.",
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.2.content": "Extract.",
      "gen_ai.request.model": "m",
    });
    expect(attributes["traceloop.entity.input"]).toContain("Be brief.");
    expect(attributes["llm.request.functions"]).toContain("customer");
  });

  it.each(["model", "messages", "stop", "max_retries", "temperature", "response_model"])(
    "whose parameter %s throws when it is read behaves as an untraced one",
    async (key) => {
      const make = (): object => getter({ model: "m", messages: MESSAGES, response_model: MODEL }, key);
      const expected = await outcome(() => untraced(openai())(make()));
      expect(await outcome(() => traced(openai())(make()))).toEqual(expected);
      expect(slot.tracing?.open.size).toBe(0);
    },
  );

  it.each(VALUES)("whose schema gives %s gives the same, and its span ends", async (_what, make) => {
    const value = make();
    const schema = z.object({ customer: z.string() }).transform(() => ({ value }));
    const client = createTracedInstructor({ client: openai(), mode: "JSON" });
    const request = { model: "m", messages: MESSAGES as never, response_model: { schema, name: "T" } };
    const [result] = await Promise.all([client.create(request)]);
    expect((result as { value: unknown }).value === value).toBe(true);
    expect(slot.tracing?.open.size).toBe(0);
    expect(host.spans).toHaveLength(1);
  });

  it.each(VALUES)("whose schema throws %s throws what an untraced one does, and its span ends", async (_what, make) => {
    const value = make();
    const schema = z.object({
      customer: z.string().transform((): string => {
        throw value;
      }),
    });
    const request = { model: "m", messages: MESSAGES, response_model: { schema, name: "T" }, max_retries: 0 };
    await expectSameThrow(untraced(openai()), traced(openai()), request, value);
    expect(host.spans[0]?.status.code).toBe(2);
  });

  /** Instructor itself looks at what is thrown, and stumbles over some of it. */
  async function expectSameThrow(plain: Create, ours: Create, request: unknown, value: unknown): Promise<void> {
    const thrownBy = async (create: Create): Promise<unknown> => {
      try {
        await create(request);
      } catch (error) {
        return error === value ? "the very same" : (error as Error).message;
      }
      return "nothing";
    };
    expect(await thrownBy(ours)).toEqual(await thrownBy(plain));
    expect(slot.tracing?.open.size).toBe(0);
  }

  /** A client of somebody else's, which answers with anything. */
  const answering = (answer: () => unknown): object => ({
    baseURL: "https://models.example/v1",
    chat: { completions: { create: async (): Promise<unknown> => Promise.resolve(answer()) } },
  });
  const ANSWERS: readonly (readonly [string, (value: unknown) => unknown])[] = [
    ["an answer", (value) => value],
    ["choices", (value) => ({ choices: value })],
    ["a choice", (value) => ({ choices: [value] })],
    ["a message", (value) => ({ choices: [{ message: value }] })],
    ["content", (value) => ({ choices: [{ message: { content: value } }] })],
    ["tool calls", (value) => ({ choices: [{ message: { content: '{"customer":"A"}', tool_calls: value } }] })],
    ["a tool call", (value) => ({ choices: [{ message: { content: '{"customer":"A"}', tool_calls: [value] } }] })],
    ["usage", (value) => ({ usage: value, choices: [{ message: { content: '{"customer":"A"}' } }] })],
    ["a finish reason", (value) => ({ choices: [{ finish_reason: value, message: { content: '{"customer":"A"}' } }] })],
    ["an id", (value) => ({ id: value, model: value, choices: [{ message: { content: '{"customer":"A"}' } }] })],
  ];

  it.each(ANSWERS)(
    "that is given %s of any kind behaves as an untraced one, and its spans end",
    async (_place, put) => {
      const request = { model: "m", messages: MESSAGES };
      for (const [what, make] of VALUES) {
        const client = (): object => answering(() => put(make()));
        await expectSame(`${what}, in a plain call`, () => request, client);
        // A getter that counts sees that the span reads it too.
        if (what.includes("each time")) continue;
        await expectSame(what, () => ({ ...request, response_model: MODEL, max_retries: 0 }), client);
      }
    },
  );

  it.each(VALUES)(
    "whose provider throws %s throws what an untraced one does, and its span ends",
    async (_what, make) => {
      const value = make();
      const client = answering(() => {
        throw value;
      });
      for (const more of [{}, { response_model: MODEL }]) {
        const request = { model: "m", messages: MESSAGES, max_retries: 0, ...more };
        await expectSameThrow(untraced(client), traced(client), request, value);
      }
      expect(host.spans).toHaveLength(2);
    },
  );

  /** A generator awaits what it yields, and so trips itself over these. */
  const AWAITED = VALUES.filter(([what]) => !/Proxy|promise/.test(what));
  const CHUNKS: readonly (readonly [string, (value: unknown) => unknown])[] = [
    ["a chunk", (value) => value],
    ["choices", (value) => ({ choices: value })],
    ["a choice", (value) => ({ choices: [value] })],
    ["a delta", (value) => ({ choices: [{ delta: value }] })],
    ["tool calls", (value) => ({ choices: [{ delta: { tool_calls: value } }] })],
    ["usage", (value) => ({ choices: [], usage: value })],
  ];

  it.each(CHUNKS)("streams %s of any kind to its consumer, and its span ends", async (place, put) => {
    for (const [what, make] of place === "a chunk" ? AWAITED : VALUES) {
      const value = put(make());
      const stream = async function* (): AsyncGenerator {
        yield Promise.resolve(1);
        yield value;
      };
      const before = host.spans.length;
      const request = { model: "m", messages: MESSAGES, stream: true };
      const seen: unknown[] = [];
      for await (const one of (await traced(answering(stream))(request)) as AsyncIterable<unknown>) seen.push(one);
      const told = { isSame: seen[1] === value, count: seen.length, open: slot.tracing?.open.size };
      expect({ what, ...told }).toEqual({ what, isSame: true, count: 2, open: 0 });
      expect(host.spans).toHaveLength(before + 1);
    }
  });

  it("reads of a hundred megabytes of messages only what is kept", async () => {
    let reads = 0;
    const counting = new Proxy(
      Array.from({ length: 200_000 }, () => ({ role: "user", content: "x" })),
      {
        get(target, key, receiver) {
          if (typeof key === "string" && /^\d+$/.test(key)) reads++;
          return Reflect.get(target, key, receiver) as unknown;
        },
      },
    );
    const answer = { choices: [{ message: { content: '{"customer":"A"}' } }] };
    await traced(answering(() => answer))({ model: "m", messages: counting });
    expect(reads).toBeLessThanOrEqual(3_000);
    expect(Object.keys(host.spans[0]?.attributes ?? {}).length).toBeLessThan(3_000);
  });
});
