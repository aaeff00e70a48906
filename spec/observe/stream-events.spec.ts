import { EventEmitter } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SpanStatusCode } from "@opentelemetry/api";
import OpenAI from "openai";
import { Stream } from "openai/streaming";
import { Task } from "../../lib/decorators/decorators.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";

describe("a stream that is consumed by events", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));
  class Desk {
    @Task() give<Result>(make: () => Result): Result {
      return make();
    }
  }
  const desk = new Desk();

  async function* counting(): AsyncGenerator<number> {
    yield 1;
  }
  class Source extends EventEmitter {
    [Symbol.asyncIterator](): AsyncGenerator<number> {
      return counting();
    }
  }

  it.each(["end", "close"])("ends its span with the event %s", (event) => {
    const source = desk.give(() => new Source());
    source.emit("line", "a");
    expect(host.spans).toEqual([]);
    source.emit(event);
    expect(host.spans).toHaveLength(1);
    expect(host.spans[0]?.status.code).toBe(SpanStatusCode.UNSET);
    expect(source.eventNames()).toEqual([]);
  });

  it("fails its span with an error, which is as unhandled as it was", () => {
    const source = desk.give(() => new Source());
    expect(() => source.emit("error", new Error("lost"))).toThrow("lost");
    expect(host.spans[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: "lost" });
    expect(source.eventNames()).toEqual([]);
  });

  it("may be lines of a file", async () => {
    const lines = desk.give(() => createInterface({ input: Readable.from(["a\n", "b\n"]) }));
    const seen: string[] = [];
    await new Promise((resolve) => void lines.on("line", (line) => seen.push(line)).on("close", () => resolve(1)));
    expect(seen).toEqual(["a", "b"]);
    expect(host.spans).toHaveLength(1);
  });

  it("may be stopped by the controller of OpenAI's Stream, without being read", () => {
    const stream = desk.give(() => new Stream(() => counting(), new AbortController()));
    expect(host.spans).toEqual([]);
    stream.controller.abort();
    expect(host.spans).toHaveLength(1);
  });

  describe("of OpenAI's helper", () => {
    let server: OpenAIServer;
    let openai: OpenAI;
    beforeEach(async () => {
      server = await OpenAIServer.start();
      openai = new OpenAI({ apiKey: "test", baseURL: server.url, maxRetries: 0 });
    });
    afterEach(() => server.close());
    const request = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "hello" }] };
    const ask = () => desk.give(() => openai.chat.completions.stream(request));

    it("ends its span with its end, where only its events are listened to", async () => {
      server.reply(content("hello", { pieces: ["hel", "lo"] }));
      const stream = ask();
      let text = "";
      await new Promise((resolve) => void stream.on("content", (delta) => (text += delta)).on("end", () => resolve(1)));
      expect(text).toBe("hello");
      expect(host.spans).toHaveLength(1);
    });

    it("has the final completion recorded where that is asked for", async () => {
      server.reply(content("hello", { pieces: ["hel", "lo"] }));
      await ask().finalChatCompletion();
      expect(host.spans).toHaveLength(1);
      const recorded = JSON.parse(
        String(host.attributesOf("give.task")["traceloop.entity.output"]),
      ) as OpenAI.ChatCompletion;
      expect(recorded.choices[0]?.message.content).toBe("hello");
    });

    it.each<[string, (stream: ReturnType<typeof ask>) => Promise<unknown>]>([
      ["done()", (stream) => stream.done()],
      ["finalContent()", (stream) => stream.finalContent()],
      ["the event error", (stream) => new Promise((_, reject) => void stream.on("error", reject))],
    ])("fails its span where the request fails: %s", async (_, use) => {
      server.reply(httpError(400, "no such model"));
      await expect(use(ask())).rejects.toThrow("no such model");
      await sleep(1);
      expect(host.spans).toHaveLength(1);
      expect(host.spans[0]?.status.code).toBe(SpanStatusCode.ERROR);
    });

    it("ends its span when it is aborted", async () => {
      server.reply(content("hello", { pieces: ["hel", "lo"] }));
      const stream = ask();
      stream.abort();
      expect(host.spans).toHaveLength(1);
      await expect(stream.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    });
  });
});
