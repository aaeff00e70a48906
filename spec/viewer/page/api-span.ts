import type { ApiAttributes, ApiEvent, ApiSpan } from "../../../lib/viewer/api.js";

/** A span as the page gets it. */
export function apiSpan(spanId: string, parts: Partial<ApiSpan> = {}): ApiSpan {
  return {
    spanId,
    name: spanId,
    kind: "internal",
    startTime: 0,
    durationMs: 10,
    status: { code: "unset" },
    attributes: {},
    events: [],
    links: [],
    resource: {},
    scope: { name: "spec" },
    ...parts,
  };
}

/** An attempt's event that ended at a time. */
export function attemptEvent(time: number, fields: ApiAttributes): ApiEvent {
  const attributes = Object.entries(fields).map(([name, value]) => [`instructor.attempt.${name}`, value] as const);
  return { name: "instructor.attempt", time, attributes: Object.fromEntries(attributes) };
}
