/** A text that can stand in an `Authorization` header. */
export function isHeaderText(value: unknown): boolean {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

/** Header names and values as HTTP takes them; a line break in a value would smuggle in another header. */
export function isHeaders(value: unknown): boolean {
  return (
    isPlainObject(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) &&
        typeof text === "string" &&
        /^[\t\x20-\x7e\x80-\xff]*$/.test(text),
    )
  );
}

export function isHttpUrl(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol } = new URL(value);
  return protocol === "http:" || protocol === "https:";
}

/** An object of keys and values; not an array, a Map, a Date or anything else that has its own way of holding them. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** OpenTelemetry attributes: texts, numbers, booleans and arrays of them. */
export function isAttributes(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((item) => isAttributeValue(item));
}

function isAttributeValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item === null || isPrimitive(item));
  return value === undefined || isPrimitive(value);
}

function isPrimitive(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
