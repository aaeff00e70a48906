import * as names from "../../wire/attributes.js";
import type { ApiAttributes, ApiEvent, ApiSpan, ApiValue } from "../api.js";
import { numberAt, shared, textAt } from "./attribute-values.js";

/** What is asked of all model calls together, kept beside each span's text; every property is always there. */
export interface CallFacts {
  readonly provider: string | undefined;
  readonly requestModel: string | undefined;
  /** Of a structured call. */
  readonly responseModel: string | undefined;
  readonly schema: string | undefined;
  readonly mode: string | undefined;
  readonly cached: number | undefined;
  readonly reasoning: number | undefined;
  /** First to last; empty where the span tells of none. */
  readonly attempts: readonly AttemptFacts[];
}

export interface AttemptFacts {
  readonly outcome: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cached: number | undefined;
  /** Why the answer did not fit; undefined where it was not recorded. */
  readonly issues: readonly IssueFacts[] | undefined;
}

export interface IssueFacts {
  /** `lines[].amount`; empty for the whole answer. */
  readonly path: string;
  readonly code: string;
}

/** An answer that fails in very many places is counted by the first of them. */
const MAX_ISSUES = 50;
const NONE: readonly AttemptFacts[] = [];

const PROVIDER = [names.GEN_AI_PROVIDER_NAME, names.GEN_AI_SYSTEM, "llm.provider", "llm.system"];
const CACHED = [names.GEN_AI_USAGE_CACHE_READ, names.GEN_AI_USAGE_CACHE_READ_OLD];
const REASONING = [names.GEN_AI_USAGE_REASONING, names.GEN_AI_USAGE_REASONING_OLD];

/** Undefined for a span that is no model's call. */
export function callFactsOf({ attributes, events }: ApiSpan, hasTokens: boolean): CallFacts | undefined {
  const responseModel = textAt(attributes, [names.INSTRUCTOR_RESPONSE_MODEL]);
  const attempts = events.filter(({ name }) => name === names.ATTEMPT_EVENT);
  if (!hasTokens && responseModel === undefined && attempts.length === 0) return undefined;
  return {
    provider: textAt(attributes, PROVIDER),
    requestModel: textAt(attributes, [names.GEN_AI_REQUEST_MODEL]),
    responseModel,
    schema: textAt(attributes, [names.INSTRUCTOR_SCHEMA_HASH]),
    mode: textAt(attributes, [names.INSTRUCTOR_MODE_METADATA]),
    cached: numberAt(attributes, CACHED),
    reasoning: numberAt(attributes, REASONING),
    attempts: attempts.length === 0 ? NONE : inOrder(attempts).map(attemptOf),
  };
}

/** Whether a call asked for a result that fits a schema. */
export function isStructured({ responseModel, attempts }: CallFacts): boolean {
  return responseModel !== undefined || attempts.length > 0;
}

function inOrder(events: readonly ApiEvent[]): readonly ApiEvent[] {
  const number = ({ attributes }: ApiEvent): number => numberAt(attributes, [names.ATTEMPT_NUMBER]) ?? 0;
  return [...events].sort((a, b) => number(a) - number(b));
}

function attemptOf({ attributes }: ApiEvent): AttemptFacts {
  return {
    outcome: textAt(attributes, [names.ATTEMPT_OUTCOME]) ?? "unknown",
    input: numberAt(attributes, [names.ATTEMPT_INPUT_TOKENS]),
    output: numberAt(attributes, [names.ATTEMPT_OUTPUT_TOKENS]),
    cached: numberAt(attributes, [names.ATTEMPT_CACHED_TOKENS]),
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
