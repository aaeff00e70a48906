import type { Attributes, AttributeValue } from "@opentelemetry/api";
import {
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_TOOL_DEFINITIONS,
  LLM_REQUEST_FUNCTIONS,
} from "../wire/attributes.js";
import { SPAN_BYTES } from "./bounds.js";
import { byteLength } from "./cut.js";
import { commonLength, cutEvenly, cutText } from "./even-cut.js";
import { CUT } from "./masking/marks.js";

/** Schemas, and messages with the arguments of their tool calls in them: they have limits of their own. */
const APART = new Set([GEN_AI_INPUT_MESSAGES, GEN_AI_OUTPUT_MESSAGES, GEN_AI_TOOL_DEFINITIONS, LLM_REQUEST_FUNCTIONS]);

function isApart(name: string): boolean {
  return APART.has(name) || name.endsWith(".tool_calls");
}

/** What a span is about to record. */
export interface SpanContent {
  readonly attributes: Attributes | undefined;
  /** The contents of its events, the oldest first. */
  readonly events: readonly (Attributes | undefined)[];
}

/**
 * Keeps the contents of a span within what one span may hold. Events give way first, the oldest before the others; then
 * the longest attributes are cut, all at the same length. What was cut is marked.
 */
export function fitContent(content: SpanContent): SpanContent {
  // A character takes three bytes at most: hardly any span has to be counted.
  if (size(content, (text) => 3 * text.length) <= SPAN_BYTES) return content;
  let excess = size(content, byteLength) - SPAN_BYTES;
  const events = content.events.map((event) => {
    if (excess <= 0 || event === undefined) return event;
    const marked = changed(event, (text) => (/^[[{]/.test(text) ? `"${CUT}"` : CUT));
    excess -= sizeOf(event, byteLength) - sizeOf(marked, byteLength);
    return marked;
  });
  const { attributes } = content;
  if (excess <= 0 || attributes === undefined) return { attributes, events };
  const lengths = Object.entries(attributes).flatMap(([name, value]) =>
    isApart(name) ? [] : textsOf(value).map(byteLength),
  );
  const longest = commonLength(lengths, excess) ?? 0;
  return { attributes: changed(attributes, (text) => cutEvenly(text, longest) ?? cutText(text, longest)), events };
}

type Measure = (text: string) => number;

function size({ attributes, events }: SpanContent, measure: Measure): number {
  let bytes = attributes === undefined ? 0 : sizeOf(attributes, measure);
  for (const event of events) bytes += event === undefined ? 0 : sizeOf(event, measure);
  return bytes;
}

function sizeOf(attributes: Attributes, measure: Measure): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(attributes)) {
    if (isApart(name)) continue;
    if (typeof value === "string") bytes += measure(value);
    else for (const text of textsOf(value)) bytes += measure(text);
  }
  return bytes;
}

function textsOf(value: AttributeValue | undefined): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === "string");
}

function changed(attributes: Attributes, change: (text: string) => string): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (isApart(name)) return [name, value];
      if (typeof value === "string") return [name, change(value)];
      const texts = textsOf(value);
      return [name, texts.length === 0 ? value : texts.map(change)];
    }),
  );
}
