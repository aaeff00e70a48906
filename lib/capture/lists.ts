/** Whether a value is an array; `Array.isArray` alone throws for a Proxy that was revoked. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The items of an array, by their positions: neither its iterator nor a method of its own is called.
 * @param most no more than these are read
 * @returns `undefined` where it is no array, or cannot be read
 */
export function listOf(given: unknown, most = Infinity): unknown[] | undefined {
  try {
    if (!Array.isArray(given)) return undefined;
    const items: unknown[] = [];
    const length = Math.min(given.length, most);
    for (let at = 0; at < length; at++) items.push(given[at]);
    return items;
  } catch {
    return undefined;
  }
}

/** What a value is, in words, for messages that may hold nothing of its content. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === "") return "an empty string";
  return isList(value) ? "an array" : `a value of type ${typeof value}`;
}
