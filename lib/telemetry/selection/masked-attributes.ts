import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { MASK } from "../../capture/masking/marks.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { isHidden } from "../../capture/masking/secret-values.js";

type Item = string | number | boolean | null | undefined;

/** An attribute of another's with credentials masked; `undefined` where the redactor leaves it out. */
export function maskedAttribute(name: string, value: AttributeValue, redactor: Redactor): AttributeValue | undefined {
  if (!Array.isArray(value)) return maskedItem(name, value, redactor) ?? undefined;
  const items: readonly Item[] = value;
  const masked = items.map((item) => maskedItem(name, item, redactor));
  if (masked.every((item, at) => item === items[at])) return value;
  // The items of a list are of one type.
  return masked.map((item) => String(item ?? MASK));
}

function maskedItem(name: string, value: Item, redactor: Redactor): Item {
  if (value === undefined || value === null || typeof value === "boolean" || value === "") return value;
  const kind = redactor.fieldKind(name);
  if (kind === "any") return MASK;
  if (typeof value === "string") {
    return kind !== undefined && isHidden(kind, value, name.includes(".header.")) ? MASK : redactor.text(value, name);
  }
  if (!redactor.seesNumbers) return value;
  // A user's own rules see numbers too.
  const digits = String(value);
  const told = redactor.text(digits, name);
  return told === digits ? value : told;
}

/** A name with credentials masked by their form; a user's function is shown data, and so only what is no name of a field. */
export function maskedName(name: string, redactor: Redactor): string {
  return (redactor.name === undefined ? redactor.text(name) : redactor.name(name, name.length)) ?? MASK;
}

/** The same attributes masked; the very object where nothing is to be masked. */
export function maskedAttributes(given: Attributes, redactor: Redactor): Attributes {
  const masked: Attributes = {};
  let isSame = true;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const key = maskedName(name, redactor);
    const kept = maskedAttribute(name, value, redactor);
    isSame &&= key === name && kept === value;
    if (kept !== undefined) masked[key] = kept;
  }
  return isSame ? given : masked;
}
