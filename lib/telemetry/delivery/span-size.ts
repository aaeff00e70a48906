import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";

/** What a span takes beside its texts: identifiers, times, the objects that hold it all together. */
const SPAN = 400;
const ENTRY = 32;
const SHORT = 128;
const PLACES = 64;

/** About how many bytes a span holds. Texts are what makes it large: they are measured, the rest is estimated. */
export function estimatedBytes(span: ReadableSpan): number {
  let bytes = SPAN + attributesBytes(span.attributes) + textBytes(span.status.message ?? "");
  for (const event of span.events) bytes += SPAN / 4 + attributesBytes(event.attributes);
  for (const link of span.links) bytes += SPAN / 4 + attributesBytes(link.attributes);
  return bytes;
}

function attributesBytes(attributes: Attributes | undefined): number {
  if (attributes === undefined) return 0;
  let bytes = 0;
  // Of a dozen attributes, as most spans have, this takes a third of what a list of their names does.
  for (const name in attributes) {
    const value = attributes[name];
    bytes += ENTRY + name.length;
    if (typeof value === "string") bytes += textBytes(value);
    else if (Array.isArray(value)) for (const item of value) bytes += ENTRY + textBytes(item);
  }
  return bytes;
}

function textBytes(value: unknown): number {
  if (typeof value !== "string") return 0;
  return value.length <= SHORT || isAsciiHereAndThere(value) ? value.length : Buffer.byteLength(value);
}

/** Counting the bytes of a text costs as much as writing it: a look at some places tells in which script it is. */
function isAsciiHereAndThere(text: string): boolean {
  const step = Math.ceil(text.length / PLACES);
  for (let at = 0; at < text.length; at += step) {
    if (text.charCodeAt(at) > 127) return false;
  }
  return true;
}
