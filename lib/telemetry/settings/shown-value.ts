import { DEFAULT_REDACTOR } from "../../capture/redaction.js";

const LONGEST = 100;
const MASK = "[redacted]";

/** What a setting got, for an error message: short, and with nothing in it that is secret. */
export function shownValue(value: unknown, isSecret: boolean): string {
  if (isSecret) return `${describeKind(value)} ${MASK}`;
  switch (typeof value) {
    case "string":
      return JSON.stringify(bounded(DEFAULT_REDACTOR.text(value) ?? MASK));
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      return describeKind(value);
  }
}

function describeKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}

function bounded(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
