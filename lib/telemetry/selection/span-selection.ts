import type { Context } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../../capture/unwanted-promise.js";
import { EMPTY_SCOPE } from "../../scope/scope.js";
import { scopeOf } from "../../scope/standing-scope.js";
import { callUntraced } from "../../scope/tracing.js";
import { LLM_REQUEST_TYPE, LOG_TYPE, SPAN_KIND } from "../../wire/attributes.js";
import { SDK_NAME } from "../../wire/version.js";
import type { Warnings } from "../diagnostics.js";
import type { ShouldExportSpan } from "../telemetry-options.js";

const GEN_AI_ATTRIBUTE = "gen_ai.";

/** How instrumentations of GenAI libraries call themselves. */
const GEN_AI_INSTRUMENTATIONS = [
  "@opentelemetry/instrumentation-openai",
  "@traceloop/instrumentation-",
  "@arizeai/openinference-",
  "@respan/",
  "opentelemetry.instrumentation.openai",
  "openinference.instrumentation.",
];

/** Names that would be found in others as well: taken whole. */
const GEN_AI_INSTRUMENTATION_NAMES = new Set(["ai", "openai", "anthropic"]);

/** How OpenTelemetry's own instrumentations of libraries and frameworks call themselves. */
const INSTRUMENTATION = "@opentelemetry/instrumentation-";

/** Attributes that give a handmade span its kind at the service. */
const KIND_ATTRIBUTES = [SPAN_KIND, LLM_REQUEST_TYPE, LOG_TYPE];

/** Whether a span was opened by this package. */
export function isOurs(span: ReadableSpan): boolean {
  return span.instrumentationScope.name === SDK_NAME;
}

/** Whether a span tells of a call to a model: by its attributes, or by who made it. */
export function isGenAi(span: ReadableSpan): boolean {
  const { name } = span.instrumentationScope;
  if (GEN_AI_INSTRUMENTATION_NAMES.has(name) || GEN_AI_INSTRUMENTATIONS.some((start) => name.startsWith(start))) {
    return true;
  }
  for (const attribute in span.attributes) if (attribute.startsWith(GEN_AI_ATTRIBUTE)) return true;
  return false;
}

/**
 * Whether a span is exported where the user does not choose.
 * @param parent the context that it starts in
 */
export function isExportedByDefault(span: ReadableSpan, parent: Context): boolean {
  if (isOurs(span)) return true;
  const { isInsideChat, open } = scopeOf(parent, EMPTY_SCOPE);
  // It would repeat the chat span.
  if (isGenAi(span)) return !isInsideChat;
  if (KIND_ATTRIBUTES.some((name) => span.attributes[name] !== undefined)) {
    return !isInsideChat || span.attributes[LLM_REQUEST_TYPE] === undefined;
  }
  const isOfProgram = !span.instrumentationScope.name.startsWith(INSTRUMENTATION);
  return open !== undefined && isOfProgram && span.kind === SpanKind.INTERNAL;
}

/**
 * Whether a span that starts is exported.
 * @param parent the context that it starts in
 * @param choose the option `shouldExportSpan`
 */
export function isExported(
  span: ReadableSpan,
  parent: Context,
  choose: ShouldExportSpan | undefined,
  warnings: Warnings,
): boolean {
  const byDefault = isExportedByDefault(span, parent);
  if (choose === undefined) return byDefault;
  // It may be there to keep data from leaving: where its answer is unknown, nothing leaves.
  try {
    const choice: unknown = callUntraced(choose, false, () => choose(span, byDefault));
    if (!isUnwantedPromise(choice)) return Boolean(choice);
    warnings.warn("shouldExportSpan:async", "shouldExportSpan must not be async; its spans are not exported");
  } catch {
    warnings.warn("shouldExportSpan", "shouldExportSpan failed; the spans that it failed for are not exported");
  }
  return false;
}
