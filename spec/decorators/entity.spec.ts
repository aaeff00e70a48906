import { ROOT_CONTEXT } from "@opentelemetry/api";
import { createRedactor, DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";
import { Task } from "../../lib/decorators/decorators.js";
import { Entity } from "../../lib/decorators/entity.js";
import type { AnyEntityOptions, EntityKind } from "../../lib/decorators/entity-options.js";
import type { Scope } from "../../lib/scope/scope.js";
import { EMPTY_SCOPE } from "../../lib/scope/scope.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";
import { unhandledDuring } from "./unhandled.js";

const entityOf = (kind: EntityKind, options: AnyEntityOptions = {}): Entity =>
  new Entity(kind, options, "method", "@Task on Desk.method");
const call = { context: ROOT_CONTEXT, instance: undefined, args: [] };
const prompt = (id: string) => ({
  whole: `{"prompt_id":"${id}","variables":{}}`,
  identifierOnly: `{"prompt_id":"${id}"}`,
});

describe("what a call starts with", () => {
  it("is what the wire contract says of its kind and place, and nothing that is not there", () => {
    const inherited = { a: 1 };
    const scope = { ...EMPTY_SCOPE, inherited, workflowName: "flow", path: "step" };
    const standing = { a: 1, "respan.entity.log_method": "ts_tracing" };
    const task = entityOf("task", { version: "2" }).frameIn(scope, DEFAULT_REDACTOR, call);
    expect(task).toStrictEqual({
      spanName: "method.task",
      attributes: {
        ...standing,
        "traceloop.span.kind": "task",
        "traceloop.entity.name": "method",
        "traceloop.entity.path": "step.method",
        "respan.entity.log_type": "task",
        "traceloop.workflow.name": "flow",
        "traceloop.entity.version": "2",
      },
      inner: { inherited, prompt: undefined, workflowName: "flow", path: "step.method" },
    });
    const alone = entityOf("tool").frameIn({ ...EMPTY_SCOPE, inherited }, DEFAULT_REDACTOR, call);
    expect(alone.attributes).toStrictEqual({
      ...standing,
      "traceloop.span.kind": "tool",
      "traceloop.entity.name": "method",
      "traceloop.entity.path": "method",
      "respan.entity.log_type": "tool",
    });
    expect(Object.isFrozen(alone.attributes)).toBe(true);
  });

  it.each<[EntityKind, string | undefined, string]>([
    ["workflow", "method", ""],
    ["agent", "method", ""],
    ["task", "flow", "step.method"],
    ["tool", "flow", "step.method"],
  ])("starts a new way there, or goes on: %s", (kind, workflowName, path) => {
    const scope = { ...EMPTY_SCOPE, workflowName: "flow", path: "step" };
    expect(entityOf(kind).frameIn(scope, DEFAULT_REDACTOR, call)).toMatchObject({ inner: { workflowName, path } });
  });

  it.each<[string, Partial<Scope>, object]>([
    ["what is inherited", { inherited: { b: 2 } }, { attributes: { b: 2 }, inner: { inherited: { b: 2 } } }],
    ["the workflow", { workflowName: "other" }, { attributes: { "traceloop.workflow.name": "other" } }],
    ["the way there", { path: "other" }, { attributes: { "traceloop.entity.path": "other.method" } }],
    ["the prompt", { prompt: prompt("other") }, { attributes: { "respan.prompt": '{"prompt_id":"other"}' } }],
  ])("is of the scope of each call, where two differ in %s alone", (_, change, expected) => {
    const scope = { ...EMPTY_SCOPE, inherited: { a: 1 }, workflowName: "flow", path: "step", prompt: prompt("p") };
    const entity = entityOf("task");
    const first = entity.frameIn(scope, DEFAULT_REDACTOR, call);
    expect(entity.frameIn({ ...scope }, DEFAULT_REDACTOR, call)).toEqual(first);
    expect(entity.frameIn({ ...scope, ...change }, DEFAULT_REDACTOR, call)).toMatchObject(expected);
    expect(entity.frameIn(scope, DEFAULT_REDACTOR, call)).toEqual(first);
  });

  it("is masked as the telemetry of each call says", () => {
    const entity = entityOf("task", { customerName: "Maya" });
    const name = "respan.customer_params.name";
    const other = createRedactor({ patterns: [/Maya/] });
    expect(entity.frameIn(EMPTY_SCOPE, DEFAULT_REDACTOR, call).attributes[name]).toBe("Maya");
    expect(entity.frameIn(EMPTY_SCOPE, other, call).attributes[name]).toBe("[redacted]");
    expect(entity.frameIn(EMPTY_SCOPE, DEFAULT_REDACTOR, call).attributes[name]).toBe("Maya");
  });

  it("is what the decorator was told, whatever becomes of the object that told it", () => {
    const metadata: Record<string, string> = { team: "support" };
    const told = { promptId: "p" };
    const entity = entityOf("task", { metadata, prompt: told });
    metadata.team = "sales";
    told.promptId = "changed";
    expect(entity.frameIn(EMPTY_SCOPE, DEFAULT_REDACTOR, call).attributes).toMatchObject({
      "respan.metadata.team": "support",
      "respan.prompt": '{"prompt_id":"p"}',
    });
  });
});

describe("options that are worked out at each call", () => {
  let host: InProcess;
  let warnings: Warnings;
  eachWarnings((made) => (warnings = made));
  eachInProcess((made) => (host = made));

  it("fall back to the method's name where they give none, masked where they give a credential", () => {
    class Desk {
      @Task({ name: (_desk, [text]: readonly [string | undefined]) => text }) named(text: string | undefined): unknown {
        return text;
      }
    }
    for (const text of ["", undefined, `sk-${"a1B2".repeat(8)}`]) new Desk().named(text);
    expect(host.spans.map(({ name }) => name)).toEqual(["named.task", "named.task", "[redacted].task"]);
    expect(warnings.said).toEqual([]);
  });

  it("say which of them gave what, once, and lose it alone", async () => {
    const wrong = (value: unknown) => () => value as string;
    class Desk {
      @Task({
        name: wrong(42),
        version: wrong(Promise.resolve("2")),
        environment: wrong(null),
        threadIdentifier: () => {
          throw new RangeError("a customer's text");
        },
        groupIdentifier: () => "g",
      })
      run(): number {
        return 1;
      }
      @Task({ name: wrong(Promise.reject(new Error("unheard"))) }) rejecting(): void {}
    }
    const unhandled = await unhandledDuring(() => {
      for (let time = 0; time < 2; time++) new Desk().run();
      new Desk().rejecting();
    });
    expect(unhandled).toEqual([]);
    expect(host.attributesOf("run.task")).toMatchObject({ "respan.trace.trace_group_identifier": "g" });
    expect(host.attributesOf("run.task")).not.toHaveProperty(["traceloop.entity.version"]);
    expect(warnings.said).toEqual([
      'respan-instructor: @Task on run: option "name" gave a value of type number instead of a string; it was left out',
      'respan-instructor: @Task on run: option "version" gave a value of type object instead of a string or a number; it was left out',
      'respan-instructor: @Task on run: option "threadIdentifier" threw (RangeError); it was left out',
      'respan-instructor: propagated attribute "environment" must be a string, got null; it was left out',
      'respan-instructor: @Task on rejecting: option "name" gave a value of type object instead of a string; it was left out',
    ]);
  });
});
