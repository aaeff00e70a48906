import type { Attributes, Span } from "@opentelemetry/api";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { addEvent, propagateAttributes, updateCurrentSpan, withTask } from "../../../lib/index.js";
import type { RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../../harness/index.js";
import { telemetryTo } from "../spans.js";

const WORDS = "Mrs Hartwell's file";
const KEY = `sk-proj-${"aB3dE5gH7jK9".repeat(4)}`;
const LINKED = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };

/** One of our spans as it arrives after `act` ran in it, and the whole body. */
async function arrived(options: RespanTelemetryOptions, act: (span: Span) => void) {
  await using receiver = await OTLPReceiver.start();
  await using telemetry = telemetryTo(receiver, { compression: "none", ...options });
  propagateAttributes({ customerIdentifier: "c 1", metadata: { note: "a note" } }, () =>
    withTask({ name: "my work", version: "v 1" }, () => act(trace.getActiveSpan()!)),
  );
  await telemetry.flush();
  const text = receiver.requests.map(({ decompressed }) => decompressed.toString("utf8")).join("\n");
  return { text, span: receiver.spans[0]! };
}

/** Each way to write on a span through OpenTelemetry's API. */
const WAYS: [string, (span: Span, text: string) => void][] = [
  ["an attribute", (span, text) => span.setAttribute("note", text)],
  ["a list of texts", (span, text) => span.setAttribute("notes", ["a", text])],
  ["an attribute of a known name", (span, text) => span.setAttribute("gen_ai.request.model", `m ${text}`)],
  ["an attribute in place of this package's", (span, text) => span.setAttribute("traceloop.entity.input", text)],
  ["the name of an attribute", (span, text) => span.setAttribute(`about ${text}`, 1)],
  ["the name of the span", (span, text) => span.updateName(text)],
  ["the name of an event", (span, text) => span.addEvent(text)],
  ["an attribute of an event", (span, text) => span.addEvent("happened", { who: text })],
  ["an exception", (span, text) => span.recordException(new TypeError(text))],
  ["a status", (span, text) => span.setStatus({ code: SpanStatusCode.ERROR, message: text })],
  ["a link", (span, text) => span.addLink({ context: LINKED, attributes: { text } })],
];

describe("what others put on one of our spans", () => {
  it.each(WAYS)("stays in the process with content off: %s", async (_way, write) => {
    const { text } = await arrived({ traceContent: false }, (span) => write(span, WORDS));
    expect(text).toContain("my work.task");
    expect(text).not.toContain("Hartwell");
  });

  it.each(WAYS)("is masked with content on, and otherwise sent: %s", async (_way, write) => {
    const { text } = await arrived({}, (span) => write(span, `${WORDS} ${KEY} end`));
    expect(text).not.toContain(KEY.slice(8));
    expect(text).toContain("Hartwell");
    expect(text).toContain(" end");
  });

  it("is masked by its name", async () => {
    const { span } = await arrived({}, (active) => active.setAttributes({ "db.password": "x1", "llm.token_count": 3 }));
    expect(span.attributes).toMatchObject({ "db.password": "[redacted]", "llm.token_count": 3 });
  });

  it("keeps numbers, booleans, known words and the type of an exception with content off", async () => {
    const given: Attributes = { rows: 3, isNew: true, sizes: [1, 2], "gen_ai.request.model": "gpt-4o" };
    const { span } = await arrived({ traceContent: false }, (active) => {
      active.setAttributes(given);
      active.recordException(new TypeError(WORDS));
      active.addEvent("happened", { tokens: 3 });
    });
    expect(span.attributes).toMatchObject(given);
    expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["exception", { "exception.type": "TypeError" }],
      ["event", { tokens: 3 }],
    ]);
  });

  it("may be kept in the process by a veto that comes after it", async () => {
    const { text } = await arrived({}, (active) => {
      active.setAttribute("note", WORDS);
      updateCurrentSpan({ traceContent: false });
    });
    expect(text).not.toContain("Hartwell");
  });

  it("goes through spanPostprocess masked, whose own words are not masked again", async () => {
    const seen: unknown[] = [];
    const { span } = await arrived(
      {
        spanPostprocess: ({ attributes }) => {
          seen.push(attributes.note);
          attributes.added = KEY;
        },
      },
      (active) => active.setAttribute("note", KEY),
    );
    expect(seen).toEqual(["[redacted]"]);
    expect(span.attributes.added).toBe(KEY);
  });
});

describe("what was set through this package's own API", () => {
  it("stays with content off", async () => {
    const { span } = await arrived({ traceContent: false }, () => {
      updateCurrentSpan({ name: "another name", metadata: { more: "more words" } });
      addEvent("was looked up", { who: WORDS });
    });
    expect(span.name).toBe("another name");
    expect(span.attributes).toMatchObject({
      "respan.customer_params.customer_identifier": "c 1",
      "respan.metadata.note": "a note",
      "respan.metadata.more": "more words",
      "traceloop.entity.name": "my work",
      "traceloop.entity.version": "v 1",
    });
    expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([["was looked up", {}]]);
  });

  it("stays on a GenAI span of another instrumentation", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { traceContent: false });
    propagateAttributes({ metadata: { note: "a note" }, prompt: { promptId: "p", variables: { who: WORDS } } }, () =>
      trace
        .getTracer("ai")
        .startSpan("about Hartwell", { attributes: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" } })
        .end(),
    );
    await telemetry.flush();
    expect(receiver.only("chat m").attributes).toMatchObject({
      "respan.metadata.note": "a note",
      "respan.prompt": '{"prompt_id":"p"}',
    });
  });
});
