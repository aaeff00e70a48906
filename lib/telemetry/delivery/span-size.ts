import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** What a span takes beside its texts: identifiers, times, the objects that hold it all together. */
const SPAN = 400;
const ENTRY = 32;
const SHORT = 128;

/** About how many bytes a span holds. Texts are what makes it large: they are measured, the rest is estimated. */
export function estimatedBytes(span: ReadableSpan): number {
  let bytes = SPAN + attributesBytes(span.attributes) + textBytes(span.status.message ?? "");
  for (const event of span.events) bytes += SPAN / 4 + attributesBytes(event.attributes);
  for (const link of span.links) bytes += SPAN / 4 + attributesBytes(link.attributes);
  return bytes;
}

function attributesBytes(attributes: Attributes | undefined): number {
  let bytes = 0;
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
  return value.length <= SHORT ? value.length : Buffer.byteLength(value);
}
