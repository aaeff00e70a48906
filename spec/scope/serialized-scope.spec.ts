import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { propagateAttributes, runWithScope, serializeScope, Task, Workflow } from "../../lib/index.js";
import { standingScope } from "../../lib/scope/standing-scope.js";
import { slot } from "../../lib/scope/tracing.js";
import { InProcess, eachInProcess } from "./in-process.js";
import { Warnings } from "./warnings.js";
import { EMPTY_SCOPE, withScope } from "../../lib/scope/scope.js";

const CUSTOMER = "respan.customer_params.customer_identifier";

/** What a job carries. */
interface Carried {
  v: number;
  trace?: { traceId: string; spanId: string; traceFlags: number };
  inherited: Record<string, unknown>;
  path: string;
  [more: string]: unknown;
}
const carriedBy = (text: string): Carried => JSON.parse(text) as Carried;

describe("a text that is no scope", () => {
  it("is ignored with a warning, said once, which shows nothing of it", () => {
    using host = new InProcess();
    using warnings = new Warnings();
    expect(runWithScope(serializeScope(), () => "done")).toBe("done");
    for (const text of ["Maya", "{}"]) expect(runWithScope(text, () => "done")).toBe("done");
    expect(warnings.said).toEqual([
      "respan-instructor: runWithScope did not receive a result of serializeScope; its function ran without a scope",
    ]);
    expect(host.spans).toEqual([]);
  });
});

describe("a job", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));

  class Desk {
    @Workflow("intake") intake(): string {
      return this.make();
    }
    @Task("make") make(): string {
      return serializeScope();
    }
    @Task("work") work(): string {
      return "worked";
    }
  }
  const named = (name: string) => {
    const found = host.spans.filter((span) => span.name === name);
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  it("carries where it was made: the trace, the workflow, the way there, and whose it is", () => {
    const text = propagateAttributes({ customerIdentifier: "c", prompt: { promptId: "p", variables: { v: 1 } } }, () =>
      new Desk().intake(),
    );
    const { traceId, spanId } = named("make.task").spanContext();
    expect(carriedBy(text)).toEqual({
      v: 1,
      trace: { traceId, spanId, traceFlags: 1 },
      inherited: { [CUSTOMER]: "c", "respan.metadata._tracing_sdk_version": expect.any(String) as string },
      prompt: { identifierOnly: '{"prompt_id":"p"}', whole: '{"prompt_id":"p","variables":{"v":1}}' },
      workflowName: "intake",
      path: "make",
    });
  });

  it("carries nothing that is not there", () => {
    expect(carriedBy(serializeScope())).toEqual({
      v: 1,
      inherited: { "respan.metadata._tracing_sdk_version": expect.any(String) as string },
      path: "",
    });
  });

  it("carries a veto", () => {
    const quiet = propagateAttributes({ traceContent: () => false }, serializeScope);
    expect(carriedBy(quiet).traceContent).toBe(false);
    const open = propagateAttributes({ traceContent: () => true }, serializeScope);
    expect(carriedBy(open)).not.toHaveProperty("traceContent");
  });

  it("goes on where it was made: under that span, in that workflow", () => {
    const text = new Desk().intake();
    expect(runWithScope(text, () => new Desk().work())).toBe("worked");
    const work = named("work.task");
    expect(work.parentSpanContext?.spanId).toBe(named("make.task").spanContext().spanId);
    expect(work.parentSpanContext?.isRemote).toBe(true);
    expect(work.attributes).toMatchObject({
      "traceloop.workflow.name": "intake",
      "traceloop.entity.path": "make.work",
    });
  });

  it("adds to whose the worker's scope is, whose way there and workflow it leaves", () => {
    const text = propagateAttributes({ customerIdentifier: "producer" }, serializeScope);
    class Worker {
      @Workflow("worker") run(): void {
        runWithScope(text, () => host.foreignSpan("job"));
      }
    }
    propagateAttributes({ customerIdentifier: "worker", threadIdentifier: "t", prompt: { promptId: "w" } }, () => {
      new Worker().run();
    });
    expect(host.attributesOf("job")).toMatchObject({
      [CUSTOMER]: "producer",
      "respan.threads.thread_identifier": "t",
      "respan.prompt": '{"prompt_id":"w"}',
      "traceloop.entity.path": "",
    });
    expect(host.attributesOf("job")).not.toHaveProperty(["traceloop.workflow.name"]);
  });

  it("is quiet where the worker's scope is, though it says nothing of it", () => {
    const text = serializeScope();
    propagateAttributes({ traceContent: false }, () => runWithScope(text, () => new Desk().work()));
    expect(named("work.task").attributes).not.toHaveProperty(["traceloop.entity.output"]);
  });

  it("has the active span as its parent, this package's or another tracer's", () => {
    const text = trace.getTracer("queue").startActiveSpan("publish", (span) => {
      try {
        return serializeScope();
      } finally {
        span.end();
      }
    });
    expect(carriedBy(text).trace?.spanId).toBe(named("publish").spanContext().spanId);
  });

  it("is handed on from one job to the next without a span between", () => {
    const text = new Desk().intake();
    const { trace: first, ...rest } = carriedBy(text);
    expect(carriedBy(runWithScope(text, serializeScope))).toEqual({ trace: first, ...rest });
  });

  it("returns a generator whose steps run in its scope", () => {
    const text = propagateAttributes({ customerIdentifier: "c" }, serializeScope);
    const steps = runWithScope(text, function* () {
      host.foreignSpan("step");
      yield 1;
    });
    expect([...steps]).toEqual([1]);
    expect(host.attributesOf("step")).toHaveProperty([CUSTOMER], "c");
  });

  it("throws what its function throws", () => {
    const error = new Error("mine");
    const fail = (): never => {
      throw error;
    };
    expect(() => runWithScope(serializeScope(), fail)).toThrow(error);
    expect(() => runWithScope("no scope", fail)).toThrow(error);
  });

  describe("beside another SDK", () => {
    beforeEach(() => {
      slot.tracing = { ...slot.tracing!, isIsolated: true };
    });

    it("carries one of this package's spans and never the other SDK's", () => {
      const hosted = <R>(work: () => R): R =>
        trace.getTracer("http").startActiveSpan("GET /", (span) => {
          try {
            return work();
          } finally {
            span.end();
          }
        });
      expect(carriedBy(hosted(serializeScope))).not.toHaveProperty("trace");
      const text = hosted(() => new Desk().intake());
      expect(carriedBy(text).trace?.spanId).toBe(named("make.task").spanContext().spanId);
      const next = runWithScope(text, serializeScope);
      expect(carriedBy(next).trace).toEqual(carriedBy(text).trace);
    });

    it("makes it the parent, and leaves the other SDK's active span alone", () => {
      const text = new Desk().intake();
      runWithScope(text, () => {
        expect(trace.getSpan(context.active())).toBeUndefined();
        new Desk().work();
      });
      expect(named("work.task").parentSpanContext?.spanId).toBe(carriedBy(text).trace?.spanId);
    });
  });
});

describe("a text that a job brings", () => {
  const whole: Carried = {
    v: 1,
    trace: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 },
    inherited: { [CUSTOMER]: "c" },
    prompt: { whole: '{"prompt_id":"p"}', identifierOnly: '{"prompt_id":"p"}' },
    workflowName: "flow",
    path: "a.b",
    traceContent: false,
  };
  /** What the scope is in which its function runs. */
  const scopeBy = (text: string) => {
    using host = new InProcess();
    expect(host.spans).toEqual([]);
    return runWithScope(text, () => ({
      ...standingScope(context.active()),
      activeSpan: trace.getSpan(context.active())?.spanContext(),
    }));
  };
  const version = { "respan.metadata._tracing_sdk_version": expect.any(String) as string };

  it("is taken as it was made", () => {
    const scope = scopeBy(JSON.stringify(whole));
    expect(scope).toMatchObject({
      inherited: { ...version, [CUSTOMER]: "c" },
      prompt: whole.prompt,
      workflowName: "flow",
      path: "a.b",
      gate: { vetoed: true },
      open: undefined,
      isInsideChat: false,
      activeSpan: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1, isRemote: true },
    });
    expect(scope.remote?.spanContext()).toEqual(scope.activeSpan);
  });

  it.each<[string, Partial<Record<keyof Carried, unknown>>, object]>([
    ["no trace", { trace: undefined }, { activeSpan: undefined, remote: undefined }],
    ["a trace that is null", { trace: null }, { activeSpan: undefined, remote: undefined }],
    [
      "a trace that is none",
      { trace: { ...whole.trace, traceId: "no" } },
      { activeSpan: undefined, remote: undefined },
    ],
    ["a span that is none", { trace: { ...whole.trace, spanId: "0".repeat(16) } }, { activeSpan: undefined }],
    ["nothing inherited", { inherited: undefined }, { inherited: version }],
    ["what is inherited in no object", { inherited: "text" }, { inherited: version }],
    ["null inherited", { inherited: null }, { inherited: version }],
    [
      "values that no attribute can have",
      { inherited: { list: [1], object: {}, nothing: null, text: "a", number: 1, yes: false } },
      { inherited: { ...version, text: "a", number: 1, yes: false } },
    ],
    ["no prompt", { prompt: undefined }, { prompt: undefined }],
    ["a prompt without its identifier", { prompt: { whole: "w" } }, { prompt: undefined }],
    ["a prompt without the rest", { prompt: { identifierOnly: "i" } }, { prompt: undefined }],
    ["a prompt of wrong types", { prompt: { whole: 1, identifierOnly: "i" } }, { prompt: undefined }],
    ["no workflow", { workflowName: undefined }, { workflowName: undefined }],
    ["a workflow that is no text", { workflowName: 7 }, { workflowName: undefined }],
    ["no veto", { traceContent: undefined }, { gate: undefined }],
    ["a yes to content", { traceContent: true }, { gate: undefined }],
  ])("loses what is wrong of it, and keeps the rest: %s", (_, change, expected) => {
    const scope = scopeBy(JSON.stringify({ ...whole, ...change }));
    expect({ ...scope, remote: scope.remote?.spanContext() }).toMatchObject(expected);
    expect(scope.path).toBe("a.b");
    if ("inherited" in expected) expect(scope.inherited).toEqual(expected.inherited);
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["no JSON", "[1"],
    ["null", "null"],
    ["a number", "7"],
    ["an empty object", "{}"],
    ["another version", JSON.stringify({ ...whole, v: 2 })],
    ["no path", JSON.stringify({ ...whole, path: undefined })],
    ["a path that is no text", JSON.stringify({ ...whole, path: 7 })],
  ])("is ignored where it is %s", (_, text) => {
    expect(scopeBy(text)).toMatchObject({ inherited: version, path: "", activeSpan: undefined });
  });

  it("works without telemetry, where it has no effect that could be seen", () => {
    expect(slot.tracing).toBeUndefined();
    expect(runWithScope(JSON.stringify(whole), () => context.active())).toBe(ROOT_CONTEXT);
    expect(carriedBy(serializeScope())).toMatchObject({ v: 1, path: "" });
  });
});

describe("serializeScope and runWithScope", () => {
  it.each([true, false])("say whether one of this package's spans is carried, which decides sampling: %s", (isOurs) => {
    using host = new InProcess();
    const span = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 });
    const active = trace.setSpan(context.active(), span);
    const ours = isOurs ? withScope(active, { ...EMPTY_SCOPE, remote: span }) : active;
    const carried = context.with(ours, serializeScope);
    runWithScope(carried, () => {
      expect(standingScope(context.active()).remote?.spanContext().spanId).toBe(isOurs ? "2".repeat(16) : undefined);
      expect(trace.getActiveSpan()?.spanContext()).toMatchObject({ ...span.spanContext(), isRemote: true });
    });
    expect(host.spans).toHaveLength(0);
  });

  it("carry this package's decision for a span of another library below it", () => {
    using host = new InProcess();
    const [ours, theirs] = ["2", "3"].map((digit, at) =>
      trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: digit.repeat(16), traceFlags: 1 - at }),
    );
    const inner = trace.setSpan(withScope(context.active(), { ...EMPTY_SCOPE, remote: ours }), theirs!);
    const { trace: carried } = JSON.parse(context.with(inner, serializeScope)) as { trace: unknown };
    expect(carried).toEqual({ traceId: "1".repeat(32), spanId: "3".repeat(16), traceFlags: 1 });
    expect(host.spans).toHaveLength(0);
  });
});

describe("serializeScope", () => {
  const prompt = { promptId: "letter", variables: { patient: "Hartwell" } };

  it.each([
    [true, true],
    [false, false],
  ])("carries the variables of a prompt only where content is on: %s", (traceContent, isCarried) => {
    using host = new InProcess();
    const carried = propagateAttributes({ traceContent, customerIdentifier: "c1", prompt }, serializeScope);
    expect(carried.includes("Hartwell")).toBe(isCarried);
    expect(carried).toContain("letter");
    expect(carried).toContain("c1");
    expect(host.spans).toHaveLength(0);
  });

  it("masks names by form", () => {
    using host = new InProcess();
    const key = `sk-proj-${"aB3dE5gH7jK9".repeat(4)}`;
    const scope = { ...EMPTY_SCOPE, workflowName: `check ${key}`, path: key, inherited: { note: key } };
    const carried = context.with(withScope(context.active(), scope), serializeScope);
    expect(carried).toContain("check [redacted]");
    expect(carried).not.toContain(key.slice(8));
    expect(host.spans).toHaveLength(0);
  });
});
