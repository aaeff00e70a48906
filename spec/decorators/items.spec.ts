import { PAYLOAD_BOUNDS } from "../../lib/capture/bounds.js";
import { createRedactor } from "../../lib/capture/masking/redactor.js";
import { Task } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";

const INPUT = "traceloop.entity.input";
const OUTPUT = "traceloop.entity.output";
const refuse = (): never => {
  throw new RangeError("a customer's text");
};
/** Lists inside one another. */
const nested = (levels: number): unknown[] => (levels <= 1 ? ["end"] : [nested(levels - 1)]);
const consume = (...generators: Iterable<unknown>[]): unknown[][] => generators.map((items) => [...items]);
const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe("what is captured of a call", () => {
  let host: InProcess;
  let warnings: Warnings;
  eachWarnings((made) => (warnings = made));
  eachInProcess((made) => (host = made));
  const attributes = (name: string): Record<string, unknown> => host.attributesOf(`${name}.task`);

  class Desk {
    @Task() echo<Value>(value: Value): Value {
      return value;
    }
    @Task() *steps(items: readonly unknown[]): Generator {
      yield* items;
    }
  }

  it("fills the bounds of a payload, whatever stands around the arguments and items, and keeps within them", () => {
    new Desk().echo("x".repeat(100_000));
    consume(new Desk().steps([nested(20)]));
    for (const text of [attributes("echo")[INPUT], attributes("echo")[OUTPUT]] as string[]) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(PAYLOAD_BOUNDS.maxBytes);
      expect(Buffer.byteLength(text)).toBeGreaterThan(PAYLOAD_BOUNDS.maxBytes - 64);
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
    host.exporter.reset();
    new Desk().echo(nested(20));
    consume(new Desk().steps([nested(20)]));
    for (const text of [attributes("echo")[INPUT], attributes("echo")[OUTPUT], attributes("steps")[OUTPUT]]) {
      expect(depthOf(JSON.parse(String(text)))).toBe(PAYLOAD_BOUNDS.maxDepth);
    }
  });

  it("is of a generator each item, also where it is nothing", () => {
    consume(new Desk().steps([undefined, null, () => 1, "a"]));
    expect(attributes("steps")[OUTPUT]).toBe('[null,null,"[function]","a"]');
  });

  it("is of a generator nothing where its output is not wanted, or must not be", () => {
    let isAllowed = false;
    class Quiet {
      @Task({ captureOutput: false }) *unwanted(): Generator<number> {
        yield 1;
      }
      @Task({ traceContent: () => isAllowed }) *vetoed(): Generator<number> {
        yield* [];
        isAllowed = true;
      }
    }
    expect([...new Quiet().unwanted()]).toEqual([1]);
    expect([...new Quiet().vetoed()]).toEqual([]);
    expect(attributes("unwanted")).not.toHaveProperty([OUTPUT]);
    expect(attributes("unwanted")).toHaveProperty([INPUT]);
    expect(attributes("vetoed")).not.toHaveProperty([OUTPUT]);
  });

  it("is what a user's rule leaves of it", () => {
    const redact = (text: string): string | undefined => (text.includes("Maya") ? undefined : text);
    slot.tracing = { ...slot.tracing!, redactor: createRedactor(redact) };
    consume(new Desk().steps(["a", "Maya", "b"]));
    expect(attributes("steps")[OUTPUT]).not.toContain("Maya");
    expect(JSON.parse(String(attributes("steps")[OUTPUT]))).toEqual(expect.arrayContaining(["a", "b"]));
  });

  it("is what functions choose, whatever that is", async () => {
    const promise = Promise.resolve(1);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    class Choosing {
      @Task({ captureInput: (args) => args, captureOutput: (item) => item }) *same(given: unknown): Generator {
        yield given;
      }
      @Task({ captureInput: () => proxy, captureOutput: () => proxy }) hostile(): number {
        return 1;
      }
      @Task({ captureInput: () => ["a", "b"] }) list(): void {}
      @Task({ captureOutput: () => ({ a: 1, _meta: { usage: {} } }) }) withMeta(): void {}
    }
    expect([...new Choosing().same(promise)]).toEqual([promise]);
    new Choosing().hostile();
    new Choosing().list();
    new Choosing().withMeta();
    expect(await promise).toBe(1);
    expect(attributes("same")).toMatchObject({
      [INPUT]: '{"args":["[Promise]"],"kwargs":{}}',
      [OUTPUT]: '["[Promise]"]',
    });
    expect(attributes("hostile")[INPUT]).toBe('{"args":["[unreadable]"],"kwargs":{}}');
    expect(attributes("list")[INPUT]).toBe('{"args":["a","b"],"kwargs":{}}');
    expect(attributes("withMeta")[OUTPUT]).toBe('{"a":1}');
    expect(warnings.said).toEqual([]);
  });

  it("is nothing where such a function is async, or throws, with a warning that says which", () => {
    class Wrong {
      @Task({ captureInput: async () => 1, captureOutput: async () => 2 }) later(): number {
        return 1;
      }
      @Task({ captureOutput: refuse }) *steps(): Generator<number> {
        yield* [1, 2];
      }
      @Task({ captureOutput: (item: number) => (item === 1 ? Promise.resolve(1) : item) }) *some(): Generator<number> {
        yield* [1, 2];
      }
    }
    for (let time = 0; time < 2; time++) new Wrong().later();
    consume(new Wrong().steps(), new Wrong().some());
    expect(attributes("later")).not.toHaveProperty([INPUT]);
    expect(attributes("later")).not.toHaveProperty([OUTPUT]);
    expect(attributes("steps")[OUTPUT]).toBe("[]");
    expect(attributes("some")[OUTPUT]).toBe("[2]");
    expect(warnings.said).toEqual([
      "respan-instructor: @Task on later: captureInput must not be async; nothing was kept",
      "respan-instructor: @Task on later: captureOutput must not be async; nothing was kept",
      "respan-instructor: @Task on steps: captureOutput threw (RangeError); nothing was kept",
      "respan-instructor: @Task on some: captureOutput must not be async; nothing was kept",
    ]);
  });

  describe("that gives more items than are kept", () => {
    const fillers = Array.from({ length: 49 }, () => "a ");
    const told = (items: readonly unknown[]): unknown => {
      host.exporter.reset();
      expect([...new Desk().steps(items)]).toEqual(items);
      return JSON.parse(String(attributes("steps")[OUTPUT]));
    };

    it.each<[string, readonly unknown[]]>([
      ["in the next item", ["postgres://app:hunter2", "@db/app"]],
      ["in one after that", ["postgres://app:hunter2", "and", "more", "@db/app"]],
    ])("shows no credential of which the end is %s", (_, end) => {
      const shown = told([...fillers, ...end]) as string[];
      expect(shown.join("")).not.toContain("hunter2");
      expect(shown.at(-1)).toBe("...[cut]");
    });

    it.each<[string, readonly unknown[]]>([
      ["something else in between", ["ghp_a1", 7, "b2c3d4e5f6g7h8i9j0k1l2m3"]],
      ["something else before it", ["ghp_a1", "x", 7, "b2c3d4e5f6g7h8i9j0k1l2m3"]],
      ["a long text in between", ["ghp_a1", "-".repeat(300), "b2c3d4e5f6g7h8i9j0k1l2m3"]],
    ])("shows a text as it is that is none, for what follows is no part of it: %s", (_, end) => {
      expect(told([...fillers, ...end])).toEqual([...fillers, "ghp_a1", "...[cut]"]);
    });
  });

  it("is nothing where it cannot be traced at all: the method runs, and a warning says so once", () => {
    slot.tracing = {
      ...slot.tracing!,
      redactor: { text: refuse, fieldKind: refuse, seesNumbers: false },
    };
    class Named {
      @Task({ customerName: "Maya", metadata: { a: 1 } }) run(): string {
        return "done";
      }
    }
    for (let time = 0; time < 2; time++) expect(new Named().run()).toBe("done");
    expect(warnings.said).toEqual(["respan-instructor: a decorated call could not be traced (RangeError)"]);
    expect(host.spans).toEqual([]);
  });

  it("ends its span, and throws what the method threw, where the error cannot be recorded", () => {
    const { startSpan, ...tracing } = slot.tracing!;
    slot.tracing = {
      ...tracing,
      startSpan: (...given) => {
        const span = startSpan(...given);
        span.setAttribute = refuse;
        return span;
      },
    };
    const error = new Error("the method's own");
    class Failing {
      @Task() run(): never {
        throw error;
      }
    }
    expect(() => new Failing().run()).toThrow(error);
    expect(host.spans).toHaveLength(1);
    expect(warnings.said).toContain("respan-instructor: an error could not be recorded (RangeError)");
  });
});
