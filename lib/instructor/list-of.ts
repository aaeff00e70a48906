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
