import { MASK } from "./redaction.js";
import type { Redactor } from "./redactor.js";

/** How much of a value is recorded. */
export interface CaptureBounds {
  /** UTF-8 bytes of the whole text. */
  readonly maxBytes: number;
  /** Items of one array, members of one object. */
  readonly maxItems: number;
  /** Arrays and objects inside one another. */
  readonly maxDepth: number;
}

/** Inputs, outputs, messages. */
export const PAYLOAD_BOUNDS: CaptureBounds = Object.freeze({ maxBytes: 16_384, maxItems: 50, maxDepth: 8 });

/** Tool arguments and schemas, which are recorded whole as far as any real one goes. */
export const WHOLE_BOUNDS: CaptureBounds = Object.freeze({ maxBytes: 1_048_576, maxItems: 100_000, maxDepth: 200 });

/** JSON text of any value, masked and bounded; `undefined` where the redactor leaves it out. Never throws. */
export function captureJson(value: unknown, redactor: Redactor, bounds: CaptureBounds = PAYLOAD_BOUNDS): string | undefined {
  try {
    const text = JSON.stringify(value ?? null, (key, member: unknown) => {
      if (key !== "" && typeof member !== "boolean" && member !== null && redactor.isSecretKey(key)) return MASK;
      return typeof member === "string" ? redactor.text(member, key) : typeof member === "bigint" ? String(member) : member;
    });
    return text.length > bounds.maxBytes ? JSON.stringify(text.slice(0, bounds.maxBytes / 2) + "…[cut]") : text;
  } catch {
    return '"[unreadable]"';
  }
}

/** A text masked and bounded; `undefined` where the redactor leaves it out. Never throws. */
export function captureText(text: string, redactor: Redactor, bounds: CaptureBounds = PAYLOAD_BOUNDS): string | undefined {
  const masked = redactor.text(text, undefined, bounds.maxBytes);
  return masked !== undefined && text.length > bounds.maxBytes ? `${masked}…[cut]` : masked;
}

/** The same for JSON Schemas, whose `properties` are named by their keys rather than holding what those name. */
export function captureSchema(schema: unknown, redactor: Redactor, bounds: CaptureBounds = WHOLE_BOUNDS): string | undefined {
  return captureJson(schema, redactor, bounds);
}
