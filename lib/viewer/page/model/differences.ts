import { isList, isObject, pathText, sameJson } from "./json.js";
import type { Json, PathStep } from "./json.js";

export interface Difference {
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before?: Json;
  readonly after?: Json;
}

const DEEPEST = 64;

/** What differs between two answers, field by field, in the order of the later one. */
export function differences(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  const found: Difference[] = [];
  compare(before, after, [], found);
  return found;
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly PathStep[],
  found: Difference[],
): void {
  if (sameJson(before, after)) return;
  const text = pathText(path);
  if (before === undefined) {
    if (after !== undefined) found.push({ path: text, kind: "added", after });
  } else if (after === undefined) {
    found.push({ path: text, kind: "removed", before });
  } else if (path.length < DEEPEST && isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
      compare(own(before, key), own(after, key), [...path, key], found);
    }
  } else if (path.length < DEEPEST && isList(before) && isList(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      compare(before[index], after[index], [...path, index], found);
    }
  } else {
    found.push({ path: text, kind: "changed", before, after });
  }
}

function own(value: Readonly<Record<string, Json>>, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
