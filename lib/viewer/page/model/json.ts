import type { ApiAttributes, ApiValue } from "../../api.js";

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A step into a JSON value: a property's name or an item's index. */
export type PathStep = string | number;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object or list that a text holds; undefined for any other text, a number's or a cut one's included. */
export function parseJson(text: string | undefined): JsonObject | readonly Json[] | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) || isList(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An attribute as text: objects as JSON, absent and empty values as undefined. */
export function textOf(value: ApiValue | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function numberOf(value: ApiValue | undefined): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** An attribute that holds JSON, as text (this SDK) or as a structured value (other senders). */
export function jsonOf(value: ApiValue | undefined): Json | undefined {
  return typeof value === "string" ? parseJson(value) : value;
}

/** The first of some attributes that has text. */
export function firstText(attributes: ApiAttributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(attributes[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

export function firstNumber(attributes: ApiAttributes, names: readonly string[]): number | undefined {
  for (const name of names) {
    const number = numberOf(attributes[name]);
    if (number !== undefined) return number;
  }
  return undefined;
}

/** The value at a path; undefined where the path leads nowhere. */
export function valueAt(value: Json | undefined, path: readonly PathStep[]): Json | undefined {
  let at = value;
  for (const step of path) {
    if (isList(at)) at = typeof step === "number" ? at[step] : undefined;
    else if (isObject(at) && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** `items[0].name`; a name that is no identifier in quotes. */
export function pathText(path: readonly PathStep[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
