import { diag, DiagLogLevel } from "@opentelemetry/api";
import Instructor from "@instructor-ai/instructor";
import type OpenAI from "openai";
import { z } from "zod";
import { z as v3 } from "zod/v3";
import { z as v4 } from "zod/v4";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { InstructorInstrumentor } from "../../../lib/instructor/instrumentor/instrumentor.js";
import { content, toolCall } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, collect, eachWorld, muteConsole } from "../world.js";

const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const plain = { model: "gpt-4o-mini", messages };
const structured = { ...plain, response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" } };
const ticket = toolCall({ arguments: { customer: "ACME" } });

muteConsole();
let world: World;
eachWorld((made) => (world = made));

type Create = (this: unknown, ...args: unknown[]) => unknown;

/** A client as observability packages wrap one: a Proxy all the way down, whose `create` is their own. */
function wrapped<Client extends object>(client: Client, wrap: (create: Create) => Create): Client {
  return new Proxy(client, {
    get(target, key, receiver: unknown) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (key === "create" && typeof value === "function") return wrap((value as Create).bind(target));
      if (typeof value === "function") return (value as Create).bind(target);
      return typeof value === "object" && value !== null ? wrapped(value, wrap) : value;
    },
  });
}

const WRAPPERS: readonly [what: string, wrap: (create: Create) => Create][] = [
  [
    "keeps the promise",
    (create) =>
      (...args) =>
        create(...args),
  ],
  [
    "gives a promise of its own",
    (create) =>
      async (...args) =>
        create(...args),
  ],
  [
    "gives a generator of its own for a stream",
    (create) =>
      async (...args) => {
        const answer = await create(...args);
        if ((args[0] as { stream?: boolean }).stream !== true) return answer;
        return (async function* () {
          yield* answer as AsyncIterable<unknown>;
        })();
      },
  ],
  [
    "gives a Proxy whose trap has the methods",
    (create) =>
      (...args) => {
        let asked: Promise<unknown> | undefined;
        const answered = (): Promise<unknown> => (asked ??= Promise.resolve(create(...args)));
        return new Proxy(
          {},
          {
            get: (_, key) => {
              if (!(key in Promise.prototype)) return undefined;
              const promise = answered();
              const value: unknown = Reflect.get(promise, key, promise);
              return typeof value === "function" ? (value as Create).bind(promise) : value;
            },
          },
        );
      },
  ],
  [
    "wraps the stream in a Proxy",
    (create) =>
      async (...args) => {
        const answer = (await create(...args)) as object;
        return new Proxy(answer, {
          get(target, key) {
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === "function" ? (value as Create).bind(target) : value;
          },
        });
      },
  ],
];

/** Status, attempts, whether the answer was recorded, and tokens of the one span. */
async function told(): Promise<unknown[]> {
  const span = await world.span();
  const { "gen_ai.completion.0.content": text, "llm.usage.total_tokens": tokens } = span.attributes;
  return [
    span.status.code,
    attemptsOf(span).map((one) => one["instructor.attempt.outcome"]),
    text !== undefined,
    tokens,
  ];
}

describe.each(WRAPPERS)("a client whose wrapper %s", (_, wrap) => {
  const traced = () =>
    createTracedInstructor({ client: wrapped<OpenAI>(world.openai(), wrap), mode: "TOOLS", streamUsage: true });

  it("has one span for a call without a response model", async () => {
    world.server.reply(content("Hello there"));
    const answer = await traced().chat.completions.create({ ...plain, stream: false });
    expect(answer.choices[0]?.message.content).toBe("Hello there");
    expect(await told()).toEqual([1, ["success"], true, 78]);
  });

  it("has one span for a stream without a response model", async () => {
    world.server.reply(content("Hello there"));
    const chunks = await collect(await traced().chat.completions.create({ ...plain, stream: true }));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("Hello there");
    expect(await told()).toEqual([1, ["success"], true, 78]);
  });

  it("has one span for a call with a response model", async () => {
    world.server.reply(ticket);
    expect(await traced().create(structured)).toMatchObject({ customer: "ACME" });
    expect(await told()).toEqual([1, ["success"], true, 78]);
  });

  it("has one span for a stream of objects", async () => {
    world.server.reply(ticket);
    const objects = await collect(await traced().chat.completions.create({ ...structured, stream: true }));
    expect(objects.at(-1)).toMatchObject({ customer: "ACME" });
    expect(await told()).toEqual([1, ["success"], true, 78]);
  });
});

it("has one span for a Proxy's response with its data", async () => {
  const withResponse =
    (create: Create): Create =>
    (...args) => {
      const pending = create(...args) as Record<string, Create>;
      const trap = (key: PropertyKey): unknown =>
        ["then", "asResponse", "withResponse"].includes(String(key)) ? pending[String(key)]?.bind(pending) : undefined;
      return new Proxy({}, { get: (_, key) => trap(key) });
    };
  const client = createTracedInstructor({ client: wrapped<OpenAI>(world.openai(), withResponse), mode: "TOOLS" });
  world.server.reply(content("Hello there"));
  const { data, response } = await client.chat.completions.create({ ...plain, stream: false }).withResponse();
  expect([response.status, data.choices[0]?.message.content]).toEqual([200, "Hello there"]);
  expect(await told()).toEqual([1, ["success"], true, 78]);
});

it("lets a call through when the wrapper's promise throws for what the tracer reads", async () => {
  const strict =
    (create: Create): Create =>
    (...args) => {
      const pending = create(...args) as Promise<unknown>;
      return new Proxy({}, { get: (_, key) => (key === "then" ? pending.then.bind(pending) : refuse()) });
    };
  const refuse = (): never => {
    throw new Error("no such method");
  };
  const client = createTracedInstructor({ client: wrapped<OpenAI>(world.openai(), strict), mode: "TOOLS" });
  world.server.reply(content("Hello there"));
  const answer = await client.chat.completions.create({ ...plain, stream: false });
  expect(answer.choices[0]?.message.content).toBe("Hello there");
});

describe("a client that is only observed", () => {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    const note = (text: string): unknown => warnings.push(text);
    const silent = (): void => undefined;
    diag.setLogger(
      { warn: note, error: silent, info: silent, debug: silent, verbose: silent },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  });
  afterEach(() => diag.disable());

  const schema = v4.object({ customer: v4.string() });
  const request = { ...structured, response_model: { schema: schema as never, name: "Ticket" } };

  it("sends the empty schema of the untraced client for Zod 4, with one warning that names the way out", async () => {
    const instance = Instructor({ client: world.openai(), mode: "TOOLS" });
    world.server.reply(ticket, ticket, ticket);
    await instance.chat.completions.create(request);
    const twin = world.server.lastRequest.body;
    const observed = new InstructorInstrumentor().instrument(instance);
    await observed.chat.completions.create(request);
    expect(world.server.lastRequest.body).toEqual(twin);
    await observed.chat.completions.create(request);
    expect(warnings.filter((text) => text.includes("empty schema"))).toEqual([
      expect.stringContaining("use createTracedInstructor"),
    ]);
  });
});

it("a schema of zod/v3 beside Zod 4 is asked for again when an answer does not fit", async () => {
  const response_model = { schema: v3.object({ customer: v3.string() }), name: "Ticket" };
  world.server.reply(toolCall({ arguments: { customer: 7 } }), ticket);
  const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
  const result = await client.create({ ...plain, response_model: response_model, max_retries: 1 });
  expect(result).toMatchObject({ customer: "ACME" });
  expect(attemptsOf(await world.span()).map((one) => one["instructor.attempt.outcome"])).toEqual([
    "validation_error",
    "success",
  ]);
});
