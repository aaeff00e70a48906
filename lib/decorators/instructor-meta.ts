import { PAYLOAD_BOUNDS } from "../capture/bounds.js";

/** Members of the `_meta` that Instructor adds to results and partial results. */
const MEMBERS = new Set(["usage", "thinking", "_isValid", "_activePath", "_completedPaths", "_type"]);

/** A value as it is captured: without the `_meta` that Instructor adds to results. The value itself stays as it is. */
export function withoutInstructorMeta(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    if (Array.isArray(value)) return listWithoutMeta(value);
    return hasInstructorMeta(value) ? copyWithoutMeta(value) : value;
  } catch {
    return value;
  }
}

/** The same for a list of arguments. */
export function argumentsWithoutMeta(args: readonly unknown[]): readonly unknown[] {
  for (const value of args) {
    if (typeof value === "object" && value !== null) return args.map(withoutInstructorMeta);
  }
  return args;
}

/** Looks at the items that are captured, one more than fit, and at no other: a list may be of any length. */
function listWithoutMeta(list: readonly unknown[]): readonly unknown[] {
  const captured = list.length > PAYLOAD_BOUNDS.maxItems ? list.slice(0, PAYLOAD_BOUNDS.maxItems + 1) : list;
  return captured.some(hasInstructorMeta) ? captured.map(copyWithoutMeta) : list;
}

function hasInstructorMeta(value: unknown): boolean {
  // Almost nothing has it, and asking for a descriptor costs ten times as much.
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "_meta")) return false;
  const meta: unknown = Object.getOwnPropertyDescriptor(value, "_meta")?.value;
  if (typeof meta !== "object" || meta === null) return false;
  const names = Object.keys(meta);
  return names.length > 0 && names.every((name) => MEMBERS.has(name));
}

function copyWithoutMeta(value: unknown): unknown {
  if (!hasInstructorMeta(value)) return value;
  const kept: Record<string, unknown> = { ...(value as object) };
  delete kept._meta;
  return kept;
}
