import { context, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import OpenAI from "openai";
import { z } from "zod";
import { withTask } from "../../lib/decorators/decorators.js";
import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { propagateAttributes } from "../../lib/scope/propagate-attributes.js";
import { slot } from "../../lib/scope/tracing.js";
import { auto, content, Gate, toolCall } from "../harness/index.js";
import { attemptsOf, collect, muteConsole, World, eachWorld } from "./world.js";

const Ticket = z.object({ customer: z.string() });
const ticket = { customer: "ACME" };
const plain = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Who?" }] };
const request = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };

type Traced = ReturnType<typeof createTracedInstructor<OpenAI>>;

/** Every way to make a call, run to its end. */
const CALLS: Record<string, (client: Traced) => Promise<unknown>> = {
  create: (client) => client.create({ ...request, max_retries: 1 }),
  createWithCompletion: (client) => client.createWithCompletion({ ...request, max_retries: 1 }),
  createIterable: (client) => collect(client.createIterable(request)),
  "createIterable, stream: false": (client) => collect(client.createIterable({ ...request, stream: false })),
  createPartial: (client) => collect(client.createPartial(request)),
  "a native call": (client) => client.chat.completions.create({ ...request, max_retries: 1 }),
  "a native stream": async (client) => collect(await client.chat.completions.create({ ...request, stream: true })),
  "a plain call": async (client) => client.chat.completions.create(plain),
  "a plain stream": async (client) => collect(await client.chat.completions.create({ ...plain, stream: true })),
};

const isList = (name: string) => name.startsWith("createIterable");

muteConsole();
let world: World;
eachWorld((made) => (world = made));

function answer(name: string): void {
  world.server.answerWith(auto({ Ticket: isList(name) ? { items: [ticket] } : ticket }));
  if (name.startsWith("a plain")) world.server.answerWith(() => content("Hello"));
}

describe.each(Object.entries(CALLS))("%s", (name, run) => {
  beforeEach(() => answer(name));

  it("is one chat span under the decorated method that is active, in its scope", async () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await propagateAttributes({ customerIdentifier: "customer_123" }, () => withTask("outer", () => run(client)));
    const spans = await world.spans();
    expect(spans).toHaveLength(2);
    const [task, chat] = ["outer.task", undefined].map((wanted) =>
      spans.find((span) => (wanted === undefined ? span.kind === 2 : span.name === wanted)),
    );
    expect(chat?.parentSpanId).toBe(task?.spanId);
    expect(chat?.attributes).toMatchObject({
      "respan.customer_params.customer_identifier": "customer_123",
      "traceloop.entity.path": "outer",
    });
  });

  it("is active while the request is made: the provider's HTTP span hangs on it", async () => {
    const active: (string | undefined)[] = [];
    const openai = world.openai().withOptions({
      fetch: (url, init) => {
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        return fetch(url, init);
      },
    });
    await withTask("outer", () => run(createTracedInstructor({ client: openai, mode: "TOOLS" })));
    const chat = (await world.spans()).find((span) => span.kind === 2);
    expect(active).toEqual([chat?.spanId]);
  });

  it("is there in place of the span by which another instrumentation tells of the same request", async () => {
    const openai = world.openai().withOptions({
      fetch: (url, init) => {
        const attributes = { "gen_ai.operation.name": "chat" };
        trace.getTracer("some-vendor").startSpan("chat", { attributes }).end();
        return fetch(url, init);
      },
    });
    await run(createTracedInstructor({ client: openai, mode: "TOOLS" }));
    expect((await world.span()).name).not.toBe("chat");
  });

  it("leaves the active span and context as they were, whatever becomes of it", async () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const host = trace.getTracer("host").startSpan("host");
    await context.with(trace.setSpan(context.active(), host), async () => {
      const here = context.active();
      const call = run(client);
      expect(context.active()).toBe(here);
      await call;
      expect(context.active()).toBe(here);
      world.server.reply({ kind: "plain", status: 400, contentType: "application/json", body: "{}" });
      await expect(run(client)).rejects.toMatchObject({ status: 400 });
      expect(context.active()).toBe(here);
      expect(trace.getActiveSpan()).toBe(host);
    });
    host.end();
  });

  it("is traced once by a client that is wrapped twice and an instrumentor", async () => {
    const instrumentor = new InstructorInstrumentor();
    instrumentor.activate();
    try {
      const once = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
      const twice = createTracedInstructor({ client: once, mode: "TOOLS" }) as unknown as Traced;
      await run(instrumentor.instrument(twice));
      expect(await world.spans()).toHaveLength(1);
    } finally {
      instrumentor.deactivate();
    }
  });

  it("goes through wrappers that others put on the OpenAI client and on its class, each attempt once", async () => {
    const calls: string[] = [];
    const openai = world.openai();
    const prototype = Object.getPrototypeOf(openai.chat.completions) as typeof openai.chat.completions;
    const { create } = prototype;
    prototype.create = function (this: unknown, ...args: unknown[]) {
      calls.push("class");
      return Reflect.apply(create, this, args) as never;
    };
    try {
      const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
      openai.chat.completions.create = function (this: unknown, ...args: unknown[]) {
        calls.push("client");
        return Reflect.apply(prototype.create, this, args) as never;
      };
      await run(client);
      expect(calls).toEqual(["client", "class"]);
      expect(await world.spans()).toHaveLength(1);
    } finally {
      prototype.create = create;
    }
  });

  it("makes no span, and is the same, where tracing is suppressed", async () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await withTask("outer", async () => {
      const outer = trace.getActiveSpan();
      await context.with(suppressTracing(context.active()), () => {
        expect(trace.getActiveSpan()).toBe(outer);
        return run(client);
      });
      expect(trace.getActiveSpan()).toBe(outer);
    });
    expect((await world.spans()).map((span) => span.name)).toEqual(["outer.task"]);
    expect(world.server.lastRequest.body).not.toHaveProperty("stream_options");
  });

  it("asks for no usage on behalf of a span that is not sampled", async () => {
    await world.telemetry.shutdown();
    const unsampled = await World.start({ sampleRate: 0 });
    unsampled.server.answerWith(({ body }) => {
      if (body.tools === undefined) return content("Hello");
      return toolCall({ arguments: isList(name) ? { items: [ticket] } : ticket });
    });
    await run(createTracedInstructor({ client: unsampled.openai(), mode: "TOOLS" }));
    expect(unsampled.server.lastRequest.body).not.toHaveProperty("stream_options");
    expect(await unsampled.spans()).toHaveLength(0);
    await unsampled[Symbol.asyncDispose]();
  });

  it("is finished, untraced, when telemetry is shut down while it runs", async () => {
    const gate = new Gate();
    const given = name.startsWith("a plain")
      ? content("Hello")
      : toolCall({ arguments: isList(name) ? { items: [ticket] } : ticket });
    world.server.reply({ ...given, gate });
    const call = run(createTracedInstructor({ client: world.openai(), mode: "TOOLS" }));
    await gate.arrived;
    await world.telemetry.shutdown();
    gate.release();
    await expect(call).resolves.toBeDefined();
    expect(world.receiver.spans).toHaveLength(1);
    expect(slot.tracing).toBeUndefined();
    await expect(run(createTracedInstructor({ client: world.openai(), mode: "TOOLS" }))).resolves.toBeDefined();
  });
});

describe("one span", () => {
  it("is there for each of two calls with the same parameters, one in the other's hook", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    let nested: Promise<unknown> | undefined;
    client.once("completion:kwargs", () => {
      nested = client.create(request);
    });
    await client.create(request);
    await nested;
    expect(await world.spans()).toHaveLength(2);
    expect(world.server.requests).toHaveLength(2);
  });

  it("is there for a request that a hook sends on itself, and none beside it", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const openai = world.openai();
    const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
    let again: PromiseLike<unknown> | undefined;
    client.once("completion:kwargs", (kwargs) => {
      again = openai.chat.completions.create(kwargs as never);
    });
    await client.create(request);
    await again;
    expect(world.server.requests).toHaveLength(2);
    expect(await world.spans()).toHaveLength(1);
  });

  it("is there for an OpenAI client whose create leads to another traced client", async () => {
    world.server.answerWith(() => content("Hello"));
    const inner = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const router = {
      chat: { completions: { create: (...args: [typeof plain]) => inner.chat.completions.create(...args) } },
    };
    const outer = createTracedInstructor({ client: router, mode: "TOOLS" });
    await outer.chat.completions.create(plain);
    expect(await world.spans()).toHaveLength(1);
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    await outer.create(request);
    expect((await world.spans()).map(({ name }) => name)).toEqual(["instructor.create", "instructor.create"]);
  });

  it("is there however often the OpenAI client retries, and counts one attempt", async () => {
    const retry = {
      kind: "plain",
      status: 503,
      contentType: "application/json",
      body: "{}",
      headers: { "retry-after-ms": "1" },
    } as const;
    world.server.reply(retry, retry, toolCall({ arguments: ticket }));
    const openai = new OpenAI({ apiKey: "sk-local", baseURL: world.server.url, maxRetries: 2 });
    await collect(createTracedInstructor({ client: openai, mode: "TOOLS" }).createPartial(request));
    expect(world.server.requests).toHaveLength(3);
    expect(attemptsOf(await world.span())).toHaveLength(1);
  });

  it("has its content in the process where the client's function says no, asked at each call", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    let isAllowed = true;
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", traceContent: () => isAllowed });
    await client.create(request);
    isAllowed = false;
    await client.create(request);
    const [open, closed] = await world.spans();
    expect(open?.attributes).toHaveProperty(["gen_ai.prompt.0.content"]);
    expect(closed?.attributes).not.toHaveProperty(["gen_ai.prompt.0.content"]);
  });
});
