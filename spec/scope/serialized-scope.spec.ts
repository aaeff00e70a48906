import { context, propagation, trace } from "@opentelemetry/api";
import { propagateAttributes, runWithScope, serializeScope } from "../../lib/index.js";
import { EMPTY_SCOPE, withScope } from "../../lib/scope/scope.js";
import { standingScope } from "../../lib/scope/standing-scope.js";
import { InProcess } from "./in-process.js";

const CUSTOMER = "respan.customer_params.customer_identifier";

describe("serializeScope and runWithScope", () => {
  it("carry trace, identifiers, metadata and path through a job", () => {
    using host = new InProcess();
    const tracer = trace.getTracer("producer");
    const parent = tracer.startSpan("produce");
    const carried = context.with(trace.setSpan(context.active(), parent), () =>
      propagateAttributes({ customerIdentifier: "c", metadata: { n: 7 }, prompt: { promptId: "p" } }, serializeScope),
    );
    parent.end();
    runWithScope(carried, () => host.foreignSpan("consume"));
    const consumed = host.spans.find((span) => span.name === "consume");
    expect(consumed?.spanContext().traceId).toBe(parent.spanContext().traceId);
    expect(consumed?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(consumed?.attributes).toMatchObject({
      [CUSTOMER]: "c",
      "respan.metadata.n": 7,
      "respan.prompt": '{"prompt_id":"p"}',
    });
  });

  it.each([true, false])("tell whether a span of ours is carried, which decides on sampling: %s", (isOurs) => {
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

  it("carry the decision of ours for a span of another library beneath it", () => {
    using host = new InProcess();
    const [ours, theirs] = ["2", "3"].map((digit, at) =>
      trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: digit.repeat(16), traceFlags: 1 - at }),
    );
    const inner = trace.setSpan(withScope(context.active(), { ...EMPTY_SCOPE, remote: ours }), theirs!);
    const { trace: carried } = JSON.parse(context.with(inner, serializeScope)) as { trace: unknown };
    expect(carried).toEqual({ traceId: "1".repeat(32), spanId: "3".repeat(16), traceFlags: 1 });
    expect(host.spans).toHaveLength(0);
  });

  it("carry a veto on content", () => {
    using host = new InProcess();
    const carried = propagateAttributes({ traceContent: false }, serializeScope);
    runWithScope(carried, () =>
      propagateAttributes({ prompt: { promptId: "p", variables: { a: 1 } } }, () => host.foreignSpan("quiet")),
    );
    expect(host.attributesOf("quiet")).toHaveProperty(["respan.prompt"], '{"prompt_id":"p"}');
  });

  it.each([
    "",
    "{}",
    "null",
    '{"v":1}',
    '{"v":2,"path":""}',
    "[1",
    '{"v":1,"path":"","inherited":{"x":{}},"trace":{"traceId":"no"}}',
  ])("run the function all the same when the carried text is %j", (carried) => {
    using host = new InProcess();
    expect(runWithScope(carried, () => "done")).toBe("done");
    expect(host.spans).toHaveLength(0);
  });
});

describe("baggage", () => {
  const accepting = { ...EMPTY_SCOPE, baggageMetadata: ["tenant"] };
  const carry = (): Record<string, string> => {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    return headers;
  };

  it("carries customer, thread and chosen metadata to another service, percent-encoded, and nothing else", () => {
    using host = new InProcess(accepting);
    const headers = propagateAttributes(
      {
        customerIdentifier: "Zoë, GmbH",
        threadIdentifier: "t;1",
        metadata: { tenant: "a=b", secretly: "no" },
        customerEmail: "z@example.com",
      },
      carry,
    );
    expect(headers.baggage).toContain("customer_identifier=Zo%C3%AB%2C%20GmbH");
    expect(headers.baggage).not.toContain("secretly");
    expect(headers.baggage).not.toContain("example.com");
    context.with(propagation.extract(context.active(), headers), () => host.foreignSpan("other service"));
    expect(host.attributesOf("other service")).toMatchObject({
      [CUSTOMER]: "Zoë, GmbH",
      "respan.threads.thread_identifier": "t;1",
      "respan.metadata.tenant": "a=b",
    });
  });

  it("is off by default, outwards and inwards", () => {
    using host = new InProcess();
    expect(propagateAttributes({ customerIdentifier: "c" }, carry).baggage).toBeUndefined();
    const headers = { baggage: `${CUSTOMER}=someone` };
    context.with(propagation.extract(context.active(), headers), () => host.foreignSpan("in"));
    expect(host.attributesOf("in")).not.toHaveProperty([CUSTOMER]);
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
