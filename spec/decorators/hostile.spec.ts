import { trace } from "@opentelemetry/api";
import { Task } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";

describe("a decorated method", () => {
  let host: InProcess;
  let warnings: Warnings;
  eachWarnings((made) => (warnings = made));
  eachInProcess((made) => (host = made));
  class Desk {
    @Task() echo<Value>(value: Value): Value {
      return value;
    }
    @Task() async echoLater<Value>(value: Value): Promise<Value[]> {
      return [value];
    }
    @Task() *echoSteps<Value>(value: Value): Generator<Value> {
      yield value;
    }
    @Task() fail(value: unknown): never {
      throw value;
    }
  }
  const refuse = (): never => {
    throw new Error("refused");
  };
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };

  it.each<[string, () => unknown]>([
    ["a revoked Proxy", revoked],
    [
      "a Proxy whose traps throw",
      () =>
        new Proxy(
          {},
          { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse },
        ),
    ],
    ["an object whose getters throw", () => Object.defineProperty({}, "x", { get: refuse, enumerable: true })],
    ["an object whose toJSON throws", () => ({ toJSON: refuse, toString: refuse, [Symbol.toPrimitive]: refuse })],
    ["an error whose message throws", () => Object.defineProperty(new Error("x"), "message", { get: refuse })],
    [
      "a circular list",
      () => {
        const list: unknown[] = [];
        list.push(list);
        return list;
      },
    ],
    ["an object that only looks like a promise", () => Object.create(Promise.prototype) as object],
    ["an object that only looks like a stream", () => Object.create(ReadableStream.prototype) as object],
    ["an object that only looks like a generator", () => Object.create(function* () {}.prototype as object) as object],
    ["an async iterable that refuses", () => ({ [Symbol.asyncIterator]: refuse })],
    ["a bare object", () => Object.create(null) as object],
    ["a BigInt", () => 10n],
    ["a symbol", () => Symbol("s")],
    ["a lone surrogate", () => "\ud800"],
    ["__proto__", () => JSON.parse('{"__proto__": {"polluted": true}}') as unknown],
    ["a sparse list", () => Array<unknown>(1_000_000)],
  ])("takes, gives, yields and throws %s, and its span ends", async (_, make) => {
    const value = make();
    const desk = new Desk();
    expect(desk.echo(value) === value).toBe(true);
    const [item] = [...desk.echoSteps(value)];
    expect(item === value).toBe(true);
    const [later] = await desk.echoLater(value);
    expect(later === value).toBe(true);
    let thrown: unknown;
    try {
      desk.fail(value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown === value).toBe(true);
    // A result that looks as if it were consumed later keeps its span open until then.
    for (const open of slot.tracing!.open) open.end();
    expect(host.spans.map(({ name }) => name).sort()).toEqual([
      "echo.task",
      "echoLater.task",
      "echoSteps.task",
      "fail.task",
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("reads of large arguments only what fits", () => {
    let reads = 0;
    const counting = new Proxy(
      Array.from({ length: 100_000 }, () => ({ text: "x" })),
      {
        get(target, key, receiver) {
          reads++;
          return Reflect.get(target, key, receiver) as unknown;
        },
      },
    );
    expect(new Desk().echo(counting)).toBe(counting);
    expect(reads).toBeLessThan(1_000);
  });

  it("runs untraced where the provider fails to start a span, and ends well where a processor fails", () => {
    const tracing = slot.tracing!;
    slot.tracing = { ...tracing, startSpan: refuse };
    expect(new Desk().echo(1)).toBe(1);
    expect([...new Desk().echoSteps(1)]).toEqual([1]);
    slot.tracing = {
      ...tracing,
      startSpan: (...given) => {
        const span = tracing.startSpan(...given);
        span.end = refuse;
        span.setAttribute = refuse;
        return span;
      },
    };
    expect(new Desk().echo(1)).toBe(1);
    expect(() => new Desk().fail("the method's own")).toThrow("the method's own");
    expect(warnings.said).toContain("respan-instructor: an error could not be recorded (Error)");
    slot.tracing = tracing;
  });

  it("serializes nothing for a span that is not recording, and keeps what runs inside it unsampled", () => {
    const tracing = slot.tracing!;
    const unsampled = { traceId: "0".repeat(31) + "1", spanId: "0".repeat(15) + "1", traceFlags: 0 };
    const parents: unknown[] = [];
    slot.tracing = {
      ...tracing,
      startSpan: (_name, _options, parent) => {
        parents.push(trace.getSpanContext(parent)?.spanId);
        return trace.wrapSpanContext(unsampled);
      },
    };
    const read: string[] = [];
    const watched = {
      get content(): string {
        read.push("content");
        return "content";
      },
    };
    class Quiet extends Desk {
      @Task({ captureInput: (args) => read.push(`input ${args.length}`), captureOutput: () => read.push("output") })
      outer(value: object): object {
        return this.echo(value);
      }
    }
    expect(new Quiet().outer(watched) === watched).toBe(true);
    expect([...new Desk().echoSteps(watched)][0] === watched).toBe(true);
    expect(parents).toEqual([undefined, unsampled.spanId, undefined]);
    expect(read).toEqual([]);
    slot.tracing = tracing;
  });
});
