import { SpanStatusCode, trace } from "@opentelemetry/api";
import OpenAI, { APIPromise } from "openai";
import { Task, Workflow } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import { unhandledDuring } from "./unhandled.js";

describe("a promise that a decorated method returns", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));
  const output = (name: string): unknown => host.attributesOf(name)["traceloop.entity.output"];
  const activeSpanId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

  it("settles the span when it settles", async () => {
    let resolve: (value: string) => void = () => undefined;
    class Desk {
      @Task() run(): Promise<string> {
        return new Promise((resolved) => {
          resolve = resolved;
        });
      }
    }
    const running = new Desk().run();
    await Promise.resolve();
    expect(host.spans).toEqual([]);
    resolve("done");
    expect(await running).toBe("done");
    expect(output("run.task")).toBe('"done"');
  });

  it("surfaces as unhandled exactly where it would have", async () => {
    const error = new Error("nobody cares");
    class Desk {
      readonly kept = new Map<string, Promise<never>>();
      @Task() async fresh(): Promise<never> {
        throw error;
      }
      @Task() plain(): Promise<never> {
        return Promise.reject(error);
      }
      @Workflow() nested(): Promise<never> {
        return this.fresh();
      }
      @Task() cached(): Promise<never> {
        let kept = this.kept.get("one");
        if (kept === undefined) this.kept.set("one", (kept = Promise.reject(error)));
        return kept;
      }
    }
    const desk = new Desk();
    for (const method of ["fresh", "plain", "nested", "cached"] as const) {
      expect([method, await unhandledDuring(() => void new Desk()[method]())]).toEqual([method, [error]]);
      expect([method, await unhandledDuring(() => new Desk()[method]().catch(() => undefined))]).toEqual([method, []]);
    }
    // One of two callers of a kept promise handles its rejection: that is enough, as it would have been.
    expect(
      await unhandledDuring(async () => {
        void desk.cached();
        await desk.cached().catch(() => undefined);
      }),
    ).toEqual([]);
    expect(host.spans.every(({ status }) => status.code === SpanStatusCode.ERROR)).toBe(true);
  });

  it("is the same one for every caller where the method keeps it", async () => {
    class Desk {
      private readonly loading = Promise.resolve({ rows: 3 });
      @Task() load(): Promise<{ rows: number }> {
        return this.loading;
      }
    }
    const desk = new Desk();
    const first = desk.load();
    expect(desk.load()).toBe(first);
    expect(await desk.load()).toBe(await first);
    expect(host.spans).toHaveLength(3);
    for (const { attributes } of host.spans) expect(attributes["traceloop.entity.output"]).toBe('{"rows":3}');
  });

  it("keeps what was put on it", async () => {
    class Desk {
      @Task() run(): Promise<number> & { cancel: () => string } {
        return Object.assign(Promise.resolve(1), { cancel: () => "cancelled" });
      }
    }
    const running = new Desk().run();
    expect(running.cancel()).toBe("cancelled");
    expect(await running).toBe(1);
    expect(output("run.task")).toBe("1");
  });

  describe("that is lazy, or of a class of its own", () => {
    class Lazy<Value> implements PromiseLike<Value> {
      runs = 0;
      constructor(private readonly work: () => Promise<Value>) {}
      then<A = Value, B = never>(
        onValue?: ((value: Value) => A | PromiseLike<A>) | null,
        onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
      ): Promise<A | B> {
        this.runs++;
        return this.work().then(onValue, onError);
      }
    }

    it("comes back as the same object, and is never asked for its value by us", async () => {
      const lazy = new Lazy(async () => ({ rows: 3 }));
      class Desk {
        @Workflow() outer(): Lazy<{ rows: number }> {
          return this.query();
        }
        @Task() query(): Lazy<{ rows: number }> {
          return lazy;
        }
      }
      const query = new Desk().outer();
      await new Promise((resolve) => setImmediate(resolve));
      expect(query).toBe(lazy);
      expect(query).toBeInstanceOf(Lazy);
      expect([lazy.runs, host.spans.length]).toEqual([0, 0]);
      expect(await query).toEqual({ rows: 3 });
      expect(lazy.runs).toBe(1);
      expect(output("query.task")).toBe('{"rows":3}');
      expect(output("outer.workflow")).toBe('{"rows":3}');
      expect(await query).toEqual({ rows: 3 });
      expect([lazy.runs, host.spans.length]).toEqual([2, 2]);
    });

    it("does its work under the span, and calls back in the caller's context", async () => {
      const seen: Record<string, string | undefined> = {};
      const lazy = new Lazy(async () => {
        seen.work = activeSpanId();
        return 1;
      });
      class Desk {
        @Task() query(): Lazy<number> {
          return lazy;
        }
      }
      await new Desk().query().then(() => {
        seen.callback = activeSpanId();
      });
      seen.after = activeSpanId();
      expect(seen).toEqual({
        work: host.spans[0]?.spanContext().spanId,
        callback: undefined,
        after: undefined,
      });
    });

    it("records what it rejects with, which stays the same object and as unhandled as it was", async () => {
      const error = new RangeError("out of range");
      class Desk {
        @Task() query(): Lazy<never> {
          return new Lazy(() => Promise.reject(error));
        }
      }
      await expect(new Desk().query()).rejects.toBe(error);
      await expect(new Desk().query().then(() => 1)).rejects.toBe(error);
      expect(await unhandledDuring(() => void new Desk().query().then(() => 1))).toEqual([error]);
      expect(host.spans).toHaveLength(3);
      for (const { status } of host.spans) {
        expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "out of range" });
      }
    });

    it("keeps a Promise subclass what it is", async () => {
      class Tracked<Value> extends Promise<Value> {
        readonly label = "tracked";
      }
      class Desk {
        @Task() run(): Tracked<number> {
          return new Tracked((resolve) => {
            resolve(7);
          });
        }
      }
      const running = new Desk().run();
      expect(running).toBeInstanceOf(Tracked);
      expect(running.label).toBe("tracked");
      expect(running.then(() => 1)).toBeInstanceOf(Tracked);
      expect(await running).toBe(7);
      expect(await running.finally(() => undefined)).toBe(7);
      expect(output("run.task")).toBe("7");
    });

    it("ends its span when telemetry shuts down before anyone asks", async () => {
      class Desk {
        @Task() query(): Lazy<number> {
          return new Lazy(async () => 1);
        }
      }
      const held = new Desk().query();
      for (const open of slot.tracing!.open) open.end();
      expect(host.spans).toHaveLength(1);
      expect(await held).toBe(1);
      expect(host.spans).toHaveLength(1);
    });

    it("is let be where it cannot be observed", async () => {
      const frozen = Object.freeze({
        then: (onValue: (value: number) => void) => {
          onValue(1);
        },
      });
      class Desk {
        @Task() query(): PromiseLike<number> {
          return frozen as unknown as PromiseLike<number>;
        }
      }
      expect(await new Desk().query()).toBe(1);
      expect(host.spans).toHaveLength(1);
    });
  });

  describe("of the OpenAI client", () => {
    let server: OpenAIServer;
    let client: OpenAI;
    beforeEach(async () => {
      server = await OpenAIServer.start();
      client = new OpenAI({ apiKey: "test", baseURL: server.url, maxRetries: 0 });
    });
    afterEach(() => server.close());
    const request = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "hello" }] };
    class Desk {
      constructor(private readonly openai: OpenAI) {}
      @Task() ask(): APIPromise<OpenAI.ChatCompletion> {
        return this.openai.chat.completions.create(request);
      }
      @Task() stream() {
        return this.openai.chat.completions.create({ ...request, stream: true });
      }
    }

    it.each<[string, (asked: APIPromise<OpenAI.ChatCompletion>) => Promise<unknown>]>([
      ["awaited", async (asked) => (await asked).choices[0]?.message.content],
      ["withResponse()", async (asked) => (await asked.withResponse()).data.choices[0]?.message.content],
      ["then().finally()", (asked) => asked.then((made) => made.choices[0]?.message.content).finally(() => undefined)],
      ["catch()", async (asked) => (await asked.catch(() => undefined))?.choices[0]?.message.content],
    ])("is an APIPromise still: %s", async (_, use) => {
      server.reply(content("hello yourself"));
      const asked = new Desk(client).ask();
      expect(asked).toBeInstanceOf(APIPromise);
      expect(await use(asked)).toBe("hello yourself");
      expect(server.requests).toHaveLength(1);
      expect(host.spans).toHaveLength(1);
      expect(output("ask.task")).toContain("hello yourself");
    });

    it("gives its bare response, whose body is the caller's", async () => {
      server.reply(content("hello yourself"));
      const response = await new Desk(client).ask().asResponse();
      expect(await response.text()).toContain("hello yourself");
      expect(host.spans).toHaveLength(1);
      expect(host.spans[0]?.attributes).not.toHaveProperty(["traceloop.entity.output"]);
    });

    it("fails the span with its error", async () => {
      server.reply(httpError(400, "no such model"));
      await expect(new Desk(client).ask()).rejects.toThrow("no such model");
      expect(host.spans[0]?.status.code).toBe(SpanStatusCode.ERROR);
    });

    it("keeps the span open until its stream is consumed", async () => {
      server.reply(content("hello", { pieces: ["hel", "lo"] }));
      const stream = await new Desk(client).stream();
      expect(host.spans).toEqual([]);
      const parts: unknown[] = [];
      for await (const chunk of stream) parts.push(chunk.choices[0]?.delta.content);
      expect(parts.join("")).toContain("hello");
      expect(host.spans).toHaveLength(1);
      expect(output("stream.task")).toContain('"content":"hel"');
    });
  });
});
