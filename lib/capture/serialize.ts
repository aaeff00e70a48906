import type { CaptureBounds } from "./bounds.js";
import { LEAST_BYTES, PAYLOAD_BOUNDS, WHOLE_BOUNDS } from "./bounds.js";
import { CUT_BYTES, byteLength, detached, fitting, flat, wellFormed } from "./cut.js";
import { JsonNames } from "./json-names.js";
import { JsonWriter } from "./json-writer.js";
import { CUT, UNREADABLE } from "./masking/marks.js";
import type { Redactor } from "./masking/redactor.js";
import type { Mode } from "./schema-modes.js";
import { DATA, SCHEMA } from "./schema-modes.js";

export type { CaptureBounds } from "./bounds.js";
export { NAME_BOUNDS, PAYLOAD_BOUNDS, WHOLE_BOUNDS } from "./bounds.js";

/**
 * The JSON text of any value, masked and bounded. Never throws, and always returns valid JSON of at most `maxBytes`:
 *
 * - what `JSON.stringify` writes is written the same, `toJSON` included; each property is read once.
 * - Cut is marked with `...[cut]`: at the end of a text, as the last item of an array, as a last member `"..."`, in the place
 *   of what lies too deep.
 * - `[circular]` stands where a value contains itself, `[unreadable]` for what threw when it was read, `[redacted]` for
 *   what the redactor masked.
 * - `undefined` alone is `null`. A BigInt, a symbol, NaN and the infinities are texts. A Map by texts or numbers is an
 *   object, another one an array of pairs; a Set is an array. Of an error name, message, own properties and causes are
 *   kept, without stacks. A function is `[function name]`; bytes are their number (`[Buffer: 1024 bytes]`).
 * - A surrogate that stands alone is replaced by U+FFFD.
 *
 * @returns `undefined` where the redactor leaves the value out.
 */
export function captureJson(
  value: unknown,
  redactor: Redactor,
  bounds: CaptureBounds = PAYLOAD_BOUNDS,
): string | undefined {
  return write(value, redactor, bounds, DATA);
}

/**
 * The same for a JSON Schema and for tool definitions that carry one. There a key like `password` under `properties`
 * names a property: its schema is kept, and only the texts and numbers of its `default`, `const`, `enum`, `examples` are
 * masked. Anywhere else credentials are masked as in {@link captureJson}.
 */
export function captureSchema(
  schema: unknown,
  redactor: Redactor,
  bounds: CaptureBounds = WHOLE_BOUNDS,
): string | undefined {
  return write(schema, redactor, bounds, SCHEMA);
}

/** A writer that has nothing to write at present. */
let spare: JsonWriter | undefined;

function write(value: unknown, redactor: Redactor, bounds: CaptureBounds, mode: Mode): string | undefined {
  try {
    const names = namesOf(redactor);
    const writer = spare ?? new JsonWriter(names);
    // What is called while it writes (a getter, the redactor) may have something written as well.
    spare = undefined;
    writer.begin(redactor, names, bounds);
    const isWritten = writer.write(value, undefined, mode);
    const json = writer.end();
    spare = writer;
    if (isWritten) return json;
    return typeof value === "string" || typeof value === "number" ? undefined : "null";
  } catch {
    // The stack had ended before this was called.
    return `"${UNREADABLE}"`;
  }
}

/**
 * A text (a message, an error's message) masked and bounded, marked with `...[cut]` at its end where it was cut. Never
 * throws.
 *
 * @returns `undefined` where the redactor leaves it out.
 */
export function captureText(
  text: string,
  redactor: Redactor,
  bounds: CaptureBounds = PAYLOAD_BOUNDS,
): string | undefined {
  try {
    const most = Math.max(bounds.maxBytes, LEAST_BYTES);
    const masked = redactor.text(text, undefined, most);
    if (masked === undefined) return undefined;
    if (masked === text && text.length * 3 <= most) return wellFormed(text);
    const whole = wellFormed(masked);
    if (text.length <= most && byteLength(whole) <= most) return masked === text ? whole : detached(whole);
    return flat(whole.slice(0, fitting(whole, most - CUT_BYTES)) + CUT);
  } catch {
    return undefined;
  }
}

const namesByRedactor = new WeakMap<Redactor, JsonNames>();
let last: Redactor | undefined;
let lastNames: JsonNames | undefined;

function namesOf(given: Redactor): JsonNames {
  const redactor = given.within ?? given;
  if (redactor === last && lastNames !== undefined) return lastNames;
  let names = namesByRedactor.get(redactor);
  if (names === undefined) namesByRedactor.set(redactor, (names = new JsonNames(redactor)));
  last = redactor;
  lastNames = names;
  return names;
}
