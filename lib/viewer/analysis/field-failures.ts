import type { CallPlace, FieldFailure } from "../api.js";
import type { HeldCall } from "./held-calls.js";

const MOST_FIELDS = 200;
const EXAMPLES = 5;

interface Counted {
  readonly responseModel: string | undefined;
  readonly path: string;
  readonly code: string;
  attempts: number;
  readonly calls: Map<string, CallPlace & { readonly startTime: number }>;
}

/** Which fields fail with which code, those in the most attempts first. A field counts once for an attempt. */
export function fieldFailures(calls: readonly HeldCall[]): readonly FieldFailure[] {
  const counted = new Map<string, Counted>();
  for (const { facts, trace, spanId } of calls) {
    const { responseModel } = facts.call;
    const place = { traceId: trace.traceId, spanId, startTime: facts.startTime };
    for (const { issues = [] } of facts.call.attempts) {
      const seen = new Set<string>();
      for (const { path, code } of issues) {
        const key = `${responseModel ?? ""}\n${path}\n${code}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const field = counted.get(key) ?? { responseModel, path, code, attempts: 0, calls: new Map() };
        counted.set(key, field);
        field.attempts += 1;
        field.calls.set(`${place.traceId} ${spanId}`, place);
      }
    }
  }
  return [...counted.values()]
    .sort((a, b) => b.attempts - a.attempts || (a.path < b.path ? -1 : 1))
    .slice(0, MOST_FIELDS)
    .map(({ responseModel, path, code, attempts, calls: places }) => ({
      ...(responseModel !== undefined && { responseModel }),
      path,
      code,
      attempts,
      calls: places.size,
      examples: [...places.values()]
        .sort((a, b) => b.startTime - a.startTime)
        .slice(0, EXAMPLES)
        .map(({ traceId, spanId }) => ({ traceId, spanId })),
    }));
}
