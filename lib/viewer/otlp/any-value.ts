import type { ApiAttributes, ApiValue } from "../api.js";

/** How deep a value is kept; what lies deeper is replaced by a text. */
const MAX_DEPTH = 32;
const TOO_DEEP = "[nested too deeply]";

export type Fields = Readonly<Record<string, unknown>>;

/** The value if it is an object, else an empty one: what others send may lack anything. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A list of OTLP's `KeyValue`; the last one wins where a key is there twice. */
export function attributesOf(pairs: unknown, depth = 0): ApiAttributes {
  // `fromEntries` makes a plain property of "__proto__" too.
  return Object.fromEntries(
    listOf(pairs).map((pair) => {
      const { key, value } = fieldsOf(pair);
      return [textOf(key) ?? "", valueOf(value, depth)];
    }),
  );
}

/** OTLP's `AnyValue` as the API shows it. */
function valueOf(any: unknown, depth: number): ApiValue {
  if (depth > MAX_DEPTH) return TOO_DEEP;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = fieldsOf(any);
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (intValue !== undefined) return integerOf(intValue);
  if (doubleValue !== undefined) return doubleOf(doubleValue);
  if (typeof bytesValue === "string") return bytesValue;
  if (arrayValue !== undefined) return listOf(fieldsOf(arrayValue).values).map((item) => valueOf(item, depth + 1));
  if (kvlistValue !== undefined) return attributesOf(fieldsOf(kvlistValue).values, depth + 1);
  return null;
}

/** A 64-bit integer, which JSON carries as text: a number where it stays exact. */
function integerOf(value: unknown): ApiValue {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && value.trim() !== "" ? number : value;
}

/** JSON has no NaN and no infinity: these stay texts. */
function doubleOf(value: unknown): ApiValue {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return null;
  return Number.isFinite(value) ? value : String(value);
}
