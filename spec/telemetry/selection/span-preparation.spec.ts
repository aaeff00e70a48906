import type { HrTime } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { clampedEvents } from "../../../lib/telemetry/selection/span-copy.js";
import { OTLPReceiver } from "../../harness/index.js";
import { record, telemetryTo, within } from "../spans.js";

const START: HrTime = [100, 500];
const END: HrTime = [101, 200];
const clamped = (...times: HrTime[]) =>
  clampedEvents({ startTime: START, endTime: END, events: times.map((time) => ({ name: "e", time })) } as never);

describe("events of our spans", () => {
  it.each<[string, HrTime, HrTime]>([
    ["before its start by seconds", [99, 900], START],
    ["before its start by nanoseconds", [100, 499], START],
    ["at its start", START, START],
    ["within", [100, 900], [100, 900]],
    ["at its end", END, END],
    ["after its end by nanoseconds", [101, 201], END],
    ["after its end by seconds", [102, 0], END],
  ])("are never outside of the span: one %s", (_when, time, expected) => {
    expect(clamped(time, START).map((event) => event.time)).toEqual([expected, START]);
  });

  it("lie within at the receiver, those of other code too, and stay as they are for others", async () => {
    const kept = new InMemorySpanExporter();
    await using receiver = await OTLPReceiver.start();
    const spanProcessors = [new SimpleSpanProcessor(kept)];
    await using telemetry = telemetryTo(receiver, { spanProcessors });
    within("workflow", () => {
      trace.getActiveSpan()?.addEvent("long ago", {}, new Date(0));
      trace.getActiveSpan()?.addEvent("some day", { answer: 42 }, new Date(4_000_000_000_000));
      record("task");
    });
    await telemetry.flush();
    const { startTime, endTime, events } = receiver.only("workflow");
    expect(events.map(({ name, time }) => [name, time])).toEqual([
      ["long ago", startTime],
      ["some day", endTime],
    ]);
    expect(events[1]?.attributes).toEqual({ answer: 42 });
    const own = kept.getFinishedSpans().find(({ name }) => name === "workflow");
    expect(own?.events[0]?.time).toEqual([0, 0]);
  });
});
