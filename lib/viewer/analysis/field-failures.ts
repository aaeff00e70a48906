import type { FieldFailure } from "../api.js";
import type { HeldCall } from "../store/trace-calls.js";

const MOST_FIELDS = 200;
const EXAMPLES = 5;

interface Counted {
  readonly responseModel: string | undefined;
  readonly path: string;
  readonly code: string;
  attempts: number;
  readonly calls: Set<HeldCall>;
}

/** Which fields fail with which code, those in the most attempts first. A field counts once for an attempt. */
export function fieldFailures(calls: readonly HeldCall[]): readonly FieldFailure[] {
  const counted = new Map<string, Counted>();
  for (const call of calls) {
    const { responseModel, attempts } = call.facts.call;
    for (const { issues = [] } of attempts) {
      const seen = new Set<Counted>();
      for (const { path, code } of issues) {
        const key = `${responseModel ?? ""}\n${path}\n${code}`;
        const field = counted.get(key) ?? { responseModel, path, code, attempts: 0, calls: new Set() };
        counted.set(key, field);
        if (!seen.has(field)) field.attempts += 1;
        seen.add(field);
        field.calls.add(call);
      }
    }
  }
  return [...counted.values()]
    .sort((a, b) => b.attempts - a.attempts || (a.path < b.path ? -1 : 1))
    .slice(0, MOST_FIELDS)
    .map(({ responseModel, path, code, attempts, calls: having }) => ({
      ...(responseModel !== undefined && { responseModel }),
      path,
      code,
      attempts,
      calls: having.size,
      examples: [...having]
        .sort((a, b) => b.facts.startTime - a.facts.startTime)
        .slice(0, EXAMPLES)
        .map(({ traceId, spanId }) => ({ traceId, spanId })),
    }));
}
