import { context, createContextKey } from "@opentelemetry/api";
import { bindToScope, propagateAttributes, runWithScope } from "../../lib/index.js";
import type { PropagatedAttributes, SnakeCaseAttributes } from "../../lib/index.js";
import { createRedactor } from "../../lib/capture/masking/redactor.js";
import type { RedactOption } from "../../lib/capture/redact-option.js";
import { scopeChange } from "../../lib/scope/propagation.js";
import { EMPTY_SCOPE } from "../../lib/scope/scope.js";
import { slot } from "../../lib/scope/tracing.js";
import { unhandledDuring } from "../decorators/unhandled.js";
import { InProcess } from "./in-process.js";
import { Warnings } from "./warnings.js";

const CUSTOMER = "respan.customer_params.customer_identifier";
const refuse = (): never => {
  throw new RangeError("a customer's text");
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const secret = `sk-${"a1B2".repeat(8)}`;

/** What comes of attributes, and what is said of them. Every row is about keys of its own: a warning is said once. */
const change = (given: unknown, redact?: RedactOption) => {
  using warnings = new Warnings();
  const made = scopeChange(given as PropagatedAttributes, redact === undefined ? undefined : createRedactor(redact));
  return { ...made, said: [...warnings.said] };
};
const metadata = (values: unknown, redact?: RedactOption): unknown => change({ metadata: values }, redact).attributes;

describe("attributes to propagate", () => {
  it.each<[string, unknown, string]>([
    ["customerIdentifier", true, '"customerIdentifier" must be a string or a number, got a value of type boolean'],
    ["sessionIdentifier", NaN, '"sessionIdentifier" must be a string or a number, got a value of type number'],
    ["properties", ["Maya"], '"properties" must be an object, got an array'],
    ["customerEmail", null, '"customerEmail" must be a string, got null'],
    ["customerName", ["Maya"], '"customerName" must be a string, got an array'],
    ["threadIdentifier", {}, '"threadIdentifier" must be a string or a number, got a value of type object'],
    ["customIdentifier", revoked(), '"customIdentifier" must be a string or a number, got a value of type object'],
    [
      "groupIdentifier",
      Promise.resolve("g"),
      '"groupIdentifier" must be a string or a number, got a value of type object',
    ],
    ["metadata", ["Maya"], '"metadata" must be an object, got an array'],
    ["prompt", { variables: {} }, '"prompt" must be an object with a promptId, got a value of type object'],
    ["traceContent", "off", '"traceContent" must be a boolean or a function, got a value of type string'],
  ])("of a wrong type are left out, with a warning that tells what they should be: %s", (key, value, said) => {
    const made = change({ [key]: value, environment: "staging" });
    expect(made.attributes).toEqual({ "respan.environment": "staging" });
    expect(made.prompt).toBeUndefined();
    expect(made.said).toEqual([`respan-instructor: propagated attribute ${said}; it was left out`]);
  });

  it("that are numbers are sent as text, properties as one JSON text", () => {
    const given = {
      customerIdentifier: 42,
      sessionIdentifier: 7,
      properties: { plan: "pro", seats: 3, password: "x" },
    };
    expect(change(given)).toMatchObject({
      attributes: {
        [CUSTOMER]: "42",
        "respan.sessions.session_identifier": "7",
        "respan.properties": '{"plan":"pro","seats":3,"password":"[redacted]"}',
      },
      said: [],
    });
  });

  it("of unknown names are left out with a warning", () => {
    expect(change({ customer: "c", environment: "e" })).toMatchObject({
      attributes: { "respan.environment": "e" },
      said: [
        'respan-instructor: "customer" is not an attribute that can be propagated; it was left out; did you mean "customerIdentifier"?',
      ],
    });
  });

  it.each([
    ["customerId", "customerIdentifier"],
    ["userId", "customerIdentifier"],
    ["customer_identifer", "customerIdentifier"],
    ["email", "customerEmail"],
    ["sessionId", "sessionIdentifier"],
    ["trace_group_identifier", "groupIdentifier"],
    ["associationProperties", "metadata"],
    ["promptId", "prompt"],
    ["tracecontent", "traceContent"],
  ])("of another tool's name, or misspelt, are answered with ours: %s -> %s", (key, ours) => {
    expect(change({ [key]: "x" }).said).toEqual([expect.stringContaining(`did you mean "${ours}"?`)]);
  });

  it("of names that are like none of ours are answered with all", () => {
    expect(change({ zzzzzz: 1 }).said[0]).toContain("there are customerIdentifier, customerEmail, ");
  });

  it("are taken in snake case, and camel case wins", () => {
    const attributes = {
      customer_identifier: "c",
      customer_email: "e@example.com",
      customer_name: "n",
      thread_identifier: "t",
      custom_identifier: "i",
      group_identifier: "g",
      evaluation_identifier: "v",
      environment: "staging",
      metadata: { snake_case: 1 },
      trace_content: false,
    } satisfies SnakeCaseAttributes;
    expect(change(attributes)).toEqual({
      attributes: {
        "respan.customer_params.customer_identifier": "c",
        "respan.customer_params.email": "e@example.com",
        "respan.customer_params.name": "n",
        "respan.threads.thread_identifier": "t",
        "respan.span_params.custom_identifier": "i",
        "respan.trace.trace_group_identifier": "g",
        "respan.evaluation_params.evaluation_identifier": "v",
        "respan.environment": "staging",
        "respan.metadata.snake_case": 1,
      },
      prompt: undefined,
      traceContent: false,
      said: [],
    });
    const both = [
      change({ customerIdentifier: "ours", customer_identifier: "theirs" }),
      change({ customer_identifier: "theirs", customerIdentifier: "ours" }),
      change({ customer_identifier: "ours", customerIdentifier: undefined }),
    ];
    for (const { attributes: made } of both) expect(made).toEqual({ [CUSTOMER]: "ours" });
  });

  it.each<[string, () => unknown]>([
    ["propagateAttributes(attributes, fn)", () => propagateAttributes({ customerIdentifier: "c" }, undefined as never)],
    ["propagateAttributes(attributes, fn)", () => propagateAttributes((() => 1) as never, {} as never)],
    ["bindToScope(fn)", () => bindToScope(null as never)],
    ["runWithScope(serialized, fn)", () => runWithScope("{}", "x" as never)],
  ])("need a function: %s", (form, call) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`${form}: fn must be a function, got `);
  });

  it("that are undefined are as if they were not there, also those that do not exist", () => {
    const given = { customerIdentifier: undefined, metadata: undefined, prompt: undefined, traceContent: undefined };
    expect(change({ ...given, unheardOf: undefined })).toEqual({
      attributes: {},
      prompt: undefined,
      traceContent: undefined,
      said: [],
    });
  });

  it("that throw when they are read cost themselves alone", () => {
    const given = Object.defineProperty({ environment: "e" }, "evaluationIdentifier", {
      get: refuse,
      enumerable: true,
    });
    expect(change(given)).toMatchObject({
      attributes: { "respan.environment": "e" },
      said: ['respan-instructor: "evaluationIdentifier" could not be read (RangeError); it was left out'],
    });
    expect(change(revoked())).toMatchObject({
      attributes: {},
      said: ["respan-instructor: propagated attributes could not be read (TypeError)"],
    });
  });

  it("that are promises are no values, and end nothing where they reject", async () => {
    const rejecting = () => Promise.reject(new Error("unheard"));
    const unhandled = await unhandledDuring(() => {
      for (const key of ["customerIdentifier", "metadata", "prompt", "traceContent"]) {
        expect(change({ [key]: rejecting() }).attributes).toEqual({});
      }
    });
    expect(unhandled).toEqual([]);
  });

  it("have their text masked", () => {
    expect(change({ customerName: `Maya ${secret}` }).attributes).toEqual({
      "respan.customer_params.name": "Maya [redacted]",
    });
    // A rule of the user's that leaves a text out.
    expect(change({ customerName: "Maya" }, () => undefined).attributes).toEqual({ "respan.customer_params.name": "" });
  });

  it.each<[string, unknown, unknown]>([
    ["true", true, true],
    ["false", false, false],
    ["a function", refuse, refuse],
    ["the strictest reading of anything else", "true", false],
    ["the strictest reading of null", null, false],
  ])("decide on content by %s", (_, traceContent, expected) => {
    expect(change({ traceContent }).traceContent).toBe(expected);
  });

  it("are masked as the telemetry that is active says, or by the built-in rules", () => {
    expect(change({ environment: "Maya" }).attributes).toEqual({ "respan.environment": "Maya" });
    using host = new InProcess();
    slot.tracing = { ...slot.tracing!, redactor: createRedactor({ patterns: [/Maya/] }) };
    expect(change({ environment: "Maya" }).attributes).toEqual({ "respan.environment": "[redacted]" });
    expect(change({ environment: "Maya" }, {}).attributes).toEqual({ "respan.environment": "Maya" });
    expect(host.spans).toEqual([]);
  });
});

describe("metadata", () => {
  it.each<[string, unknown, unknown]>([
    ["texts", { k: "a" }, "a"],
    ["finite numbers", { k: -1.5 }, -1.5],
    ["zero", { k: 0 }, 0],
    ["booleans", { k: false }, false],
    ["numbers that are not finite, as JSON", { k: Number.POSITIVE_INFINITY }, '"Infinity"'],
    ["null, as JSON", { k: null }, "null"],
    ["lists, as JSON", { k: [1, "b"] }, '[1,"b"]'],
    ["objects, as JSON, masked", { k: { password: "p" } }, '{"password":"[redacted]"}'],
    ["texts with credentials, masked", { k: `a ${secret}` }, "a [redacted]"],
  ])("may be %s", (_, values, expected) => {
    expect(metadata(values)).toEqual({ "respan.metadata.k": expected });
  });

  it("is left out where it is undefined, or has no name", () => {
    expect(metadata({ gone: undefined, "": "nameless", kept: 1 })).toEqual({ "respan.metadata.kept": 1 });
  });

  it("is masked by its name, whatever it is", () => {
    expect(metadata({ password: 1, api_key: { a: 1 }, token: "tok_1a2b3c4d5e", secret: true })).toEqual({
      "respan.metadata.password": "[redacted]",
      "respan.metadata.api_key": "[redacted]",
      "respan.metadata.token": "[redacted]",
      "respan.metadata.secret": true,
    });
  });

  it("has its names masked and bounded where they are data", () => {
    const made = metadata({ [`for ${secret}`]: 1, ["x ".repeat(300)]: 2 }) as object;
    const [first, second] = Object.keys(made);
    expect(first).toBe("respan.metadata.for [redacted]");
    expect(second).toMatch(/^respan\.metadata\.(x )+\.\.\.\[cut\]$/);
    expect(Buffer.byteLength(second ?? "")).toBeLessThanOrEqual("respan.metadata.".length + 256);
  });

  it("has its numbers seen by the user's rules, as texts", () => {
    const seen: unknown[] = [];
    const redact = (text: string, key?: string): string | undefined => {
      seen.push([text, key]);
      return text === "2" ? undefined : text.replace("4111", "card");
    };
    expect(metadata({ count: 7, gone: 2, card: 41_111 }, redact)).toEqual({
      "respan.metadata.count": 7,
      "respan.metadata.card": "card1",
    });
    expect(seen).toContainEqual(["7", "count"]);
    expect(metadata({ count: 7, card: 4_111 }, { patterns: [/^4111$/] })).toEqual({
      "respan.metadata.count": 7,
      "respan.metadata.card": "[redacted]",
    });
  });

  it("is left out where a rule leaves out its name", () => {
    const redact = (text: string): string | undefined => (text.includes("Maya") ? undefined : text);
    expect(metadata({ "of Maya": 1, other: 2 }, redact)).toEqual({ "respan.metadata.other": 2 });
  });

  it("is sent up to 128 entries, with a warning for the rest", () => {
    const values = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
    const exact = change({ metadata: { gone: undefined, ...values(128) } });
    expect(Object.keys(exact.attributes)).toHaveLength(128);
    expect(exact.said).toEqual([]);
    const many = change({ metadata: values(1_000) });
    expect(Object.keys(many.attributes)).toHaveLength(128);
    expect(many.attributes).toHaveProperty(["respan.metadata.k127"], 127);
    expect(many.said).toEqual([
      "respan-instructor: more than 128 entries of metadata or of an event; the rest was left out",
    ]);
  });
});

describe("a prompt", () => {
  it("has an identifier that can be sent alone, and the rest of it masked", () => {
    expect(change({ prompt: { promptId: "p", variables: { password: "p", name: "Maya" } } }).prompt).toEqual({
      identifierOnly: '{"prompt_id":"p"}',
      whole: '{"prompt_id":"p","variables":{"password":"[redacted]","name":"Maya"}}',
    });
  });

  it.each([
    ["the service's spelling", { prompt_id: "p" }, '{"prompt_id":"p"}'],
    ["a version", { promptId: "p", version: 3 }, '{"prompt_id":"p","version":3}'],
    ["a version that is text", { prompt_id: "p", version: "v3" }, '{"prompt_id":"p","version":"v3"}'],
    ["a version of another type", { promptId: "p", version: {} }, '{"prompt_id":"p"}'],
    ["keys that the service does not know", { promptId: "p", note: "n" }, '{"prompt_id":"p"}'],
  ])("is written as the service reads it, given %s", (_, prompt, text) => {
    expect(change({ prompt }).prompt).toEqual({ identifierOnly: text, whole: text });
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a text", "p"],
    ["a list", ["p"]],
    ["a function", Object.assign(() => undefined, { promptId: "p" })],
    ["a promise", Object.assign(Promise.resolve(), { promptId: "p" })],
    ["an identifier that is no text", { promptId: 7 }],
  ])("is none where it is %s", (_, prompt) => {
    expect(change({ prompt }).prompt).toBeUndefined();
  });
});

describe("a scope", () => {
  const KEY = createContextKey("host's");

  it("is in the context with everything that stands there", () => {
    using host = new InProcess();
    context.with(context.active().setValue(KEY, "value"), () => {
      propagateAttributes({ customerIdentifier: "c" }, () => {
        expect(context.active().getValue(KEY)).toBe("value");
        host.foreignSpan("inside");
      });
    });
    expect(host.attributesOf("inside")).toHaveProperty([CUSTOMER], "c");
  });

  it("keeps the outer prompt and veto where it says nothing of them, and has its own where it does", () => {
    using host = new InProcess();
    const prompt = { promptId: "outer", variables: { a: 1 } };
    propagateAttributes({ prompt }, () => {
      propagateAttributes({ customerIdentifier: "c" }, () => host.foreignSpan("kept"));
      propagateAttributes({ prompt: { promptId: "inner" } }, () => host.foreignSpan("own"));
      propagateAttributes({ traceContent: false }, () =>
        propagateAttributes({ traceContent: true }, () => host.foreignSpan("quiet")),
      );
    });
    expect(host.attributesOf("kept")["respan.prompt"]).toBe('{"prompt_id":"outer","variables":{"a":1}}');
    expect(host.attributesOf("own")["respan.prompt"]).toBe('{"prompt_id":"inner"}');
    expect(host.attributesOf("quiet")["respan.prompt"]).toBe('{"prompt_id":"outer"}');
  });

  it("adds no baggage where none is asked for, and some where it is", () => {
    const baggage = createContextKey("OpenTelemetry Baggage Key");
    using host = new InProcess(EMPTY_SCOPE);
    propagateAttributes({ customerIdentifier: "c" }, () => {
      expect(context.active().getValue(baggage)).toBeUndefined();
    });
    expect(host.spans).toEqual([]);
  });

  it("works without telemetry, by OpenTelemetry's own contexts", () => {
    using host = new InProcess();
    slot.tracing = undefined;
    const bound = propagateAttributes({ customerIdentifier: "c" }, () => {
      host.foreignSpan("inside");
      return bindToScope((name: string) => host.foreignSpan(name));
    });
    bound("bound");
    for (const name of ["inside", "bound"]) expect(host.attributesOf(name)).toHaveProperty([CUSTOMER], "c");
  });

  it("is there at every step of what looks like a generator, and nothing is laid over anything else", () => {
    using host = new InProcess();
    const iterator = { next: () => host.foreignSpan("plain iterator") };
    propagateAttributes({ customerIdentifier: "c" }, () => iterator).next();
    expect(Object.keys(iterator)).toEqual(["next"]);
    expect(host.attributesOf("plain iterator")).not.toHaveProperty([CUSTOMER]);
    const frozen = propagateAttributes({ customerIdentifier: "c" }, () =>
      Object.freeze(
        (function* () {
          yield 1;
        })(),
      ),
    );
    expect([...frozen]).toEqual([1]);
  });
});
