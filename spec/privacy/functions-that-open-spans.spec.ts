import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { AlwaysOnSampler, SamplingDecision } from "@opentelemetry/sdk-trace";
import type { RespanTelemetryOptions } from "respan-instructor";
import { z } from "zod";
import {
  addEvent,
  createTracedInstructor,
  propagateAttributes,
  recordException,
  RespanTelemetry,
  Task,
  updateCurrentSpan,
  withTask,
} from "respan-instructor";

/** A look-up of the user's that is traced itself, adds to the current span, and opens a span where it should not. */
function lookUp<T>(answer: T): T {
  addEvent("looked up", { answer, at: { toJSON: () => withTask("json", () => 1) } });
  updateCurrentSpan({ metadata: { answer: String(answer) }, input: { answer } });
  recordException(new Error("looked up"));
  const tracer = trace.getTracer("theirs");
  tracer.startSpan("chat", { attributes: { "gen_ai.system": "openai" } }).end();
  tracer.startSpan("chat", { attributes: { "gen_ai.system": "openai" } }, ROOT_CONTEXT).end();
  void withTask("later", async () => {
    await Promise.resolve();
    return withTask("latest", () => 1);
  });
  return withTask("look_up", () => answer);
}

const processor = (callbacks: Partial<SpanProcessor>): SpanProcessor => ({
  onStart() {},
  onEnd() {},
  forceFlush: async () => Promise.resolve(),
  shutdown: async () => Promise.resolve(),
  ...callbacks,
});

class Tree {
  @Task("tree")
  toJSON(): unknown {
    return { self: this, left: { toJSON: () => lookUp("left") } };
  }
}

class Desk {
  owner(): string {
    return lookUp("customer_1");
  }

  @Task({
    name: (desk: Desk) => desk.owner(),
    customerIdentifier: (desk: Desk) => desk.owner(),
    metadata: (desk: Desk) => ({ owner: desk.owner() }),
    traceContent: (desk: Desk) => desk.owner() !== "",
    captureInput: (args) => lookUp(args),
    captureOutput: (result) => lookUp(result),
  })
  work(value: unknown): unknown {
    return value;
  }
}

class Stream {
  @Task("stream")
  *steps(value: unknown): Generator {
    yield value;
  }

  @Task("failing")
  fail(): never {
    throw Object.defineProperty(new Error(), "message", { get: () => lookUp("failed") });
  }
}

/** Options and work with functions of the user's in it; each opens one span of its own, or two. */
const CASES: Record<string, readonly [RespanTelemetryOptions, () => unknown, readonly string[]]> = {
  traceContent: [{ traceContent: () => lookUp(true) }, () => withTask("work", (n) => n, 1), ["work.task"]],
  "a scope's traceContent": [
    {},
    () => propagateAttributes({ traceContent: () => lookUp(true) }, () => withTask("work", (n) => n, 1)),
    ["work.task"],
  ],
  redact: [{ redact: (text) => lookUp(text) }, () => withTask("work", (text) => text, "kestrel"), ["work.task"]],
  shouldExportSpan: [{ shouldExportSpan: () => lookUp(true) }, () => withTask("work", () => 1), ["work.task"]],
  spanPostprocess: [{ spanPostprocess: () => lookUp(true) }, () => withTask("work", () => 1), ["work.task"]],
  sampler: [
    {
      sampler: {
        shouldSample: () => ({ decision: lookUp(SamplingDecision.RECORD_AND_SAMPLED) }),
        toString: () => new AlwaysOnSampler().toString(),
      },
    },
    () => withTask("work", () => 1),
    ["work.task"],
  ],
  "a processor": [
    {
      spanProcessors: [
        processor({
          onStart: () => lookUp(undefined),
          onEnding: () => lookUp(undefined),
          onEnd: () => lookUp(undefined),
        }),
      ],
    },
    () => withTask("work", () => 1),
    ["work.task"],
  ],
  "a decorator's options": [{}, () => new Desk().work("kestrel"), ["customer_1.task"]],
  "toJSON of an argument and of a result": [{}, () => withTask("work", (tree) => tree, new Tree()), ["work.task"]],
  "a decorated toJSON": [{}, () => new Tree().toJSON(), ["tree.task"]],
  "getters of an argument and of a result": [
    {},
    () => {
      const value = {
        get owner(): string {
          return lookUp("customer_1");
        },
      };
      return withTask("work", (given) => given, value);
    },
    ["work.task"],
  ],
  "toJSON of a generator's item": [{}, () => [...new Stream().steps(new Tree())], ["stream.task"]],
  "a getter of an error": [
    {},
    () => {
      try {
        new Stream().fail();
      } catch {
        // Not read here: the getter would open its spans for the test.
      }
    },
    ["failing.task"],
  ],
  "a getter of a message": [
    {},
    async () => {
      const completions = { create: async () => Promise.reject(new Error("no answer")) };
      const client = createTracedInstructor({ client: { baseURL: "https://example.com", chat: { completions } } });
      const message = {
        role: "user" as const,
        get content(): string {
          return lookUp("kestrel");
        },
      };
      jest.spyOn(console, "error").mockReturnValue(undefined);
      const response_model = { schema: z.object({ customer: z.string() }), name: "Ticket" };
      await expect(client.create({ model: "m", messages: [message], response_model })).rejects.toThrow("no answer");
      jest.restoreAllMocks();
    },
    ["instructor.create"],
  ],
  "toJSON of a scope's metadata": [
    {},
    () => propagateAttributes({ metadata: { tree: new Tree() as never } }, () => withTask("work", () => 1)),
    ["work.task"],
  ],
};

describe.each([true, false])("a function that opens spans, with registerGlobal: %p", (registerGlobal) => {
  it.each(Object.entries(CASES))("returns and adds none: %s", async (_what, [options, work, names]) => {
    const exported: ReadableSpan[] = [];
    const telemetry = new RespanTelemetry({
      exporter: {
        export: (batch, done) => {
          exported.push(...batch);
          done({ code: ExportResultCode.SUCCESS });
        },
        shutdown: async () => Promise.resolve(),
      },
      isAutoInstrument: false,
      registerGlobal,
      logLevel: "none",
      ...options,
    });
    await work();
    await new Promise((resolve) => setImmediate(resolve));
    await telemetry.shutdown();
    // A span that is opened on purpose outside the current context is exported, unless a function has left it out.
    expect(exported.map(({ name }) => name).filter((name) => name !== "chat")).toEqual(names);
    expect(exported.length).toBeLessThan(50);
  });
});

describe("a function that is asked from inside itself", () => {
  it("has the strictest answer there", async () => {
    const inner: string[] = [];
    const telemetry = new RespanTelemetry({
      exporter: {
        export: (_batch, done) => done({ code: ExportResultCode.SUCCESS }),
        shutdown: async () => Promise.resolve(),
      },
      isAutoInstrument: false,
      logLevel: "none",
      redact: (text) => {
        addEvent("masked", { text });
        inner.push(text);
        return text;
      },
    });
    withTask("work", (text) => text, "kestrel");
    await telemetry.shutdown();
    expect(inner).toEqual(["kestrel", "kestrel"]);
  });
});
