import { createRedactor, DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";
import { maskedAcross } from "../../lib/decorators/recorded-items.js";
import { Task } from "../../lib/decorators/decorators.js";
import { SECRETS } from "../capture/masking/arbitraries.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import { PAYLOAD_BOUNDS } from "../../lib/capture/bounds.js";
import { slot } from "../../lib/scope/tracing.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";
import { withTask } from "../../lib/index.js";
import { captureSpans } from "../../lib/testing.js";

describe("texts that came one after the other", () => {
  it.each<[string, readonly string[], readonly string[], string | undefined]>([
    ["ordinary text", ["The ", "soup ", "is ready"], [], undefined],
    ["one piece, masked for itself already", ["password: hunter2"], [], undefined],
    ["pieces that are masked each for itself", ["password: hunter2", " and more"], [], undefined],
    ["a credential in two pieces", ["postgres://app:hun", "ter2@db/app"], [], "postgres://[redacted]@db/app"],
    ["one that what follows shows to be one", ["to ghp_a1b2c"], ["3d4e5f6g7h8i9j0k1l2m3"], "to [redacted]"],
    [
      "one that pieces which follow show",
      ["go", " to ghp_a1"],
      ["b2c3d4e5f", "6", "g7h8i9j0k1l2m3"],
      "go to [redacted]",
    ],
    ["nothing that what follows could show", ["to the", " market"], [" and back"], undefined],
    ["one piece, with ordinary text after it", ["to the market"], [" and back"], undefined],
    ["a credential that what follows begins", ["to the market"], [" password: hunter2"], undefined],
  ])("show of a credential what none of them shows: %s", (_, pieces, after, expected) => {
    expect(maskedAcross(pieces, after.join(""), DEFAULT_REDACTOR)).toBe(expected);
  });

  it("are held against a user's keys and patterns", () => {
    const redactor = createRedactor({ patterns: [/\d{4}-\d{4}/] });
    expect(maskedAcross(["card 12", "34-5678"], "", redactor)).toBe("card [redacted]");
    expect(maskedAcross(["card 12", "34-5678"], "", DEFAULT_REDACTOR)).toBeUndefined();
  });

  it("are held against the built-in rules where a user's function rewrites texts, which may tell by their lengths", () => {
    const redactor = createRedactor((text) => `${text.length} characters`);
    expect(maskedAcross(["one ", "two"], "", redactor)).toBeUndefined();
    expect(maskedAcross(["postgres://app:hun", "ter2@db/app"], "", redactor)).toBe("postgres://[redacted]@db/app");
  });
});

describe("a credential that is cut in two by a stream", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));

  class Model {
    @Task("tokens") *tokens(pieces: readonly unknown[]): Generator {
      yield* pieces;
    }
    @Task("later") async *later(pieces: readonly unknown[]): AsyncGenerator {
      for (const piece of pieces) yield Promise.resolve(piece);
    }
    @Task({ name: "stream", captureInput: false }) stream(pieces: readonly string[]): ReadableStream<string> {
      return new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
    }
  }
  const outputOf = (name: string): string => String(host.attributesOf(`${name}.task`)["traceloop.entity.output"]);
  const inPieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];

  it.each(SECRETS)("is masked, wherever it is cut: %#", (secret) => {
    const text = `Take ${secret} now.`;
    for (const size of [1, 3, 7, 20, 40].filter((one) => text.length / one < 50)) {
      host.exporter.reset();
      expect([...new Model().tokens(inPieces(text, size))].join("")).toBe(text);
      expect((JSON.parse(outputOf("tokens")) as string[]).join("")).toBe("Take [redacted] now.");
    }
  });

  it.each([
    "password: hunter2",
    "Authorization: Bearer abc123def",
    "postgres://app:hunter2@db/app",
    '{"api_key":"abc"}',
  ])("is masked where its name is in another piece: %s", async (text) => {
    for (const pieces of [inPieces(text, 1), inPieces(text, 5)]) {
      host.exporter.reset();
      for await (const piece of new Model().later(pieces)) expect(text).toContain(piece);
      const told = (JSON.parse(outputOf("later")) as string[]).join("");
      expect(told).toContain("[redacted]");
      expect(told).not.toMatch(/hunter2|abc/);
    }
  });

  it("is masked in a stream of the web's", async () => {
    for await (const piece of new Model().stream(inPieces(`x ${SECRETS[0]}`, 6))) expect(typeof piece).toBe("string");
    expect(JSON.parse(outputOf("stream"))).toEqual(["x [redacted]"]);
  });

  it("leaves no beginning of itself at the bound on items", () => {
    const secret = SECRETS[0] as string;
    const pieces = [...Array<string>(48).fill("a "), secret.slice(0, 3), secret.slice(3, 12), secret.slice(12), "b"];
    expect([...new Model().tokens(pieces)]).toHaveLength(52);
    expect(JSON.parse(outputOf("tokens"))).toEqual([`${"a ".repeat(48)}[redacted]`, "...[cut]"]);
  });

  it("leaves the items before and after it as they are", () => {
    const secret = SECRETS[0] as string;
    const pieces = [{ a: 1 }, "x ", secret.slice(0, 9), secret.slice(9), { b: 2 }, "y", "z"];
    expect([...new Model().tokens(pieces)]).toHaveLength(7);
    expect(JSON.parse(outputOf("tokens"))).toEqual([{ a: 1 }, "x [redacted]", { b: 2 }, "y", "z"]);
  });

  it("leaves pieces of ordinary text apart", () => {
    const pieces = ["The", " secret", " of", " good", " soup", ": patience", " token_budget", "=", "1"];
    expect([...new Model().tokens(pieces)]).toEqual(pieces);
    expect(JSON.parse(outputOf("tokens"))).toEqual(pieces);
  });

  it("is masked where the span ends before the stream does", () => {
    const secret = SECRETS[0] as string;
    for (const piece of new Model().tokens([secret.slice(0, 9), secret.slice(9), "more"])) {
      if (String(piece).length > 20) break;
    }
    expect(JSON.parse(outputOf("tokens"))).toEqual(["[redacted]"]);
  });
});

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
      "respan-instructor: @Task on later: captureInput must not be async; nothing was recorded",
      "respan-instructor: @Task on later: captureOutput must not be async; nothing was recorded",
      "respan-instructor: @Task on steps: captureOutput threw (RangeError); nothing was recorded",
      "respan-instructor: @Task on some: captureOutput must not be async; nothing was recorded",
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
});

const numbers = Array.from({ length: 80 }, (_, index) => index);

describe("limits of a decorated call", () => {
  it("are the user's, for a result and for what a generator yields", () => {
    using spans = captureSpans({ limits: { payloadBytes: 40_000, items: 70, depth: 3 } });
    const text = "x".repeat(20_000);
    withTask({ name: "given" }, () => ({ numbers, text, deep: [[[1]]] }));
    const items = withTask({ name: "yielded" }, function* () {
      yield* numbers;
    });
    expect([...items]).toEqual(numbers);
    expect(spans.find("given")?.output).toEqual({
      numbers: [...numbers.slice(0, 70), "...[cut]"],
      text,
      deep: [["...[cut]"]],
    });
    expect(spans.find("yielded")?.output).toEqual([...numbers.slice(0, 70), "...[cut]"]);
  });
});
