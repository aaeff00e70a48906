import type { ApiAttributes } from "../../../lib/viewer/api.js";
import { OwnPrices } from "../../../lib/viewer/cost/own-prices.js";
import { Prices } from "../../../lib/viewer/cost/prices.js";
import type { ReceivedSpan } from "../../../lib/viewer/otlp/spans.js";
import { DEFAULT_LIMITS, TraceStore } from "../../../lib/viewer/store/trace-store.js";
import type { StoreLimits } from "../../../lib/viewer/store/trace-store.js";
import { received } from "../spans.js";

export interface CallAttempt {
  readonly outcome: string;
  readonly tokens?: readonly [input: number, output: number, cached?: number];
  readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly code: string }[];
}

export interface Call {
  readonly at: number;
  readonly ms?: number;
  readonly model?: string;
  readonly responseModel?: string;
  readonly schema?: string;
  readonly mode?: string;
  readonly customer?: string;
  readonly thread?: string;
  readonly isFailed?: boolean;
  readonly attempts: readonly CallAttempt[];
  readonly content?: ApiAttributes;
}

/** Prices that make the examples easy to calculate: dollars for a million tokens. */
export const PRICES = new Prices(
  OwnPrices.parse("prices.json", '{"small":{"input":1,"output":4,"cached":0.5},"large":{"input":10,"output":40}}'),
);

/** A store that holds a trace of each call; the first one's id is 1. */
export function storeOf(calls: readonly Call[], limits: Partial<StoreLimits> = {}): TraceStore {
  const store = new TraceStore({ ...DEFAULT_LIMITS, ...limits }, PRICES);
  store.add(calls.map((call, index) => spanOf(String(index + 1), call)));
  return store;
}

export function spanOf(id: string, call: Call): ReceivedSpan {
  const { at, ms = 100, model = "small", responseModel = "Ticket", schema = "aaaa", mode = "TOOLS", attempts } = call;
  const sum = (index: 0 | 1): number => attempts.reduce((total, { tokens }) => total + (tokens?.[index] ?? 0), 0);
  return received(id, id, {
    name: "instructor.create",
    startTime: at,
    durationMs: ms,
    status: { code: call.isFailed === true ? "error" : "ok" },
    attributes: {
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": model,
      "gen_ai.response.model": model,
      "instructor.response_model": responseModel,
      "instructor.schema.hash": schema,
      "respan.metadata.mode": mode,
      "instructor.attempts": attempts.length,
      ...(call.customer !== undefined && { "respan.customer_params.customer_identifier": call.customer }),
      ...(call.thread !== undefined && { "respan.threads.thread_identifier": call.thread }),
      ...(attempts.some(({ tokens }) => tokens) && {
        "gen_ai.usage.input_tokens": sum(0),
        "gen_ai.usage.output_tokens": sum(1),
      }),
      ...call.content,
    },
    events: attempts.map(({ outcome, tokens, issues }, index) => ({
      name: "instructor.attempt",
      time: at + ms,
      attributes: {
        "instructor.attempt.number": index + 1,
        "instructor.attempt.outcome": outcome,
        ...(tokens && { "instructor.attempt.input_tokens": tokens[0], "instructor.attempt.output_tokens": tokens[1] }),
        ...(tokens?.[2] !== undefined && { "instructor.attempt.cached_tokens": tokens[2] }),
        ...(issues && { "instructor.attempt.issues": JSON.stringify(issues) }),
      },
    })),
  });
}
