import { types } from "node:util";

/** What an object is written as: a value without parts, the first of its named parts, or of a list of parts. */
export type ObjectForm =
  | { readonly value: string | number | boolean | bigint | symbol }
  | { readonly members: readonly (readonly [string, unknown])[]; readonly total: number }
  | { readonly items: readonly unknown[]; readonly total: number };

const tagOf = Object.prototype.toString;
const LONGEST_TAG = 64;

/** Whether this is a plain object or an instance of a class, whose enumerable properties are what it holds. */
function isOrdinary(value: object): boolean {
  const prototype = prototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return tag(value) === "[object Object]" && !inheritsError(value);
}

/** Whether this is an error though it may not have been made as one: `util.inherits(Own, Error)`, `Object.create(…)`. */
function inheritsError(value: object): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function prototypeOf(value: object): unknown {
  try {
    return Object.getPrototypeOf(value);
  } catch {
    return null;
  }
}

function tag(value: object): string {
  try {
    return tagOf.call(value);
  } catch {
    return "[object Object]";
  }
}

/** What stands for a function. */
export function functionNote(value: object): string {
  try {
    const name = Object.getOwnPropertyDescriptor(value, "name")?.value as unknown;
    if (typeof name === "string" && name !== "") return `[function ${name.slice(0, LONGEST_TAG)}]`;
  } catch {
    // A Proxy around a function.
  }
  return "[function]";
}

/** What stands for bytes: their number. `undefined` where the value holds none. */
function mediaNote(value: object): string | undefined {
  if (ArrayBuffer.isView(value)) {
    const name = Buffer.isBuffer(value) ? "Buffer" : tag(value).slice(8, -1);
    return `[${name}: ${byteLengthOf(value)} bytes]`;
  }
  if (types.isAnyArrayBuffer(value))
    return `[${types.isSharedArrayBuffer(value) ? "Shared" : ""}ArrayBuffer: ${byteLengthOf(value)} bytes]`;
  if (value instanceof Blob) return `[Blob: ${value.size} bytes]`;
  return undefined;
}

const typedArrayLength = getterOf(Object.getPrototypeOf(Uint8Array.prototype) as object, "byteLength");
const dataViewLength = getterOf(DataView.prototype, "byteLength");
const bufferLength = getterOf(ArrayBuffer.prototype, "byteLength");
const sharedLength = getterOf(SharedArrayBuffer.prototype, "byteLength");

/** The language's own getter, which an object's own property of the name cannot stand in for. */
function getterOf(prototype: object, name: string): (this: unknown) => number {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => number;
}

function byteLengthOf(value: object): number {
  if (types.isTypedArray(value)) return typedArrayLength.call(value);
  if (types.isDataView(value)) return dataViewLength.call(value);
  return types.isSharedArrayBuffer(value) ? sharedLength.call(value) : bufferLength.call(value);
}

/** What stands for bytes and for a date that is none, neither of which has a JSON form of its own. */
export function noteOn(value: object): string | undefined {
  if (Array.isArray(value) || isOrdinary(value)) return undefined;
  if (types.isDate(value)) return Number.isNaN(Date.prototype.getTime.call(value)) ? "Invalid Date" : undefined;
  return mediaNote(value);
}

/** How an object is written; `undefined` where its enumerable properties are it. */
export function formOf(value: object, most: number): ObjectForm | undefined {
  if (Array.isArray(value)) return { items: value, total: value.length };
  if (isOrdinary(value)) return undefined;
  if (types.isMap(value)) return mapForm(value, most);
  if (types.isSet(value)) {
    return { items: firstOf(Set.prototype.values.call(value), most), total: sizeOfSet.call(value) };
  }
  if (types.isNativeError(value) || inheritsError(value) || tag(value) === "[object DOMException]")
    return errorForm(value, most);
  if (types.isDate(value)) return { value: Date.prototype.toISOString.call(value) };
  if (types.isRegExp(value)) return { value: RegExp.prototype.toString.call(value) };
  if (types.isBoxedPrimitive(value)) return { value: unboxed(value) };
  if (Object.keys(value).length > 0) return undefined;
  return { value: `[${tag(value).slice(8, -1).slice(0, LONGEST_TAG)}]` };
}

const sizeOfMap = getterOf(Map.prototype, "size");
const sizeOfSet = getterOf(Set.prototype, "size");

/** A map by texts and numbers reads as an object; any other one as a list of pairs. */
function mapForm(value: Map<unknown, unknown>, most: number): ObjectForm {
  const entries = firstOf(Map.prototype.entries.call(value) as Iterator<[unknown, unknown]>, most);
  const total = sizeOfMap.call(value);
  const isNamed = entries.every(([key]) => typeof key === "string" || typeof key === "number");
  return isNamed
    ? { members: entries.map(([key, member]) => [String(key), member]), total }
    : { items: entries, total };
}

function firstOf<T>(iterator: Iterator<T>, most: number): T[] {
  const items: T[] = [];
  while (items.length < most) {
    const next = iterator.next();
    if (next.done === true) break;
    items.push(next.value);
  }
  return items;
}

const OWN_OF_ERROR = new Set(["name", "message", "stack", "cause", "errors"]);

/** Name, message, what was added to it (`code`, `status`, `issues`), the causes; the stack is written elsewhere or not at all. */
function errorForm(value: object, most: number): ObjectForm {
  const members: [string, unknown][] = [
    ["name", read(value, "name")],
    ["message", read(value, "message")],
  ];
  const added = Object.keys(value).filter((key) => !OWN_OF_ERROR.has(key));
  const shown = added.slice(0, Math.max(0, most - members.length - 2));
  for (const key of shown) members.push([key, read(value, key)]);
  for (const key of ["errors", "cause"]) {
    if (Object.hasOwn(value, key)) members.push([key, read(value, key)]);
  }
  return { members, total: members.length + added.length - shown.length };
}

/** Stands for what threw when it was read. */
export const UNREAD = Symbol("unread");

/** One property; {@link UNREAD} where reading it threw. */
export function read(value: object, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown>)[key];
  } catch {
    return UNREAD;
  }
}

/** What the value's `toJSON` makes of it; the value itself where it has none, or where that throws. */
export function toldBy(value: object, key = ""): unknown {
  const toJson = read(value, "toJSON");
  if (typeof toJson !== "function") return value;
  try {
    return Reflect.apply(toJson, value, [key]) as unknown;
  } catch {
    return value;
  }
}

function unboxed(value: object): string | number | boolean | bigint | symbol {
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  return Symbol.prototype.valueOf.call(value);
}
