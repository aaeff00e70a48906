import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";

/** Estimates for a span, an event and an attribute without their texts: identifiers, times, the objects themselves. */
const SPAN = 400;
const EVENT = 100;
const ATTRIBUTE = 32;

/** About how many bytes a span holds. Texts are what makes it large: they are measured, the rest is estimated. */
export function estimatedBytes(span: ReadableSpan): number {
  let bytes = SPAN + textBytes(span.status.message) + attributesBytes(span.attributes);
  for (const { attributes } of [...span.events, ...span.links]) bytes += EVENT + attributesBytes(attributes);
  return bytes;
}

function attributesBytes(attributes: Attributes = {}): number {
  let bytes = 0;
  for (const name in attributes) {
    const value = attributes[name];
    bytes += ATTRIBUTE + name.length;
    if (Array.isArray(value)) for (const item of value) bytes += ATTRIBUTE + textBytes(item);
    else bytes += textBytes(value);
  }
  return bytes;
}

/** A text's bytes in UTF-8: counted where one of 64 places is not ASCII, else its length, which reads no character. */
function textBytes(value: unknown): number {
  if (typeof value !== "string") return 0;
  const step = Math.ceil(value.length / 64);
  for (let at = 0; at < value.length; at += step) {
    if (value.charCodeAt(at) > 127) return Buffer.byteLength(value);
  }
  return value.length;
}
