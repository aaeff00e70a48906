import type { ApiAttributes } from "../api.js";

/** The first of some attributes that has text, or a number as text. */
export function textAt(attributes: ApiAttributes, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (typeof value === "string" && value !== "") return shared(value);
    if (typeof value === "number") return String(value);
  }
  return undefined;
}

/** The first of some attributes that is a number. */
export function numberAt(attributes: ApiAttributes, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (typeof value === "number") return value;
  }
  return undefined;
}

const MAX_SHARED = 10_000;
const sharedTexts = new Map<string, string>();

/** One copy of a text that many spans have: names, models and customers repeat. */
export function shared(text: string): string {
  const known = sharedTexts.get(text);
  if (known !== undefined) return known;
  if (sharedTexts.size >= MAX_SHARED) sharedTexts.clear();
  sharedTexts.set(text, text);
  return text;
}
