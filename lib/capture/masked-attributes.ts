import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { MASK } from "./masking/marks.js";
import type { Redactor } from "./masking/redactor.js";
import { isHidden } from "./masking/secret-values.js";

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
    return kind !== undefined && isHidden(kind, value, name.includes(".header.")) ? MASK : maskText(value, name);
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
