import { trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import Instructor from "@instructor-ai/instructor";
import { z } from "zod";
import { InstructorInstrumentor, otherBuilds } from "../../../lib/instructor/instrumentor/instrumentor.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { content, Gate, toolCall } from "../../harness/index.js";
import { HostLogger } from "../../telemetry/spans.js";
import { collect, muteConsole, textOf, World } from "../world.js";

const Ticket = z.object({ customer: z.string() });
const ticket = { customer: "ACME" };
const plain = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "ACME cannot log in" }] };
const request = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };

interface Methods {
  chatCompletionStandard: (...args: unknown[]) => Promise<unknown>;
  chatCompletionStream: (...args: unknown[]) => unknown;
}

muteConsole();
let world: World;
let prototype: Methods;
let original: Methods;
const instrumentors: InstructorInstrumentor[] = [];

function instrumentor(options?: ConstructorParameters<typeof InstructorInstrumentor>[0]): InstructorInstrumentor {
  const made = new InstructorInstrumentor(options);
  instrumentors.push(made);
  return made;
}

beforeEach(async () => {
  world = await World.start();
  world.server.answerWith(() => toolCall({ arguments: ticket }));
  prototype = Object.getPrototypeOf(native()) as Methods;
  original = {
    chatCompletionStandard: prototype.chatCompletionStandard,
    chatCompletionStream: prototype.chatCompletionStream,
  };
});
afterEach(async () => {
  for (const one of instrumentors.splice(0)) one.deactivate();
  expect(prototype.chatCompletionStandard).toBe(original.chatCompletionStandard);
  expect(prototype.chatCompletionStream).toBe(original.chatCompletionStream);
  await world[Symbol.asyncDispose]();
});

const native = () => Instructor({ client: world.openai(), mode: "TOOLS" });
const count = async () => (await world.spans()).length;

describe("activate", () => {
  it("traces the structured calls of every client, whenever it was made", async () => {
    const before = native();
    instrumentor({ streamUsage: true }).activate();
    const after = native();
    await expect(before.chat.completions.create(request)).resolves.toMatchObject(ticket);
    await expect(after.chat.completions.create(request)).resolves.toMatchObject(ticket);
    const stream = (await after.chat.completions.create({ ...request, stream: true })) as AsyncIterable<object>;
    expect((await collect(stream)).at(-1)).toMatchObject(ticket);
    const spans = await world.spans();
    expect(spans.map(({ name }) => name)).toEqual(Array(3).fill("instructor.create"));
    expect(spans[0]?.attributes).toMatchObject({
      "llm.usage.total_tokens": 78,
      "respan.metadata.mode": "TOOLS",
      "instructor.attempts": 1,
    });
    expect(spans[2]?.attributes).toMatchObject({ "gen_ai.is_streaming": true, "llm.usage.total_tokens": 78 });
  });

  it("leaves calls without a response model to the client", async () => {
    world.server.answerWith(() => content("Hello"));
    instrumentor().activate();
    await native().chat.completions.create(plain as never);
    expect(await count()).toBe(0);
  });

  it("does not trace a traced client twice", async () => {
    instrumentor().activate();
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await traced.create(request);
    await collect(traced.createPartial(request));
    await collect(await traced.chat.completions.create({ ...request, stream: true }));
    await traced.createWithCompletion(request);
    expect(await count()).toBe(4);
  });

  it("twice is harmless", async () => {
    const one = instrumentor();
    one.activate();
    one.activate();
    expect(one.isActive).toBe(true);
    await native().chat.completions.create(request);
    expect(await count()).toBe(1);
    one.deactivate();
    expect(one.isActive).toBe(false);
    one.deactivate();
    await native().chat.completions.create(request);
    expect(await count()).toBe(1);
  });

  it("is shared by owners; the last one to leave takes it off", async () => {
    const [first, second] = [instrumentor(), instrumentor()];
    first.activate();
    second.activate();
    await native().chat.completions.create(request);
    expect(await count()).toBe(1);
    first.deactivate();
    expect([first.isActive, second.isActive]).toEqual([false, true]);
    await native().chat.completions.create(request);
    expect(await count()).toBe(2);
    second.deactivate();
    expect(prototype.chatCompletionStandard).toBe(original.chatCompletionStandard);
  });

  it("refuses an owner whose privacy differs from the active one's", async () => {
    instrumentor().activate();
    const strict = instrumentor({ traceContent: false });
    expect(() => strict.activate()).toThrow("another instrumentor is active with a different traceContent");
    expect(strict.isActive).toBe(false);
    instrumentor({ traceContent: true }).activate();
    await native().chat.completions.create(request);
    expect((await world.span()).attributes).toHaveProperty(["gen_ai.prompt.0.content"]);
  });

  it("keeps content in the process where its option says so", async () => {
    instrumentor({ traceContent: false }).activate();
    await native().chat.completions.create(request);
    const span = await world.span();
    expect(textOf(span)).not.toContain("ACME");
    expect(span.attributes["llm.usage.total_tokens"]).toBe(78);
  });

  it("traces a further build of Instructor, and takes no harm where that cannot be loaded", async () => {
    const prototypeOfOther: Methods = {
      chatCompletionStandard: async () => undefined,
      chatCompletionStream: () => undefined,
    };
    const { chatCompletionStandard } = prototypeOfOther;
    const missing = () => {
      throw new Error("Cannot find module");
    };
    otherBuilds.push(missing, (() => () => Object.create(prototypeOfOther) as object) as never);
    try {
      const one = instrumentor();
      one.activate();
      expect(prototypeOfOther.chatCompletionStandard).not.toBe(chatCompletionStandard);
      await native().chat.completions.create(request);
      expect(await count()).toBe(1);
      one.deactivate();
      expect(prototypeOfOther.chatCompletionStandard).toBe(chatCompletionStandard);
    } finally {
      otherBuilds.length = 0;
    }
  });

  it("leaves nothing half patched when it fails", () => {
    const frozen = Object.getOwnPropertyDescriptor(prototype, "chatCompletionStream")!;
    Object.defineProperty(prototype, "chatCompletionStream", { ...frozen, writable: false });
    try {
      const one = instrumentor();
      expect(() => one.activate()).toThrow(TypeError);
      expect(one.isActive).toBe(false);
      expect(prototype.chatCompletionStandard).toBe(original.chatCompletionStandard);
    } finally {
      Object.defineProperty(prototype, "chatCompletionStream", frozen);
    }
  });
});

describe("deactivate", () => {
  it("leaves a foreign wrapper on top where it is, working", async () => {
    const one = instrumentor();
    one.activate();
    const ours = prototype.chatCompletionStandard;
    let calls = 0;
    const foreign = function (this: unknown, ...args: unknown[]) {
      calls++;
      return ours.apply(this, args);
    };
    prototype.chatCompletionStandard = foreign;
    await native().chat.completions.create(request);
    one.deactivate();
    expect(prototype.chatCompletionStandard).toBe(foreign);
    await expect(native().chat.completions.create(request)).resolves.toMatchObject(ticket);
    expect([calls, await count()]).toEqual([2, 1]);
    one.activate();
    await native().chat.completions.create(request);
    expect([calls, await count()]).toEqual([3, 2]);
    one.deactivate();
    expect(prototype.chatCompletionStandard).toBe(foreign);
    prototype.chatCompletionStandard = original.chatCompletionStandard;
  });

  it("keeps a foreign wrapper beneath", async () => {
    let calls = 0;
    prototype.chatCompletionStandard = function (this: unknown, ...args: unknown[]) {
      calls++;
      return original.chatCompletionStandard.apply(this, args);
    };
    const foreign = prototype.chatCompletionStandard;
    const one = instrumentor();
    one.activate();
    await native().chat.completions.create(request);
    await createTracedInstructor({ client: world.openai(), mode: "TOOLS" }).create(request);
    expect([calls, await count()]).toEqual([2, 2]);
    one.deactivate();
    expect(prototype.chatCompletionStandard).toBe(foreign);
    prototype.chatCompletionStandard = original.chatCompletionStandard;
  });

  it("lets a call that is running end its span", async () => {
    const gate = new Gate();
    world.server.reply(toolCall({ arguments: ticket, gate }));
    const one = instrumentor();
    one.activate();
    const call = native().chat.completions.create(request);
    await gate.arrived;
    one.deactivate();
    gate.release();
    await expect(call).resolves.toMatchObject(ticket);
    expect((await world.span()).status.code).toBe(1);
  });

  it("ends the spans of streams on their way, which go on", async () => {
    const one = instrumentor();
    one.activate();
    const stream = (await native().chat.completions.create({ ...request, stream: true })) as AsyncGenerator<object>;
    await stream.next();
    one.deactivate();
    expect(await count()).toBe(1);
    expect((await collect(stream)).at(-1)).toMatchObject(ticket);
    expect(await count()).toBe(1);
  });
});

describe("instrument", () => {
  it("gives a traced client of an Instructor client, which stays as it is", async () => {
    const client = native();
    const { create } = client.chat.completions;
    const traced = instrumentor().instrument(client);
    await expect(traced.create(request)).resolves.toMatchObject(ticket);
    expect(await count()).toBe(1);
    expect(client.chat.completions.create).toBe(create);
    await client.chat.completions.create(request);
    expect(await count()).toBe(1);
    expect(traced.client).toBe(client.client);
    await expect(collect(traced.createPartial(request))).resolves.not.toHaveLength(0);
    world.server.answerWith(() => content("Hello"));
    await traced.chat.completions.create(plain);
    expect(await count()).toBe(3);
  });

  it("gives the same one each time, and a traced one as it is", () => {
    const one = instrumentor();
    const client = native();
    const traced = one.instrument(client);
    expect(one.instrument(client)).toBe(traced);
    expect(one.instrument(traced)).toBe(traced);
    expect(instrumentor().instrument(traced)).toBe(traced);
  });

  it("makes a traced client stricter where its own option is", async () => {
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await instrumentor({ traceContent: false }).instrument(traced).create(request);
    const span = await world.span();
    expect(textOf(span)).not.toContain("ACME");
  });

  it("needs no activation, and lasts until the instrumentor is deactivated", async () => {
    const one = instrumentor();
    const traced = one.instrument(native());
    await traced.create(request);
    expect(await count()).toBe(1);
    one.deactivate();
    await expect(traced.create(request)).resolves.toMatchObject(ticket);
    await collect(traced.createPartial(request));
    await collect(await traced.chat.completions.create({ ...request, stream: true }));
    await traced.withOptions({ timeout: 1_000 }).create(request);
    world.server.answerWith(() => content("Hello"));
    await traced.chat.completions.create(plain);
    expect(await count()).toBe(1);
    expect(one.instrument(traced)).toBe(traced);
    await traced.chat.completions.create(plain);
    expect(await count()).toBe(2);
  });

  it("lasts until the last instrumentor that was given the client is deactivated", async () => {
    const [first, second] = [instrumentor(), instrumentor()];
    const client = native();
    const traced = first.instrument(client);
    second.instrument(client);
    first.deactivate();
    await traced.create(request);
    expect(await count()).toBe(1);
    second.deactivate();
    await traced.create(request);
    expect(await count()).toBe(1);
  });

  it("lasts as long as an instrumentor is active, whose every client is", async () => {
    const [active, other] = [instrumentor(), instrumentor()];
    active.activate();
    const traced = other.instrument(native());
    other.deactivate();
    await traced.create(request);
    expect(await count()).toBe(1);
    active.deactivate();
    await traced.create(request);
    expect(await count()).toBe(1);
  });

  it("ends for the clients of one instrumentor alone", async () => {
    const one = instrumentor();
    const [kept, other] = [instrumentor().instrument(native()), one.instrument(native())];
    one.deactivate();
    await other.create(request);
    await kept.create(request);
    expect(await count()).toBe(1);
  });

  it("ends the spans of streams on their way with the last owner, which go on", async () => {
    const one = instrumentor();
    const stream = one.instrument(native()).createPartial(request);
    await stream.next();
    one.deactivate();
    expect(await count()).toBe(1);
    expect((await collect(stream)).at(-1)).toMatchObject(ticket);
    expect(await count()).toBe(1);
  });

  it("leaves a client that was made traced so, though it was given one", async () => {
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const one = instrumentor();
    one.instrument(traced);
    one.deactivate();
    await traced.create(request);
    expect(await count()).toBe(1);
  });

  it("tells hooks of calls that are not traced any more", async () => {
    const one = instrumentor();
    const traced = one.instrument(native());
    const answers: unknown[] = [];
    traced.on("completion:response", (answer) => void answers.push(answer));
    one.deactivate();
    await traced.create(request);
    expect([answers.length, await count()]).toEqual([1, 0]);
  });

  it("refuses anything else", () => {
    expect(() => instrumentor().instrument({ chat: {} } as never)).toThrow("must be what Instructor(…) returned");
    expect(() => instrumentor().instrument(undefined as never)).toThrow(TypeError);
  });
});

describe("an instrumentor as a plugin of another SDK", () => {
  it("has a name", () => {
    expect(instrumentor().name).toBe("instructor");
  });

  it("is activated by that SDK and traces into telemetry beside it, whose id its trace has", async () => {
    await world.telemetry.shutdown();
    const plugin: { name: string; activate(): void | Promise<void>; deactivate(): void | Promise<void> } =
      instrumentor();
    trace.setGlobalTracerProvider(new NodeTracerProvider());
    try {
      await plugin.activate();
      await using beside = await World.start();
      beside.server.reply(toolCall({ arguments: { customer: "ACME" } }));
      await Instructor({ client: beside.openai(), mode: "TOOLS" }).chat.completions.create(request);
      expect((await beside.span()).name).toBe("instructor.create");
      await plugin.deactivate();
    } finally {
      trace.disable();
    }
  });

  it("says why a call is not traced where only a provider of others' is registered, once", async () => {
    await world.telemetry.shutdown();
    const provider = new NodeTracerProvider();
    using logger = new HostLogger();
    instrumentor().activate();
    await native().chat.completions.create(request);
    expect(logger.warnings).toEqual([]);
    trace.setGlobalTracerProvider(provider);
    try {
      await native().chat.completions.create(request);
      await native().chat.completions.create(request);
    } finally {
      trace.disable();
    }
    expect(logger.warnings).toEqual([
      expect.stringContaining("neither a RespanTelemetry nor a RespanSpanProcessor is active"),
    ]);
  });
});
