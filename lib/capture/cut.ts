import { CUT, LEAST_BYTES, SPAN_BYTES } from "./bounds.js";
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import {
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_TOOL_DEFINITIONS,
  LLM_REQUEST_FUNCTIONS,
} from "../wire/attributes.js";

export const CUT_BYTES = Buffer.byteLength(CUT);

/** How many UTF-8 bytes a text takes. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

const encoder = new TextEncoder();

/** How many characters of `text` fit into `room` bytes of UTF-8; the pair that makes up one code point is not divided. */
export function fitting(text: string, room: number): number {
  const head = text.slice(0, room);
  return byteLength(head) === head.length ? head.length : encoder.encodeInto(head, new Uint8Array(room)).read;
}

/**
 * The beginning of the text of a JSON string, without its quotes, that takes no more than `room` bytes. An escape is not
 * divided.
 */
export function cutString(json: string, room: number): string {
  const end = fitting(json, Math.max(0, room));
  const last = json.slice(0, end).lastIndexOf("\\");
  if (last < Math.max(0, end - 6) || isEscaped(json, last)) return json.slice(0, end);
  const length = json.charAt(last + 1) === "u" ? 6 : 2;
  return json.slice(0, last + length > end ? last : end);
}

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(json: string, at: number): boolean {
  let from = at;
  while (json.charAt(from - 1) === "\\") from--;
  return (at - from) % 2 === 1;
}

/** `toWellFormed` is newer than the library that this is compiled against. */
interface WellFormed {
  isWellFormed(): boolean;
  toWellFormed(): string;
}

/** The text with each surrogate that stands alone replaced by U+FFFD, as it would be on its way through UTF-8 anyway. */
export function wellFormed(text: string): string {
  const it = text as string & WellFormed;
  return it.isWellFormed() ? text : it.toWellFormed();
}

/**
 * The same text in memory of its own. A part of a text keeps the whole of it alive, which may be a hundred megabytes;
 * one that was put together keeps all its parts.
 */
export function detached(text: string): string {
  return Buffer.from(text).toString();
}

/**
 * The same text, of one piece: reading a character makes one text of the many that it was put together from, so that
 * none of them is kept.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

/**
 * Cuts a recorded text down to `maxBytes`. Of JSON the longest texts are cut, each at the same length, so that short
 * members and the messages after a long one stay; it is JSON again. Anything else is cut at its end. What is given is
 * masked already.
 *
 * @returns `undefined` where it is JSON of so many parts that its texts are not what is long
 */
export function cutEvenly(text: string, maxBytes: number): string | undefined {
  const excess = byteLength(text) - maxBytes;
  if (excess <= 0) return text;
  const strings = longStrings(text);
  if (strings === undefined) return cutText(text, maxBytes);
  const longest = commonLength(
    strings.map(({ bytes }) => bytes),
    excess,
  );
  if (longest === undefined) return undefined;
  let cut = "";
  let done = 0;
  for (const { from, to, bytes } of strings) {
    if (bytes <= longest) continue;
    cut += text.slice(done, from) + cutString(text.slice(from, to), longest - CUT_BYTES) + CUT;
    done = to;
  }
  return flat(cut + text.slice(done));
}

interface JsonString {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** The strings of a JSON text that are long enough to be cut, names apart; `undefined` where it is no array or object. */
function longStrings(text: string): JsonString[] | undefined {
  if (!/^[[{]/.test(text) || !"]}".includes(text.charAt(text.length - 1))) return undefined;
  const strings: JsonString[] = [];
  for (let from = text.indexOf('"') + 1; from > 0;) {
    let to = text.indexOf('"', from);
    while (to > 0 && isEscaped(text, to)) to = text.indexOf('"', to + 1);
    if (to < 0) return undefined;
    if (to - from > LEAST_BYTES && text.charAt(to + 1) !== ":")
      strings.push({ from, to, bytes: byteLength(text.slice(from, to)) });
    from = text.indexOf('"', to + 1) + 1;
  }
  return strings;
}

/** A text of at most `maxBytes`, with a mark at its end. */
export function cutText(text: string, maxBytes: number): string {
  return flat(text.slice(0, fitting(text, Math.max(0, maxBytes - CUT_BYTES))) + CUT);
}

/** The length that none may exceed so that all of them together lose `excess`; `undefined` where that leaves too little. */
function commonLength(lengths: number[], excess: number): number | undefined {
  lengths.sort((a, b) => b - a);
  let sum = 0;
  for (let count = 1; count <= lengths.length; count++) {
    sum += lengths[count - 1] ?? 0;
    const common = Math.floor((sum - excess) / count);
    // The texts that come after are no longer than this.
    if (common >= (lengths[count] ?? 0)) return common >= LEAST_BYTES ? common : undefined;
  }
  return undefined;
}

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
