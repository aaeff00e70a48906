import type { CaptureBounds } from "./bounds.js";
import { LEAST_BYTES, PAYLOAD_BOUNDS, WHOLE_BOUNDS, CUT, UNREADABLE, MASK } from "./bounds.js";
import { CUT_BYTES, byteLength, detached, fitting, flat, wellFormed } from "./cut.js";
import { JsonNames, JsonWriter } from "./json-writer.js";
import type { Redactor } from "./masking/redactor.js";
import type { Mode } from "./secret-places.js";
import { DATA, SCHEMA } from "./secret-places.js";
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { isSecret } from "./masking/secret-values.js";

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

function write(value: unknown, redactor: Redactor, bounds: CaptureBounds, mode: Mode): string | undefined {
  try {
    return new JsonWriter(redactor, namesOf(redactor), bounds).json(value, mode);
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

function namesOf(given: Redactor): JsonNames {
  const redactor = given.within ?? given;
  let names = namesByRedactor.get(redactor);
  if (names === undefined) namesByRedactor.set(redactor, (names = new JsonNames(redactor)));
  return names;
}

/** Shorter texts are looked through again as quickly as they are found. */
const LEAST_REMEMBERED = 512;

/**
 * A redactor that does what another does, and looks through each long text once, for those who record one text in
 * several places: a prompt stands alone and within the input of its call. To be dropped with what it has remembered.
 * The other itself where keys matter to it.
 */
export function lookingOnce(redactor: Redactor): Redactor {
  if (redactor.ignoresKeys !== true) return redactor;
  const looked = new Map<string, { readonly limit: number; readonly masked: string | undefined }>();
  return {
    within: redactor,
    ignoresKeys: true,
    seesNumbers: redactor.seesNumbers,
    fieldKind: (key) => redactor.fieldKind(key),
    text(value, _key, limit = value.length) {
      if (value.length < LEAST_REMEMBERED) return redactor.text(value, undefined, limit);
      const before = looked.get(value);
      // Where more of it was wanted before, that is given.
      if (before !== undefined && Math.min(limit, value.length) <= before.limit) return before.masked;
      const masked = redactor.text(value, undefined, limit);
      looked.set(value, { limit, masked });
      return masked;
    },
  };
}

type Item = string | number | boolean | null | undefined;

/** Masks a text that stands under a name; `undefined` where it is left out. */
export type MaskText = (text: string, name: string) => string | undefined;

/**
 * An attribute with credentials masked, by its name and by its form; `undefined` where the redactor leaves it out.
 * @param maskText what masks a text whose name does not hide it; default: the redactor alone, without a bound
 */
export function maskedAttribute(
  name: string,
  value: AttributeValue,
  redactor: Redactor,
  maskText: MaskText = (text, under) => redactor.text(text, under),
): AttributeValue | undefined {
  if (!Array.isArray(value)) return maskedItem(name, value, redactor, maskText) ?? undefined;
  const items: readonly Item[] = value;
  const masked = items.map((item) => maskedItem(name, item, redactor, maskText));
  if (masked.every((item, at) => item === items[at])) return value;
  // The items of a list are of one type.
  return masked.map((item) => String(item ?? MASK));
}

function maskedItem(name: string, value: Item, redactor: Redactor, maskText: MaskText): Item {
  if (value === undefined || value === null || typeof value === "boolean") return value;
  const kind = redactor.fieldKind(name);
  if (kind === "any" && value !== "") return MASK;
  if (typeof value === "string") {
    return kind !== undefined && isSecret(kind, value, name.includes(".header.")) ? MASK : maskText(value, name);
  }
  if (!redactor.seesNumbers) return value;
  // A user's own rules see numbers too.
  const digits = String(value);
  const told = redactor.text(digits, name);
  return told === digits ? value : told;
}

/** A name with credentials masked by their form, of which the first `limit` characters are wanted; a user's function is shown data, and so only what is no name of a field. */
export function maskedName(name: string, redactor: Redactor, limit = name.length): string | undefined {
  return redactor.name === undefined ? redactor.text(name) : redactor.name(name, limit);
}

/** The same attributes masked; the very object where nothing is to be masked. */
export function maskedAttributes(given: Attributes, redactor: Redactor): Attributes {
  const masked: Attributes = {};
  let isSame = true;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const key = maskedName(name, redactor) ?? MASK;
    const kept = maskedAttribute(name, value, redactor);
    isSame &&= key === name && kept === value;
    if (kept !== undefined) masked[key] = kept;
  }
  return isSame ? given : masked;
}
