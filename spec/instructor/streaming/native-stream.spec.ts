import { trace } from "@opentelemetry/api";
import { fork } from "node:child_process";
import type OpenAI from "openai";
import { Stream } from "openai/streaming";
import { z } from "zod";
import { withTask } from "../../../lib/decorators/decorators.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { content, Gate, toolCall } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "../world.js";

const Ticket = z.object({ customer: z.string(), summary: z.string() });
const ticket = { customer: "ACME", summary: "Login failure before a security audit" };
const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const plain = { model: "gpt-4o-mini", messages, stream: true as const };
const request = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };
const answer = toolCall({ arguments: ticket });

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const traced = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
const outcomes = async () => attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.outcome"]);

describe("a native stream with a response model", () => {
  it("sends nothing and has no span before it is advanced", async () => {
    const generator = await traced().chat.completions.create(request);
    expect(await world.spans()).toHaveLength(0);
    await generator.return(undefined);
    await expect(generator.next()).resolves.toEqual({ done: true, value: undefined });
    const own = new Error("mine");
    await expect((await traced().chat.completions.create(request)).throw(own)).rejects.toBe(own);
    expect(world.server.requests).toHaveLength(0);
    expect(await world.spans()).toHaveLength(0);
  });

  it("hangs on the span that was active when it was asked for, and leaves the consumer's alone", async () => {
    world.server.reply(answer);
    const client = traced();
    const generator = await withTask("maker", () => client.chat.completions.create(request));
    await withTask("consumer", async () => {
      const consumer = trace.getActiveSpan();
      for await (const partial of generator) {
        expect(partial).toBeDefined();
        expect(trace.getActiveSpan()).toBe(consumer);
      }
    });
    const spans = await world.spans();
    const [maker, chat] = ["maker.task", "instructor.create"].map((name) => spans.find((span) => span.name === name));
    expect(chat?.parentSpanId).toBe(maker?.spanId);
  });

  it("ends its span with what was consumed when the consumer breaks, throws or returns", async () => {
    world.server.answerWith(() => answer);
    const client = traced();
    for await (const partial of await client.chat.completions.create(request)) {
      if (partial.customer === "ACME") break;
    }
    await expect(
      (async () => {
        for await (const partial of await client.chat.completions.create(request)) {
          if (partial.customer === "ACME") throw new Error("mine");
        }
      })(),
    ).rejects.toThrow("mine");
    const generator = await client.chat.completions.create(request);
    await generator.next();
    await expect(generator.return(undefined)).resolves.toEqual({ done: true, value: undefined });
    const spans = await world.spans();
    expect(spans).toHaveLength(3);
    for (const span of spans) {
      expect(span.status.code).toBe(1);
      expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.outcome": "aborted" }]);
      expect(span.attributes).toHaveProperty(["traceloop.entity.output"]);
    }
  });

  it("ends when its signal stops it, as an untraced one does", async () => {
    const gate = new Gate();
    world.server.reply({ ...answer, gate, gateBeforeWrite: 3 });
    const controller = new AbortController();
    const generator = await traced().chat.completions.create(request, { signal: controller.signal });
    await generator.next();
    controller.abort();
    await collect(generator);
    gate.release();
    expect(await outcomes()).toEqual(["aborted"]);
    expect((await world.span()).status.code).toBe(0);
  });

  it("has its span ended at shutdown, with what came, and can be read to its end", async () => {
    world.server.reply(answer);
    const generator = await traced().chat.completions.create(request);
    const first = await generator.next();
    await world.telemetry.shutdown();
    expect(
      JSON.parse(world.receiver.only("instructor.create").attributes["traceloop.entity.output"] as string),
    ).toEqual({
      ...(first.value as object),
      _meta: undefined,
    });
    expect((await collect(generator)).at(-1)).toMatchObject(ticket);
  });

  it("keeps the iterator protocol", async () => {
    world.server.reply(answer);
    const generator = await traced().chat.completions.create(request);
    expect(Object.prototype.toString.call(generator)).toBe("[object AsyncGenerator]");
    expect(generator[Symbol.asyncIterator]()).toBe(generator);
    await generator.next();
    const own = new Error("mine");
    await expect(generator.throw(own)).rejects.toBe(own);
    await expect(generator.next()).resolves.toEqual({ done: true, value: undefined });
    await expect(generator.return(undefined)).resolves.toEqual({ done: true, value: undefined });
    const span = await world.span();
    expect(span.status).toEqual({ code: 2, message: "mine" });
    expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.outcome": "aborted" }]);
  });
});

describe("a native stream without a response model", () => {
  it("is sent at once", async () => {
    world.server.reply(content("Hello there"));
    void traced().chat.completions.create(plain);
    await world.server.waitForRequests(1);
  });

  it("can be split, turned into a byte stream, and had with its response", async () => {
    world.server.answerWith(() => content("Hello there"));
    const client = traced();
    const text = (chunks: OpenAI.ChatCompletionChunk[]) => chunks.map((one) => one.choices[0]?.delta.content).join("");
    const [left, right] = (await client.chat.completions.create(plain)).tee();
    expect(text(await collect(left))).toBe("Hello there");
    expect(text(await collect(right))).toBe("Hello there");
    const { data, response } = await client.chat.completions.create(plain).withResponse();
    expect(response.status).toBe(200);
    const copy = Stream.fromReadableStream<OpenAI.ChatCompletionChunk>(data.toReadableStream(), new AbortController());
    expect(text(await collect(copy))).toBe("Hello there");
    const spans = await world.spans();
    expect(spans.map(({ attributes }) => attributes["gen_ai.completion.0.content"])).toEqual([
      "Hello there",
      "Hello there",
    ]);
  });

  it("gives its bare response without the event that only the span asked for", async () => {
    world.server.answerWith(() => content("Hello there", { cuts: 7 }));
    const response = await traced().chat.completions.create(plain).asResponse();
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toBe(`${world.server.url}/chat/completions`);
    const events = (await response.text()).split("\n\n");
    expect(events.at(-2)).toBe("data: [DONE]");
    expect(events.filter((event) => event.includes('"choices":[]'))).toEqual([]);
    expect(events.join("")).toContain('"finish_reason":"stop"');
    expect((await world.span()).status.code).toBe(1);
  });

  it("has one consumer; a second one gets OpenAI's own error and the span is the first one's", async () => {
    world.server.reply(content("Hello there"));
    const stream = await traced().chat.completions.create(plain);
    const first = stream[Symbol.asyncIterator]();
    await first.next();
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow("consumed");
    while ((await first.next()).done !== true);
    const span = await world.span();
    expect(span.status.code).toBe(1);
    expect(span.attributes["gen_ai.completion.0.content"]).toBe("Hello there");
  });

  it("stops the request when the consumer breaks", async () => {
    world.server.reply(content("Hello there", { pieces: 1, writeDelay: 5 }));
    for await (const chunk of await traced().chat.completions.create(plain)) {
      if (chunk.choices[0]?.delta.content) break;
    }
    await world.server.lastRequest.closed;
    expect(world.server.lastRequest.clientClosedEarly).toBe(true);
    expect(await outcomes()).toEqual(["aborted"]);
    expect((await world.span()).attributes["gen_ai.completion.0.content"]).toBe("H");
  });

  it("that is never consumed has its span ended at shutdown", async () => {
    world.server.reply(content("Hello there"));
    const stream = await traced().chat.completions.create(plain);
    await world.telemetry.shutdown();
    expect(world.receiver.only("instructor.create").attributes).not.toHaveProperty(["gen_ai.completion.0.content"]);
    expect(await collect(stream)).not.toHaveLength(0);
  });
});

// Instructor splits the streams of OpenAI itself in another way than those of others.
it.each(["openai", "another"])(
  "lets no rejection go unhandled where Instructor's own stream breaks midway, at %s",
  async (host) => {
    const rejections = await new Promise((resolve, reject) => {
      const child = fork(require.resolve("./unhandled-rejections.ts"), [host], {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      child.once("message", resolve);
      child.once("error", reject);
    });
    expect(rejections).toEqual([]);
  },
);
