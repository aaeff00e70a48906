import { DEFAULT_REDACTOR } from "../capture/masking/redaction.js";

const LONGEST = 100;
const MASK = "[redacted]";

/** What an option got, for an error message: short, and with nothing in it that is secret. */
export function shownValue(value: unknown, isSecret = false): string {
  if (isSecret) return `${describeKind(value)} ${MASK}`;
  switch (typeof value) {
    case "string": {
      const text = DEFAULT_REDACTOR.text(value) ?? MASK;
      return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
    }
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      return describeKind(value);
  }
}

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
