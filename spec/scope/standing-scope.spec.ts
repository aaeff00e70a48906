import type { BaggageEntry, Context } from "@opentelemetry/api";
import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { propagateAttributes, Task, Workflow } from "../../lib/index.js";
import type { PropagatedAttributes } from "../../lib/index.js";
import { EMPTY_SCOPE, SCOPE_KEY, stamp } from "../../lib/scope/scope.js";
import { scopeFromBaggage, standingScope } from "../../lib/scope/standing-scope.js";
import { InProcess, eachInProcess } from "./in-process.js";
import type { AttributeMap } from "../../lib/scope/scope.js";
import { slot } from "../../lib/scope/tracing.js";
import { SDK_NAME } from "../../lib/wire/package.js";

const CUSTOMER = "respan.customer_params.customer_identifier";
const THREAD = "respan.threads.thread_identifier";
const SESSION = "respan.sessions.session_identifier";
const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`);

describe("baggage that leaves", () => {
  const sent = (attributes: PropagatedAttributes, metadata: readonly string[] = ["tenant"]): unknown => {
    using host = new InProcess({ ...EMPTY_SCOPE, baggageMetadata: metadata });
    expect(host.spans).toEqual([]);
    return propagateAttributes(attributes, () =>
      Object.fromEntries(
        (propagation.getBaggage(context.active())?.getAllEntries() ?? []).map(([name, { value }]) => [name, value]),
      ),
    );
  };

  it.each<[string, PropagatedAttributes, object]>([
    ["customer and thread", { customerIdentifier: "c", threadIdentifier: "t" }, { [CUSTOMER]: "c", [THREAD]: "t" }],
    ["a session", { sessionIdentifier: 7 }, { [SESSION]: "7" }],
    ["a chosen key of metadata", { metadata: { tenant: "blue", other: "no" } }, { "respan.metadata.tenant": "blue" }],
    ["a number as text", { metadata: { tenant: 7 } }, { "respan.metadata.tenant": "7" }],
    ["nothing that is not chosen", { customerEmail: "c@example.com", environment: "e", groupIdentifier: "g" }, {}],
    ["a value of 1,024 characters", { threadIdentifier: "t".repeat(1_024) }, { [THREAD]: "t".repeat(1_024) }],
    ["none that is longer", { customerIdentifier: "c", threadIdentifier: "t".repeat(1_025) }, { [CUSTOMER]: "c" }],
  ])("is %s", (_, attributes, expected) => {
    expect(sent(attributes)).toEqual(expected);
  });

  it("is of the first fifty chosen keys, however many are", () => {
    const metadata = Object.fromEntries(keys(60).map((key) => [key, "v"]));
    expect(sent({ metadata }, keys(60))).toEqual(
      Object.fromEntries(keys(50).map((key) => [`respan.metadata.${key}`, "v"])),
    );
  });

  it("is kept beside the other SDK's values", () => {
    using host = new InProcess({ ...EMPTY_SCOPE, baggageMetadata: [] });
    const own = propagation.createBaggage({ "host.key": { value: "v" }, [CUSTOMER]: { value: "before" } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, own), () => {
      propagateAttributes({ customerIdentifier: "c" }, () => {
        const baggage = propagation.getBaggage(context.active());
        expect(baggage?.getEntry("host.key")).toEqual({ value: "v" });
        expect(baggage?.getEntry(CUSTOMER)).toEqual({ value: "c" });
        host.foreignSpan("inside");
      });
      expect(propagation.getBaggage(context.active())).toBe(own);
    });
    expect(host.attributesOf("inside")).toHaveProperty([CUSTOMER], "c");
  });
});

describe("baggage that arrives", () => {
  const arriving = (entries: Record<string, string>): Context =>
    propagation.setBaggage(
      ROOT_CONTEXT,
      propagation.createBaggage(
        Object.fromEntries(Object.entries(entries).map(([name, value]): [string, BaggageEntry] => [name, { value }])),
      ),
    );
  const outermost = { ...EMPTY_SCOPE, inherited: { [CUSTOMER]: "default", "respan.environment": "e" } };

  it.each<[string, Record<string, string>, object]>([
    ["customer and thread", { [CUSTOMER]: "c", [THREAD]: "t" }, { [CUSTOMER]: "c", [THREAD]: "t" }],
    ["a session", { [SESSION]: "s" }, { [SESSION]: "s" }],
    ["a chosen key of metadata", { "respan.metadata.tenant": "blue" }, { "respan.metadata.tenant": "blue" }],
    ["a value of 1,024 characters", { [THREAD]: "t".repeat(1_024) }, { [THREAD]: "t".repeat(1_024) }],
  ])("is added to the defaults: %s", (_, entries, expected) => {
    const scope = scopeFromBaggage(arriving(entries), outermost, ["tenant"]);
    expect(scope).toEqual({ ...outermost, inherited: { ...outermost.inherited, ...expected } });
    expect(outermost.inherited[CUSTOMER]).toBe("default");
  });

  it.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["metadata that was not chosen", { "respan.metadata.secret": "s" }],
    [
      "a chosen key that stands elsewhere",
      { "another.metadata.tenant": "s", tenant: "s", xxxxxxxxxxxxxxxxtenant: "s" },
    ],
    ["another attribute of this package", { "respan.environment": "production", "respan.prompt": "{}" }],
    ["a value that is too long", { [THREAD]: "t".repeat(1_025) }],
  ])("leaves the defaults as they are: %s", (_, entries) => {
    expect(scopeFromBaggage(arriving(entries), outermost, ["tenant"])).toBe(outermost);
  });

  it("is the outermost scope, under which everything else stands", () => {
    using host = new InProcess({ ...outermost, baggageMetadata: ["tenant"] });
    class Desk {
      @Task() run(): void {
        propagateAttributes({ customerIdentifier: "inner" }, () => host.foreignSpan("inside"));
      }
    }
    const incoming = arriving({ [CUSTOMER]: "caller", [THREAD]: "t", "respan.metadata.tenant": "blue" });
    context.with(incoming, () => {
      new Desk().run();
      expect(standingScope(context.active()).inherited).toMatchObject({ [CUSTOMER]: "caller" });
    });
    expect(host.attributesOf("run.task")).toMatchObject({ [CUSTOMER]: "caller", "respan.metadata.tenant": "blue" });
    expect(host.attributesOf("inside")).toMatchObject({ [CUSTOMER]: "inner", [THREAD]: "t" });
    expect(standingScope(ROOT_CONTEXT).inherited).toEqual(outermost.inherited);
  });
});

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

  it("is stamped; this package's own span has everything from its start", () => {
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

  it("is a scope that no one can change", () => {
    expect(Object.isFrozen(EMPTY_SCOPE)).toBe(true);
    expect(Object.isFrozen(EMPTY_SCOPE.inherited)).toBe(true);
    expect(EMPTY_SCOPE).toMatchObject({ path: "", isInsideChat: false });
  });
});

describe("baggage", () => {
  const carry = (): Record<string, string> => {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    return headers;
  };

  it("is off by default, outwards and inwards", () => {
    using host = new InProcess();
    expect(propagateAttributes({ customerIdentifier: "c" }, carry).baggage).toBeUndefined();
    const headers = { baggage: `${CUSTOMER}=someone` };
    context.with(propagation.extract(context.active(), headers), () => host.foreignSpan("in"));
    expect(host.attributesOf("in")).not.toHaveProperty([CUSTOMER]);
  });
});
