import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";

/**
 * A span's events, none of them outside of the span. Ours never are. One that other code adds through OpenTelemetry's API
 * has the time of the wall clock, in whole milliseconds, which may lie before the span's start.
 * @returns the very list where nothing is to be changed
 */
export function clampedEvents({ events, startTime, endTime }: ReadableSpan): TimedEvent[] {
  const isOutside = ({ time }: TimedEvent): boolean => isBefore(time, startTime) || isBefore(endTime, time);
  if (!events.some(isOutside)) return events;
  return events.map((event) =>
    isOutside(event) ? { ...event, time: isBefore(event.time, startTime) ? startTime : endTime } : event,
  );
}

function isBefore(a: HrTime, b: HrTime): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
