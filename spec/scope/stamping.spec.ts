import { context, trace } from "@opentelemetry/api";
import { propagateAttributes, Task, Workflow } from "../../lib/index.js";
import type { AttributeMap } from "../../lib/scope/scope.js";
import { EMPTY_SCOPE, SCOPE_KEY, stamp } from "../../lib/scope/scope.js";
import { slot } from "../../lib/scope/tracing.js";
import { SDK_NAME } from "../../lib/wire/package.js";
import type { InProcess } from "./in-process.js";
import { eachInProcess } from "./in-process.js";

const CUSTOMER = "respan.customer_params.customer_identifier";

describe("a span of another instrumentation", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));

  class Desk {
    @Workflow("flow") flow(): void {
      host.foreignSpan("in the workflow");
      this.step();
    }
    @Task("step") step(): void {
      host.foreignSpan("in the task");
    }
  }

  it("says which workflow it ran in, and the way there", () => {
    new Desk().flow();
    new Desk().step();
    const told = host.spans
      .filter(({ instrumentationScope }) => instrumentationScope.name !== SDK_NAME)
      .map(({ attributes }) => [attributes["traceloop.workflow.name"], attributes["traceloop.entity.path"]]);
    expect(told).toEqual([
      ["flow", "flow"],
      ["flow", "step"],
      [undefined, "step"],
    ]);
  });

  it("keeps what it says itself", () => {
    const attributes = { [CUSTOMER]: "its own", "respan.prompt": "its own", "traceloop.entity.path": "its own" };
    propagateAttributes({ customerIdentifier: "c", threadIdentifier: "t", prompt: { promptId: "p" } }, () => {
      trace.getTracer("an-http-instrumentation").startSpan("GET /", { attributes }).end();
    });
    expect(host.attributesOf("GET /")).toMatchObject({ ...attributes, "respan.threads.thread_identifier": "t" });
  });

  it("carries the whole prompt, and with content off its identifier alone", () => {
    const prompt = { promptId: "p", variables: { name: "Maya" } };
    propagateAttributes({ prompt }, () => {
      host.foreignSpan("on");
      propagateAttributes({ traceContent: () => false }, () => host.foreignSpan("off"));
    });
    host.foreignSpan("outside");
    expect(host.attributesOf("on")["respan.prompt"]).toBe('{"prompt_id":"p","variables":{"name":"Maya"}}');
    expect(host.attributesOf("off")["respan.prompt"]).toBe('{"prompt_id":"p"}');
    expect(host.attributesOf("outside")).not.toHaveProperty(["respan.prompt"]);
  });

  it("carries the telemetry's defaults where there is no scope, and the version alone without telemetry", () => {
    slot.tracing = { ...slot.tracing!, defaults: { ...EMPTY_SCOPE, inherited: { [CUSTOMER]: "default" } } };
    host.foreignSpan("with defaults");
    slot.tracing = undefined;
    host.foreignSpan("without telemetry");
    expect(host.attributesOf("with defaults")).toEqual({ [CUSTOMER]: "default", "traceloop.entity.path": "" });
    expect(host.attributesOf("without telemetry")).toEqual({
      "respan.metadata._tracing_sdk_version": expect.any(String) as string,
      "traceloop.entity.path": "",
    });
  });

  it("is stamped, one of ours is not: it has everything from its start", () => {
    const scope = { ...EMPTY_SCOPE, inherited: { [CUSTOMER]: "c" } };
    context.with(context.active().setValue(SCOPE_KEY, scope), () => {
      host.provider.getTracer(SDK_NAME).startSpan("ours").end();
      host.foreignSpan("theirs");
    });
    expect(host.attributesOf("ours")).toEqual({});
    expect(host.attributesOf("theirs")).toHaveProperty([CUSTOMER], "c");
  });
});

describe("attributes that a span has before its scope's are added", () => {
  it("stay, and the rest is added", () => {
    const scope = {
      ...EMPTY_SCOPE,
      inherited: { a: 1, b: 2 },
      workflowName: "flow",
      path: "step",
      prompt: { whole: "whole", identifierOnly: "identifier" },
    };
    const own: AttributeMap = {
      a: "own",
      "traceloop.workflow.name": "own",
      "traceloop.entity.path": "own",
      "respan.prompt": "own",
    };
    const attributes = { ...own };
    stamp(attributes, scope);
    expect(attributes).toEqual({ ...own, b: 2 });
    const empty: AttributeMap = {};
    stamp(empty, scope);
    expect(empty).toEqual({
      a: 1,
      b: 2,
      "traceloop.workflow.name": "flow",
      "traceloop.entity.path": "step",
      "respan.prompt": "identifier",
    });
  });
});

describe("what all copies of this package in a process share", () => {
  it("is under names that every one of them knows", () => {
    expect((globalThis as Record<symbol, unknown>)[Symbol.for("respan-instructor.tracing.1")]).toBe(slot);
    expect(SCOPE_KEY).toBe(Symbol.for("respan-instructor.scope"));
    expect(slot).toEqual({ tracing: undefined });
  });

  it("is a scope that nobody can change", () => {
    expect(Object.isFrozen(EMPTY_SCOPE)).toBe(true);
    expect(Object.isFrozen(EMPTY_SCOPE.inherited)).toBe(true);
    expect(EMPTY_SCOPE).toMatchObject({ path: "", isInsideChat: false });
  });
});
