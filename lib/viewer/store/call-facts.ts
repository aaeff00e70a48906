import * as names from "../../wire/attributes.js";
import type { ApiAttributes, ApiEvent, ApiSpan, ApiValue } from "../api.js";
import { costSum } from "../cost/cost-sum.js";
import type { PricedTokens } from "../cost/linear-cost.js";
import type { Prices } from "../cost/prices.js";
import { numberAt, shared, textAt } from "./attribute-values.js";

/** Every property is always there: objects that lack some of them would each bring a hidden class of their own. */
export interface TokenCounts {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number;
}

/**
 * What is asked of all model calls together, worked out once and kept beside each span's text. Every property is always
 * there.
 */
export interface CallFacts {
  /** Of a structured call. */
  readonly responseModel: string | undefined;
  readonly schema: string | undefined;
  readonly mode: string | undefined;
  /** US dollars; undefined where the price or the tokens are not known. */
  readonly usd: number | undefined;
  /** First to last; empty where the span tells of none. */
  readonly attempts: readonly AttemptFacts[];
}

export interface AttemptFacts {
  readonly outcome: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly usd: number | undefined;
  /** Why the answer did not fit; undefined where it was not recorded. */
  readonly issues: readonly IssueFacts[] | undefined;
}

export interface IssueFacts {
  /** `lines[].amount`; empty for the whole answer. */
  readonly path: string;
  readonly code: string;
}

type CostOf = (tokens: PricedTokens) => number | undefined;

/** An answer that fails in very many places is counted by the first of them. */
const MAX_ISSUES = 50;
const NONE: readonly AttemptFacts[] = [];

const PROVIDER = [names.GEN_AI_PROVIDER_NAME, names.GEN_AI_SYSTEM, "llm.provider", "llm.system"];
const CACHED = [names.GEN_AI_USAGE_CACHE_READ, names.GEN_AI_USAGE_CACHE_READ_OLD];
const REASONING = [names.GEN_AI_USAGE_REASONING, names.GEN_AI_USAGE_REASONING_OLD];

/** Undefined for a span that is no model's call. */
export function callFactsOf(
  { attributes, events, startTime }: ApiSpan,
  { model, tokens }: { readonly model: string | undefined; readonly tokens: TokenCounts | undefined },
  prices: Prices,
): CallFacts | undefined {
  const responseModel = textAt(attributes, [names.INSTRUCTOR_RESPONSE_MODEL]);
  const told = events.filter(({ name }) => name === names.ATTEMPT_EVENT);
  if (tokens === undefined && responseModel === undefined && told.length === 0) return undefined;
  const priced = {
    provider: textAt(attributes, PROVIDER),
    model,
    requestModel: textAt(attributes, [names.GEN_AI_REQUEST_MODEL]),
  };
  const costOf: CostOf = (counts) => prices.costOf(priced, counts, startTime);
  const attempts = told.length === 0 ? NONE : inOrder(told).map((event) => attemptOf(event, costOf));
  const whole = {
    input: tokens?.input,
    output: tokens?.output,
    cached: numberAt(attributes, CACHED),
    reasoning: numberAt(attributes, REASONING),
  };
  return {
    responseModel,
    schema: textAt(attributes, [names.INSTRUCTOR_SCHEMA_HASH]),
    mode: textAt(attributes, [names.INSTRUCTOR_MODE_METADATA]),
    usd: callCost(attempts, whole, costOf),
    attempts,
  };
}

/** The sum of the attempts is right also where a price grows with a request; reasoning is told for the whole call only. */
function callCost(attempts: readonly AttemptFacts[], whole: PricedTokens, costOf: CostOf): number | undefined {
  const { usd, unknownCalls } = costSum(attempts, (attempt) => attempt.usd);
  return unknownCalls === 0 && usd !== undefined && (whole.reasoning ?? 0) === 0 ? usd : costOf(whole);
}

/** Whether a call asked for a result that fits a schema. */
export function isStructured({ responseModel, attempts }: CallFacts): boolean {
  return responseModel !== undefined || attempts.length > 0;
}

function inOrder(events: readonly ApiEvent[]): readonly ApiEvent[] {
  const number = ({ attributes }: ApiEvent): number => numberAt(attributes, [names.ATTEMPT_NUMBER]) ?? 0;
  return [...events].sort((a, b) => number(a) - number(b));
}

function attemptOf({ attributes }: ApiEvent, costOf: CostOf): AttemptFacts {
  const input = numberAt(attributes, [names.ATTEMPT_INPUT_TOKENS]);
  const output = numberAt(attributes, [names.ATTEMPT_OUTPUT_TOKENS]);
  return {
    outcome: textAt(attributes, [names.ATTEMPT_OUTCOME]) ?? "unknown",
    input,
    output,
    usd: costOf({ input, output, cached: numberAt(attributes, [names.ATTEMPT_CACHED_TOKENS]) }),
    issues: issuesOf(attributes),
  };
}

function issuesOf(attributes: ApiAttributes): readonly IssueFacts[] | undefined {
  const value = issuesValue(attributes[names.ATTEMPT_ISSUES]);
  if (!isList(value) || value.length === 0) return undefined;
  return value.slice(0, MAX_ISSUES).map((issue) => {
    if (!isRecord(issue)) return { path: "", code: "unknown" };
    const { path, code } = issue;
    return { path: shared(patternOf(path)), code: typeof code === "string" ? shared(code) : "unknown" };
  });
}

function issuesValue(value: ApiValue | undefined): ApiValue | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as ApiValue;
  } catch {
    // Cut because it was too long.
    return undefined;
  }
}

/** A path with `[]` for each index, so that all items of a list count together. */
export function patternOf(path: ApiValue | undefined): string {
  if (typeof path === "string") return path.replaceAll(/\[\d+\]/g, "[]").replaceAll(/\.\d+(?=\.|$)/g, "[]");
  if (!isList(path)) return "";
  let text = "";
  for (const step of path) {
    const name = typeof step === "string" ? step : JSON.stringify(step);
    if (typeof step === "number") text += "[]";
    else text += text === "" ? name : `.${name}`;
  }
  return text;
}

function isList(value: ApiValue | undefined): value is readonly ApiValue[] {
  return Array.isArray(value);
}

function isRecord(value: ApiValue): value is Readonly<Record<string, ApiValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
