import { randomBytes } from "node:crypto";
import protobuf from "protobufjs/minimal.js";

const SPANS_PER_TRACE = 10;
const { Writer } = protobuf;

const message = (write) => {
  const writer = Writer.create();
  write(writer);
  return writer.finish();
};
const attribute = (key, value) =>
  message((pair) =>
    pair
      .uint32(10)
      .string(key)
      .uint32(18)
      .bytes(message((any) => any.uint32(10).string(value))),
  );
const integer = (key, value) =>
  message((pair) =>
    pair
      .uint32(10)
      .string(key)
      .uint32(18)
      .bytes(message((any) => any.uint32(24).int64(value))),
  );

const FIXED = [
  attribute("respan.customer_params.customer_identifier", "customer_123"),
  attribute("respan.threads.thread_identifier", "ticket_thread_abc"),
  attribute("traceloop.workflow.name", "support_ticket_extraction"),
  attribute("gen_ai.request.model", "gpt-4o-mini"),
  integer("gen_ai.usage.input_tokens", 57),
  integer("gen_ai.usage.output_tokens", 21),
];
/** Text that no two spans share, so that nothing is gained by keeping one copy. */
const content = () => attribute("traceloop.entity.input", randomBytes(315).toString("hex"));

function nanoseconds(writer, milliseconds) {
  const nanos = BigInt(Math.round(milliseconds)) * 1_000_000n;
  return writer.fixed32(Number(nanos & 0xffffffffn)).fixed32(Number(nanos >> 32n));
}

function span(traceId, spanId, parentSpanId) {
  return message((writer) => {
    writer.uint32(10).bytes(traceId).uint32(18).bytes(spanId);
    if (parentSpanId !== undefined) writer.uint32(34).bytes(parentSpanId);
    writer.uint32(42).string("instructor.create").uint32(48).int32(3);
    nanoseconds(writer.uint32(57), Date.now());
    nanoseconds(writer.uint32(65), Date.now() + 250);
    for (const one of [...FIXED, content()]) writer.uint32(74).bytes(one);
  });
}

/** An export request with so many spans of about 1 KiB, ten of each trace. */
export function requestBody(count) {
  const spans = [];
  for (let n = 0; n < count; n += SPANS_PER_TRACE) {
    const traceId = randomBytes(16);
    const root = randomBytes(8);
    spans.push(span(traceId, root));
    for (let child = 1; child < SPANS_PER_TRACE; child++) spans.push(span(traceId, randomBytes(8), root));
  }
  const scopeSpans = message((writer) => spans.forEach((one) => writer.uint32(18).bytes(one)));
  const resource = message((writer) => writer.uint32(10).bytes(attribute("service.name", "bench")));
  const resourceSpans = message((writer) => writer.uint32(10).bytes(resource).uint32(18).bytes(scopeSpans));
  return message((writer) => writer.uint32(10).bytes(resourceSpans));
}

export async function send(address, body) {
  const response = await fetch(`${address}/api/v2/traces`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
}

/** How many spans are held, and how many were counted as gone. */
export async function heldAndGone(address) {
  let held = 0;
  let gone;
  let before = "";
  do {
    const { traces, dropped, next } = await (await fetch(`${address}/api/traces?limit=10000&before=${before}`)).json();
    held += traces.reduce((sum, { spanCount }) => sum + spanCount, 0);
    gone = dropped.spans;
    before = next;
  } while (before !== undefined);
  return { held, gone };
}
