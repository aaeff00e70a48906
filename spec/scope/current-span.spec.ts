import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  addEvent,
  getCurrentSpanId,
  getCurrentTraceId,
  propagateAttributes,
  recordException,
  Task,
  updateCurrentSpan,
  Workflow,
} from "../../lib/index.js";
import type { SpanUpdate } from "../../lib/index.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "./in-process.js";
import { eachInProcess } from "./in-process.js";
import { Warnings } from "./warnings.js";

const INPUT = "traceloop.entity.input";
const OUTPUT = "traceloop.entity.output";
const CUSTOMER = "respan.customer_params.customer_identifier";
const secret = `sk-${"a1B2".repeat(8)}`;
const refuse = (): never => {
  throw new RangeError("a customer's text");
};

describe("the current span", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));

  class Desk {
    @Workflow() outer<R>(work: () => R): R {
      return this.inner(work);
    }
    @Task() inner<R>(work: () => R): R {
      return work();
    }
    @Task({ traceContent: false }) quiet<R>(work: () => R): R {
      return work();
    }
  }
  const desk = new Desk();
  /** Runs something within another tracer's span. */
  const hosted = <R>(work: () => R): R =>
    trace.getTracer("http").startActiveSpan("GET /", { kind: SpanKind.SERVER }, (span) => {
      try {
        return work();
      } finally {
        span.end();
      }
    });
  const named = (name: string) => {
    const found = host.spans.filter((span) => span.name === name);
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const ids = (): unknown[] => [getCurrentTraceId(), getCurrentSpanId()];
  const idsOf = (name: string): unknown[] => {
    const { traceId, spanId } = named(name).spanContext();
    return [traceId, spanId];
  };

  describe("is", () => {
    it("the innermost decorated method's", () => {
      const seen = desk.outer(ids);
      expect(seen).toEqual(idsOf("inner.task"));
    });

    it("the active span outside of decorated methods", () => {
      const seen = hosted(ids);
      expect(seen).toEqual(idsOf("GET /"));
    });

    it("a method's, though a span of another instrumentation runs inside it", () => {
      const seen = desk.inner(() => hosted(ids));
      expect(seen).toEqual(idsOf("inner.task"));
    });

    it("the active span after the method's has ended", async () => {
      let resolve: () => void = () => undefined;
      const ended = new Promise<void>((resolved) => {
        resolve = resolved;
      });
      const late = hosted(() =>
        desk.inner(() => [
          ended.then(() => {
            updateCurrentSpan({ metadata: { late: true } });
            return hosted(ids);
          }),
        ]),
      );
      resolve();
      const [seen] = await Promise.all(late);
      const requests = host.spans.filter(({ name }) => name === "GET /");
      expect(seen?.[1]).toBe(requests[1]?.spanContext().spanId);
      expect(named("inner.task").attributes).not.toHaveProperty(["respan.metadata.late"]);
    });

    it("none outside any span, and none without telemetry: nothing happens, nothing is thrown", () => {
      const use = (): unknown => {
        updateCurrentSpan({ name: "x", input: 1, output: 2, status: "error", statusMessage: "m" });
        addEvent("x", { a: 1 });
        recordException(new Error("x"));
        return ids();
      };
      using warnings = new Warnings();
      expect(use()).toEqual([undefined, undefined]);
      const { tracing } = slot;
      slot.tracing = undefined;
      expect(hosted(use)).toEqual([undefined, undefined]);
      slot.tracing = tracing;
      expect(warnings.said).toEqual([]);
      expect(named("GET /")).toMatchObject({ events: [], status: { code: SpanStatusCode.UNSET } });
    });

    it("never another SDK's span, beside that SDK", () => {
      slot.tracing = { ...slot.tracing!, isIsolated: true };
      expect(hosted(ids)).toEqual([undefined, undefined]);
      hosted(() => {
        updateCurrentSpan({ name: "ours" });
        const seen = desk.inner(ids);
        expect(seen).toEqual(idsOf("inner.task"));
      });
      expect(host.spans.map(({ name }) => name)).not.toContain("ours");
    });
  });

  describe("can be changed", () => {
    const told = (update: SpanUpdate, result: unknown = "result") => {
      desk.inner(() => {
        updateCurrentSpan(update);
        return result;
      });
      return host.spans.at(-1)!;
    };

    it("identifiers and metadata, merged with what it has; what runs inside does not inherit them", () => {
      propagateAttributes({ customerIdentifier: "outer", metadata: { a: 1, b: 1 } }, () =>
        desk.outer(() => {
          updateCurrentSpan({ customerIdentifier: "own", threadIdentifier: "t", metadata: { b: 2 } });
          host.foreignSpan("inside");
        }),
      );
      expect(named("inner.task").attributes).toMatchObject({
        [CUSTOMER]: "own",
        "respan.threads.thread_identifier": "t",
        "respan.metadata.a": 1,
        "respan.metadata.b": 2,
      });
      for (const name of ["inside", "outer.workflow"]) {
        expect(named(name).attributes).toMatchObject({ [CUSTOMER]: "outer", "respan.metadata.b": 1 });
      }
    });

    it.each<[string, unknown, string]>([
      ["a name", "import of Monday", "import of Monday"],
      ["a name with a credential in it, masked", `with ${secret}`, "with [redacted]"],
      ["an empty name, which is none", "", "inner.task"],
      ["a name that is no text, which is none", 42, "inner.task"],
    ])("%s", (_, name, expected) => {
      expect(told({ name: name as string }).name).toBe(expected);
    });

    it("the input and the output in place of what is captured", () => {
      const { attributes } = told({ input: { rows: 3 }, output: [secret] });
      expect(attributes[INPUT]).toBe('{"rows":3}');
      expect(attributes[OUTPUT]).toBe('["[redacted]"]');
    });

    it("one of them, and the other is what was captured", () => {
      expect(told({ input: 1 }).attributes).toMatchObject({ [INPUT]: "1", [OUTPUT]: '"result"' });
      expect(told({ output: 1 }).attributes[OUTPUT]).toBe("1");
      expect(told({ output: 1 }).attributes[INPUT]).toContain("args");
      expect(told({ metadata: {} }).attributes[OUTPUT]).toBe('"result"');
    });

    it("a value of undefined, which is null as everywhere", () => {
      expect(told({ input: undefined, output: undefined }).attributes).toMatchObject({
        [INPUT]: "null",
        [OUTPUT]: "null",
      });
    });

    it.each<[string, SpanUpdate, object]>([
      ["that it failed", { status: "error" }, { code: SpanStatusCode.ERROR }],
      [
        "why it failed",
        { status: "error", statusMessage: `no ${secret}` },
        { code: SpanStatusCode.ERROR, message: "no [redacted]" },
      ],
      ["that it is well", { status: "ok", statusMessage: "ignored" }, { code: SpanStatusCode.OK }],
      ["a message alone, which says nothing", { statusMessage: "ignored" }, { code: SpanStatusCode.UNSET }],
    ])("%s", (_, update, status) => {
      expect(told(update).status).toEqual(status);
    });

    it("that its content is to be kept in the process, even with the rest unread", () => {
      for (const traceContent of [false, "no", null, 0]) {
        expect(told({ traceContent } as SpanUpdate).attributes).not.toHaveProperty([OUTPUT]);
      }
      const hostile = Object.defineProperty({}, "traceContent", { get: refuse });
      expect(told(hostile).attributes).not.toHaveProperty([OUTPUT]);
      for (const traceContent of [true, undefined]) {
        expect(told({ traceContent } as SpanUpdate).attributes).toHaveProperty([OUTPUT]);
      }
    });

    it("nothing of its content where that is off, but whose it is", () => {
      desk.quiet(() => {
        updateCurrentSpan({
          input: "in",
          output: "out",
          status: "error",
          statusMessage: "why",
          customerIdentifier: "c",
        });
        addEvent("noted", { text: "what" });
        recordException(new TypeError("message"));
      });
      const { attributes, status, events } = named("quiet.task");
      expect(attributes).toMatchObject({ [CUSTOMER]: "c" });
      expect(attributes).not.toHaveProperty([INPUT]);
      expect(attributes).not.toHaveProperty([OUTPUT]);
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
      expect(events.map(({ name, attributes: told }) => [name, told])).toEqual([
        ["noted", {}],
        ["exception", { "exception.type": "TypeError" }],
      ]);
    });

    it("nothing where the update cannot be read: with one warning, which names the error's type", () => {
      using warnings = new Warnings();
      const hostile = Object.defineProperty({}, "name", { get: refuse, enumerable: true }) as SpanUpdate;
      for (let time = 0; time < 2; time++) {
        expect(
          desk.inner(() => {
            updateCurrentSpan(hostile);
            return "done";
          }),
        ).toBe("done");
      }
      expect(warnings.said).toEqual(["respan-instructor: the current span could not be changed (RangeError)"]);
    });

    it("nothing of a wrong type, with a warning that names it", () => {
      using warnings = new Warnings();
      const { attributes } = told({ customerIdentifier: true, metadata: { kept: true } } as unknown as SpanUpdate);
      expect(attributes).not.toHaveProperty([CUSTOMER]);
      expect(attributes["respan.metadata.kept"]).toBe(true);
      expect(warnings.said).toEqual([expect.stringContaining('"customerIdentifier" must be a string')]);
    });
  });

  describe("can be given", () => {
    it("events, whose attributes are masked and made fit", () => {
      desk.inner(() => {
        addEvent("bare");
        addEvent(`with ${secret}`, {
          text: secret,
          count: 2,
          isHit: false,
          list: [1, "a"],
          api_key: "k",
          gone: undefined,
        });
      });
      expect(named("inner.task").events.map(({ name, attributes }) => [name, attributes])).toEqual([
        ["bare", {}],
        ["with [redacted]", { text: "[redacted]", count: 2, isHit: false, list: '[1,"a"]', api_key: "[redacted]" }],
      ]);
    });

    it("errors that are handled: it fails by the latest", () => {
      desk.inner(() => {
        recordException(new TypeError(`no ${secret}`));
        recordException("thrown text");
      });
      const { attributes, events, status } = named("inner.task");
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "thrown text" });
      expect(attributes).toMatchObject({ "error.type": "string" });
      expect(events.map(({ name }) => name)).toEqual(["exception", "exception"]);
      expect(events[0]?.attributes).toMatchObject({
        "exception.type": "TypeError",
        "exception.message": "no [redacted]",
        "exception.stacktrace": expect.stringContaining("no [redacted]") as string,
      });
      expect(events[1]?.attributes).toEqual({ "exception.type": "string", "exception.message": "thrown text" });
    });
  });

  describe("whose error is recorded and thrown again", () => {
    const failing = (first: unknown, then: unknown) => {
      expect(() =>
        desk.inner(() => {
          recordException(first);
          throw then;
        }),
      ).toThrow();
      return named("inner.task");
    };

    it("has one event for it", () => {
      const error = new TypeError("no");
      const { events, status } = failing(error, error);
      expect(events).toHaveLength(1);
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "no" });
    });

    it("has both, and fails by what was thrown, where that is another", () => {
      const { attributes, events, status } = failing(new TypeError("first"), new RangeError("second"));
      expect(events.map((event) => event.attributes?.["exception.type"])).toEqual(["TypeError", "RangeError"]);
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "second" });
      expect(attributes).toMatchObject({ "error.type": "RangeError" });
    });

    it("keeps the words that the user gave", () => {
      desk.inner(() => {
        updateCurrentSpan({ status: "error", statusMessage: "out of stock" });
        recordException(new RangeError("second"));
      });
      expect(named("inner.task").status).toEqual({ code: SpanStatusCode.ERROR, message: "out of stock" });
    });
  });

  describe("takes attributes as they are", () => {
    const update = (attributes: unknown, within = (work: () => void) => desk.inner(work)) => {
      within(() => {
        updateCurrentSpan({ attributes } as SpanUpdate);
      });
      return (host.spans.find(({ name }) => name === "inner.task" || name === "quiet.task") ?? host.spans[0])!
        .attributes;
    };

    it("strings, numbers, booleans and arrays of them, masked", () => {
      const given = { "app.text": secret, "app.n": 1.5, "app.on": false, "app.list": ["a", secret], "app.ns": [1, 2] };
      expect(update(given)).toMatchObject({ ...given, "app.text": "[redacted]", "app.list": ["a", "[redacted]"] });
    });

    it("masks what stands under a secret's name", () => {
      expect(update({ password: "kestrel" })).toMatchObject({ password: "[redacted]" });
    });

    it("masks what looks like a secret under a name that may be one, as in metadata", () => {
      const opaque = "q7Zt2Kd9Xw4Lm1Pv8Rb3";
      const given = { token: opaque, "app.token": "USDC", tokens: 12, password: true };
      expect(update(given)).toMatchObject({ ...given, token: "[redacted]" });
    });

    const NONE: readonly (readonly [what: string, value: unknown])[] = [
      ["record", {}],
      ["nan", Number.NaN],
      ["infinite", Infinity],
      ["mixed", ["a", 1]],
      ["nans", [Number.NaN]],
      ["nested", [["a"]]],
      ["function", () => "a"],
      ["bigint", 1n],
      ["symbol", Symbol("a")],
    ];

    it.each(NONE)("leaves out what none of them is, with a warning: %s", (what, value) => {
      using warnings = new Warnings();
      const attributes = update({ [`app.${what}`]: value, "app.good": 1 });
      expect(attributes).toMatchObject({ "app.good": 1 });
      expect(attributes).not.toHaveProperty([`app.${what}`]);
      expect(warnings.said).toEqual([
        expect.stringContaining(`attribute "app.${what}" must be a string, a finite number`),
      ]);
    });

    it("leaves out what is no record, with a warning", () => {
      using warnings = new Warnings();
      for (const given of ["text", 7, ["a"], null]) update(given);
      expect(warnings.said).toEqual([expect.stringContaining('"attributes" must be an object')]);
    });

    it("keeps messages in the process where content is off", () => {
      const given = { "gen_ai.input.messages": "kestrel", "traceloop.entity.output": "kestrel", "app.kind": "bird" };
      expect(update(given)).toMatchObject(given);
      host.spans.length = 0;
      const quiet = update(given, (work) => desk.quiet(work));
      expect(quiet).toMatchObject({ "app.kind": "bird" });
      expect(JSON.stringify(quiet)).not.toContain("kestrel");
    });
  });

  describe("reads the form of Respan's other packages", () => {
    const GROUP = "respan.trace.trace_group_identifier";
    const update = (given: SpanUpdate) => {
      desk.inner(() => {
        updateCurrentSpan(given);
      });
      return named("inner.task").attributes;
    };

    it.each<[string, SpanUpdate["respanParams"]]>([
      [
        "camel case",
        { customerIdentifier: "c", traceGroupIdentifier: "g", threadIdentifier: 7, metadata: { rows: 3 } },
      ],
      [
        "snake case",
        { customer_identifier: "c", trace_group_identifier: "g", thread_identifier: 7, metadata: { rows: 3 } },
      ],
    ])("in %s", (_, respanParams) => {
      expect(update({ respanParams })).toMatchObject({
        [CUSTOMER]: "c",
        [GROUP]: "g",
        "respan.threads.thread_identifier": "7",
        "respan.metadata.rows": 3,
      });
    });

    it("and what stands beside it wins", () => {
      const given = { respanParams: { customerIdentifier: "c", traceGroupIdentifier: "g" }, customerIdentifier: "own" };
      expect(update(given)).toMatchObject({ [CUSTOMER]: "own", [GROUP]: "g" });
    });

    it("and a veto in it counts", () => {
      const attributes = update({ respanParams: { traceContent: false, customerIdentifier: "c" } });
      expect(attributes).toMatchObject({ [CUSTOMER]: "c" });
      expect(attributes).not.toHaveProperty([INPUT]);
    });
  });

  describe("that another instrumentation made", () => {
    const told = (work: () => void) => {
      hosted(work);
      return named("GET /");
    };

    it("takes all of it at once", () => {
      const span = told(() => {
        updateCurrentSpan({ input: { a: 1 }, output: secret, customerIdentifier: "c" });
        addEvent("noted", { text: secret });
        recordException(new TypeError(`no ${secret}`));
      });
      expect(span.attributes).toMatchObject({ [INPUT]: '{"a":1}', [OUTPUT]: '"[redacted]"', [CUSTOMER]: "c" });
      expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
        ["noted", { text: "[redacted]" }],
        ["exception", { "exception.type": "TypeError", "exception.message": "no [redacted]" }],
      ]);
    });

    it("takes a name", () => {
      hosted(() => {
        updateCurrentSpan({ name: "GET /tickets" });
      });
      expect(host.spans.map(({ name }) => name)).toEqual(["GET /tickets"]);
    });

    it.each<[SpanUpdate, object]>([
      [{ status: "ok" }, { code: SpanStatusCode.OK }],
      [{ status: "error" }, { code: SpanStatusCode.ERROR }],
      [
        { status: "error", statusMessage: `no ${secret}` },
        { code: SpanStatusCode.ERROR, message: "no [redacted]" },
      ],
    ])("takes its status: %j", (update, status) => {
      expect(
        told(() => {
          updateCurrentSpan(update);
        }).status,
      ).toEqual(status);
    });

    it("takes no content in a scope where content is off", () => {
      const span = told(() => {
        propagateAttributes({ traceContent: false }, () => {
          updateCurrentSpan({ input: 1, output: 2, status: "error", statusMessage: "why", customerIdentifier: "c" });
          addEvent("noted", { text: "what" });
          recordException(new TypeError("message"));
        });
      });
      expect(span.attributes).toMatchObject({ [CUSTOMER]: "c" });
      expect(span.attributes).not.toHaveProperty([INPUT]);
      expect(span.attributes).not.toHaveProperty([OUTPUT]);
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
      expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
        ["noted", {}],
        ["exception", { "exception.type": "TypeError" }],
      ]);
    });

    it("is left alone by a veto, which is for our spans", () => {
      const span = told(() => {
        updateCurrentSpan({ traceContent: false, output: 1 });
      });
      expect(span.attributes[OUTPUT]).toBe("1");
    });
  });
});
