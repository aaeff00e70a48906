import { PAYLOAD_BOUNDS } from "./bounds.js";

/** Members of the `_meta` that Instructor adds to results and partial results. */
const MEMBERS = new Set(["usage", "thinking", "_isValid", "_activePath", "_completedPaths", "_type"]);

/**
 * A value as it is captured: without the `_meta` that Instructor adds to results. The value itself stays as it is.
 * @param most how many items of a list are captured; only these and one more are looked at
 */
export function withoutInstructorMeta(value: unknown, most = PAYLOAD_BOUNDS.maxItems): unknown {
  try {
    return Array.isArray(value) ? mapItems(value, most, copyWithoutMeta) : copyWithoutMeta(value);
  } catch {
    return value;
  }
}

/** The same for a list of arguments. */
export function argumentsWithoutMeta(args: readonly unknown[], most = PAYLOAD_BOUNDS.maxItems): readonly unknown[] {
  try {
    return mapItems(args, most, (arg) => withoutInstructorMeta(arg, most));
  } catch {
    return args;
  }
}

/** The list itself where no item changes. Nothing of a list's own is called: its methods may be anybody's. */
function mapItems(list: readonly unknown[], most: number, change: (item: unknown) => unknown): readonly unknown[] {
  // One more tells that there are more.
  const count = Math.min(list.length, most + 1);
  let changed: unknown[] | undefined;
  for (let at = 0; at < count; at++) {
    const item = list[at];
    const other = change(item);
    if (other === item) continue;
    changed ??= Array.from({ length: count }, (_, index) => list[index]);
    changed[at] = other;
  }
  return changed ?? list;
}

function hasInstructorMeta(value: unknown): boolean {
  // Almost nothing has it, and asking for a descriptor costs ten times as much.
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "_meta")) return false;
  const meta = Object.getOwnPropertyDescriptor(value, "_meta")?.value as unknown;
  if (typeof meta !== "object" || meta === null) return false;
  const names = Object.keys(meta);
  return names.length > 0 && names.every((name) => MEMBERS.has(name));
}

/** The same for a value that is no list. */
export function copyWithoutMeta(value: unknown): unknown {
  if (!hasInstructorMeta(value)) return value;
  // Not a copy from which a property is deleted: that makes a slow object of it.
  const { _meta, ...own } = value as { readonly _meta?: unknown };
  return own;
}
