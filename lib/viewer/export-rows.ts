import * as names from "../wire/attributes.js";
import { attemptCount, heldCalls } from "./analysis/held-calls.js";
import type { ApiSpan, CallFilter } from "./api.js";
import { attemptsOf, succeeded } from "./page/model/attempts.js";
import type { Issue } from "./page/model/attempts.js";
import { resultOf } from "./page/model/content.js";
import { isList, isObject, jsonOf, textOf } from "./page/model/json.js";
import type { Json } from "./page/model/json.js";
import { conversation } from "./page/model/messages.js";
import { responseSchema } from "./page/model/schema.js";
import { vitestFile } from "./page/model/vitest-case.js";
import { isStructured } from "./store/call-facts.js";
import type { TraceStore } from "./store/trace-store.js";

/** A structured call that failed, or that was corrected after a failed attempt. Without content it has no `input`. */
export interface ExportRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly startTime: number;
  readonly outcome: "failed" | "corrected";
  readonly responseModel?: string;
  readonly schemaHash?: string;
  readonly mode?: string;
  readonly model?: string;
  readonly schema?: Json;
  readonly input?: Json;
  readonly attempts: readonly ExportAttempt[];
  readonly result?: Json;
}

export interface ExportAttempt {
  readonly number: number;
  readonly outcome: string;
  readonly answer?: string;
  readonly issues?: readonly Issue[];
}

/** A row with the span that it was made of. */
export interface ExportedSpan {
  readonly row: ExportRow;
  readonly span: ApiSpan;
}

export type ExportFormat = "jsonl" | "vitest";

export function isExportFormat(text: string): text is ExportFormat {
  return text === "jsonl" || text === "vitest";
}

/** The rows of the held calls that fit a filter, first to last. */
export function storedRows(store: TraceStore, filter: CallFilter): readonly ExportedSpan[] {
  return heldCalls(store, filter)
    .filter((call) => isStructured(call.facts.call) && (call.facts.isError || attemptCount(call) > 1))
    .sort((a, b) => a.facts.startTime - b.facts.startTime)
    .flatMap((call) => {
      const span = store.span(call);
      const row = span === undefined ? undefined : exportRow(call.traceId, span);
      return span === undefined || row === undefined ? [] : [{ row, span }];
    });
}

/** The row of a span; undefined where it is no structured call, or one that succeeded at once. */
export function exportRow(traceId: string, span: ApiSpan): ExportRow | undefined {
  const { attributes } = span;
  const attempts = attemptsOf(span);
  const isFailed = span.status.code === "error";
  if (attempts.length === 0 && !(names.INSTRUCTOR_RESPONSE_MODEL in attributes)) return undefined;
  if (!isFailed && attempts.every(succeeded)) return undefined;
  const schema = responseSchema(attributes)?.schema;
  const input = inputOf(span);
  const result = isFailed ? undefined : resultOf(attributes);
  return {
    traceId,
    spanId: span.spanId,
    startTime: span.startTime,
    outcome: isFailed ? "failed" : "corrected",
    ...textAs("responseModel", textOf(attributes[names.INSTRUCTOR_RESPONSE_MODEL])),
    ...textAs("schemaHash", textOf(attributes[names.INSTRUCTOR_SCHEMA_HASH])),
    ...textAs("mode", textOf(attributes[names.INSTRUCTOR_MODE_METADATA])),
    ...textAs("model", textOf(attributes[names.GEN_AI_RESPONSE_MODEL] ?? attributes[names.GEN_AI_REQUEST_MODEL])),
    ...(schema !== undefined && { schema }),
    ...(input !== undefined && { input }),
    attempts: attempts.map(({ number, outcome, answer, issues }) => ({
      number,
      outcome,
      ...(answer !== undefined && { answer }),
      ...(issues.length > 0 && { issues }),
    })),
    ...(result !== undefined && { result }),
  };
}

/** Rows as JSON lines, or as a Vitest file with a case for each row whose input was recorded. */
export function exportText(rows: readonly ExportedSpan[], format: ExportFormat): string {
  if (format === "jsonl") return rows.map(({ row }) => `${JSON.stringify(row)}\n`).join("");
  return vitestFile(rows.map(({ span }) => span));
}

/** The caller's messages. */
function inputOf({ attributes }: ApiSpan): Json | undefined {
  const input = jsonOf(attributes[names.ENTITY_INPUT]);
  if (isObject(input) && isList(input.messages)) return input.messages;
  const messages = conversation(attributes).input;
  // Plain data, which the types of a message are not known to be.
  return messages.length === 0 ? undefined : (JSON.parse(JSON.stringify(messages)) as Json);
}

function textAs<Name extends string>(name: Name, text: string | undefined): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  if (text !== undefined) found[name] = text;
  return found;
}
