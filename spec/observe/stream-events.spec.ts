import { EventEmitter } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { Stream } from "openai/streaming";
import { Task, Workflow } from "../../lib/decorators/decorators.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import { config, interval, lastValueFrom, map, mergeMap, Observable, of, Subject, take, throwError, timer } from "rxjs";
import { isObservable } from "../../lib/observe/stream-events.js";

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
    desk.give(() => source).emit(event);
    expect(host.spans).toHaveLength(2);
    expect(source.listenerCount(event)).toBe(1);
  });

  it("fails its span with an error, which is as unhandled as it was", () => {
    const source = desk.give(() => new Source());
    expect(() => source.emit("error", new Error("lost"))).toThrow("lost");
    expect(host.spans[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: "lost" });
  });

  it("may be lines of a file", async () => {
    const lines = desk.give(() => createInterface({ input: Readable.from(["a\n", "b\n"]) }));
    const seen: string[] = [];
    await new Promise((resolve) => void lines.on("line", (line) => seen.push(line)).on("close", () => resolve(1)));
    expect(seen).toEqual(["a", "b"]);
    expect(host.spans).toHaveLength(1);
  });

  it("has the lines recorded that a consumer reads after the file was closed", async () => {
    const lines = desk.give(() => createInterface({ input: Readable.from(["a\nb\n"]) }));
    const seen: string[] = [];
    for await (const line of lines) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(line);
    }
    expect(seen).toEqual(["a", "b"]);
    expect(host.spans[0]?.attributes["traceloop.entity.output"]).toBe('["a","b"]');
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

const active = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
const nothing = (): void => undefined;

describe("what is taken for an Observable", () => {
  it.each<[string, object, boolean]>([
    ["one of RxJS", of(1), true],
    ["a Subject", new Subject(), true],
    ["one of another library", { subscribe: nothing, "@@observable": nothing }, true],
    ["what can be subscribed to and no more", { subscribe: nothing }, false],
    ["a store of Redux", { subscribe: nothing, dispatch: nothing, "@@observable": nothing }, false],
    ["a stream of Node's kind", { pipe: nothing }, false],
    [
      "a getter",
      {
        pipe: nothing,
        get subscribe() {
          throw new Error("touched");
        },
      },
      false,
    ],
  ])("%s", (_, value, expected) => {
    expect(isObservable(value)).toBe(expected);
  });
});

describe("an Observable that a decorated method returns", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));
  const outputs = (): unknown[] => host.spans.map(({ attributes }) => attributes["traceloop.entity.output"]);

  class Desk {
    @Workflow() give<Value>(make: () => Observable<Value>): Observable<Value> {
      return make();
    }
    @Task() double(value: number): number {
      return value * 2;
    }
  }
  const desk = new Desk();
  const numbers = (): Observable<number> =>
    of(1, 2).pipe(mergeMap((value) => timer(1).pipe(map(() => desk.double(value)))));

  it("is the very object; its span is open from the subscription to the end, with the work inside", async () => {
    const made = numbers();
    const given = desk.give(() => made);
    expect(given).toBe(made);
    expect(given).toBeInstanceOf(Observable);
    expect(host.spans).toEqual([]);
    expect(await lastValueFrom(given)).toBe(4);
    expect(host.spans.map(({ name }) => name)).toEqual(["double.task", "double.task", "give.workflow"]);
    const id = host.spans[2]?.spanContext().spanId;
    expect(host.spans.slice(0, 2).map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([id, id]);
    expect(outputs()[2]).toBe("[2,4]");
  });

  it.each<[string, (given: Observable<number>, seen: unknown[]) => void]>([
    ["functions", (given, seen) => void given.subscribe((value) => seen.push(value, active()))],
    ["an observer", (given, seen) => void given.subscribe({ next: (value) => seen.push(value, active()) })],
    [
      "an observer with state of its own",
      (given, seen) => {
        const observer = {
          seen,
          next(value: number) {
            this.seen.push(value, active());
          },
        };
        given.subscribe(observer);
        expect(Object.keys(observer)).toEqual(["seen", "next"]);
      },
    ],
    [
      "operators",
      (given, seen) => void given.pipe(map((value) => value)).subscribe((value) => seen.push(value, active())),
    ],
    [
      "a Subject",
      (given, seen) => {
        const subject = new Subject<number>();
        subject.subscribe((value) => seen.push(value, active()));
        given.subscribe(subject);
      },
    ],
  ])("gives its values to %s, outside of the span", (_, use) => {
    const seen: unknown[] = [];
    use(
      desk.give(() => of(1, 2)),
      seen,
    );
    expect(seen).toEqual([1, undefined, 2, undefined]);
    expect(outputs()).toEqual(["[1,2]"]);
  });

  it("ends the span when the subscriber unsubscribes, by itself or through an operator", async () => {
    const running = desk.give(() => interval(1)).subscribe();
    expect(host.spans).toEqual([]);
    running.unsubscribe();
    expect(host.spans).toHaveLength(1);
    expect(await lastValueFrom(desk.give(() => interval(1)).pipe(take(2)))).toBe(1);
    expect(outputs()).toEqual(["[]", "[0,1]"]);
    expect(host.spans.every(({ status }) => status.code === SpanStatusCode.UNSET)).toBe(true);
  });

  it("fails the span with its error, which its subscriber gets", async () => {
    const error = new Error("no route");
    await expect(lastValueFrom(desk.give(() => throwError(() => error)))).rejects.toBe(error);
    const seen: unknown[] = [];
    desk.give(() => throwError(() => error)).subscribe({ error: (thrown: unknown) => seen.push(thrown) });
    desk.give(() => throwError(() => error)).subscribe(nothing, (thrown: unknown) => seen.push(thrown));
    expect(seen).toEqual([error, error]);
    expect(host.spans).toHaveLength(3);
    for (const { status } of host.spans) expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "no route" });
  });

  it("has an error for which there is no handler reported as unhandled, once", async () => {
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const error = new Error("no route");
    desk.give(() => throwError(() => error)).subscribe(nothing);
    await sleep(2);
    config.onUnhandledError = null;
    expect(reported).toEqual([error]);
    expect(host.spans).toHaveLength(1);
  });

  it("is untraced for later subscribers, and traced anew when it is returned again", () => {
    const seen: unknown[] = [];
    const made = new Observable<number>((subscriber) => {
      seen.push(active());
      subscriber.next(1);
      subscriber.complete();
    });
    const given = desk.give(() => made);
    given.subscribe();
    given.subscribe();
    expect(host.spans).toHaveLength(1);
    desk.give(() => made).subscribe();
    expect(seen).toEqual([host.spans[0]?.spanContext().spanId, undefined, host.spans[1]?.spanContext().spanId]);
    expect(outputs()).toEqual(["[1]", "[1]"]);
  });

  it("has its first subscriber's values recorded alone, while others subscribe", () => {
    const subject = new Subject<number>();
    const given = desk.give(() => subject);
    const [first, second] = [given.subscribe(), given.subscribe()];
    subject.next(1);
    second.unsubscribe();
    expect(host.spans).toEqual([]);
    subject.next(2);
    first.unsubscribe();
    expect(outputs()).toEqual(["[1,2]"]);
  });

  it("of another library is subscribed to by whatever it takes", () => {
    const unsubscribed: unknown[] = [];
    const own = {
      "@@observable"() {
        return this;
      },
      subscribe(observer: { next(value: number): void }) {
        observer.next(1);
        return { unsubscribe: () => unsubscribed.push(1) };
      },
    };
    const given = desk.give(() => own as never) as unknown as typeof own;
    given.subscribe({ next: nothing }).unsubscribe();
    expect(unsubscribed).toEqual([1]);
    expect(outputs()).toEqual(["[1]"]);
  });
});
