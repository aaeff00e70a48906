import assert from "node:assert/strict";
import { join } from "node:path";
import type { ReceivedSpan } from "../../../spec/harness/index.js";
import { Collector } from "../collector.js";
import type { PhoenixSpan } from "../phoenix.js";
import { Phoenix } from "../phoenix.js";
import type { Stage } from "./stage.js";
import { CONFIGURATIONS, workerEnvironment } from "./stage.js";

const PROCESSES = 2;
const CALLS = 25;
const STATUS = ["UNSET", "OK", "ERROR"];

/** The Collector delivers to two stores; what Phoenix gives back over REST is what arrived at the other. */
export async function phoenixShowsTheSame(stage: Stage, command: string): Promise<string> {
  const { store, workers } = stage;
  await using phoenix = await Phoenix.start(command, join(stage.folder, "phoenix"));
  const env = {
    STORE_TRACES_URL: store.tracesUrl,
    OTHER_TRACES_URL: phoenix.tracesUrl,
    RESPAN_API_KEY: "key-of-the-collector",
  };
  store.keepsWhole = true;
  await using collector = await Collector.start(await stage.collector(), `${CONFIGURATIONS}/two-stores.yaml`, env);
  const more = { CALLS: String(CALLS), FAIL_AT: "7" };
  await workers.run(PROCESSES, workerEnvironment(stage, collector.tracesUrl, more));
  await collector.stop();

  const made = PROCESSES * CALLS * 2;
  assert.equal(store.whole.length, made, "spans at the store");
  const shown = await phoenix.spans(made);
  assert.equal(shown.length, made, "spans that Phoenix gives back");
  const byId = new Map(shown.map((span) => [span.context.span_id, span]));
  let attributes = 0;
  for (const span of store.whole) {
    const other = byId.get(span.spanId);
    assert.ok(other, `${span.name} ${span.spanId} is not in Phoenix`);
    attributes += compare(span, other);
  }
  const failed = shown.filter(({ status_code: code }) => code === "ERROR").length;
  return `${made} spans: the same names, traces, parents, times, statuses (${failed} failed), events and ${attributes} attributes`;
}

/** @returns how many attributes were compared */
function compare(span: ReceivedSpan, other: PhoenixSpan): number {
  const what = `${span.name} ${span.spanId}`;
  assert.equal(other.name, span.name, what);
  assert.equal(other.context.trace_id, span.traceId, `trace of ${what}`);
  assert.equal(other.parent_id ?? undefined, span.parentSpanId, `parent of ${what}`);
  assert.equal(other.status_code, STATUS[span.status.code], `status of ${what}`);
  assert.equal(other.status_message, span.status.message ?? "", `status message of ${what}`);
  assertSameTime(other.start_time, span.startTime, `start of ${what}`);
  assertSameTime(other.end_time, span.endTime, `end of ${what}`);
  assert.deepEqual(
    other.events.map(({ name }) => name),
    span.events.map(({ name }) => name),
    `events of ${what}`,
  );
  const shown = flat(other.attributes);
  const sent = Object.entries(span.attributes);
  for (const [name, value] of sent) assert.deepEqual(shown.get(name), value, `${name} of ${what}`);
  return sent.length;
}

/** Phoenix keeps times as floating-point seconds, which is exact to a microsecond. */
function assertSameTime(shown: string, nanoseconds: bigint, what: string): void {
  const difference = microseconds(shown) - nanoseconds / 1_000n;
  assert.ok(difference >= -1n && difference <= 1n, `${what}: ${shown}, ${nanoseconds} ns`);
}

/** An ISO date with up to six digits of a second, as microseconds since 1970. */
function microseconds(date: string): bigint {
  const [, seconds = "", fraction = ""] = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(date) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

/** Phoenix keeps dotted names as nested objects in places. */
function flat(value: unknown, prefix = "", into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) flat(item, prefix === "" ? key : `${prefix}.${key}`, into);
  } else into.set(prefix, value);
  return into;
}
