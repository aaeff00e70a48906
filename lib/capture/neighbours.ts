import type { JsonNames } from "./json-names.js";
import { MASK } from "./masking/marks.js";
import { isListed } from "./masking/named-values.js";
import type { FieldKind } from "./masking/secret-values.js";
import { isHidden, isStrong } from "./masking/secret-values.js";
import { read } from "./object-parts.js";

/** Members that name what another member holds: an environment variable's name, a header's, a form field's. */
const NAMING = new Set(["name", "key", "field", "label", "header", "id", "type", "param", "variable"]);
const HOLDING = new Set(["value", "text", "default", "val"]);
/** The private parts of a JSON Web Key. */
const OF_JWK = new Set(["d", "p", "q", "dp", "dq", "qi", "k"]);

/** Whether a member of this name holds what a member beside it names. */
export function isValueName(key: string): boolean {
  return key.length <= 7 && HOLDING.has(key.toLowerCase());
}

/** A member that tells what kind of value another one beside it holds. */
export interface Pair {
  readonly key: string;
  /** Its value, which was read to find this out. */
  readonly name: unknown;
  kindOf(key: string): FieldKind | undefined;
}

/** The pair in an object's members: `{ name: "DB_PASSWORD", value: … }`, in any order; a JSON Web Key. */
export function pairIn(keys: readonly string[], value: object, names: JsonNames): Pair | undefined {
  let holdsValue = false;
  let naming: string | undefined;
  for (let at = 0; at < keys.length && at < MOST_MEMBERS; at++) {
    const key = keys[at] ?? "";
    if (key.length > 8) continue;
    if (key === "kty")
      return { key, name: read(value, key), kindOf: (other) => (OF_JWK.has(other) ? "jwk" : undefined) };
    if (isValueName(key)) holdsValue = true;
    else if (naming === undefined && NAMING.has(key.toLowerCase())) naming = key;
    else if (
      naming !== undefined &&
      key.toLowerCase() !== "type" &&
      NAMING.has(key.toLowerCase()) &&
      naming.toLowerCase() === "id"
    )
      naming = key;
  }
  if (!holdsValue || naming === undefined) return undefined;
  const name = read(value, naming);
  const kind = typeof name === "string" && name.length <= LONGEST_NAME ? names.redactor.fieldKind(name) : undefined;
  return { key: naming, name, kindOf: (key) => (kind !== undefined && isValueName(key) ? kind : undefined) };
}

const MOST_MEMBERS = 16;
const LONGEST_NAME = 64;
/** A command is that long at most, in items. */
const MOST_BEFORE = 12;

/** Masks items of a list by those before them: `["x-api-key", "…"]`, `["--token", "…"]`, the arguments of a command. */
export class Neighbours {
  readonly #names: JsonNames;
  readonly #before: string[] = [];
  /** Whether an item looked like a flag of a command. */
  #hasFlag = false;

  constructor(names: JsonNames) {
    this.#names = names;
  }

  /** An item that is no text stands between what came before and what follows. */
  forget(): void {
    this.#before.length = 0;
  }

  /** What is recorded of an item. */
  itemAs(item: string): string {
    const last = this.#before.at(-1);
    const shown = last === undefined || last.length > LONGEST_NAME ? item : this.#after(last, item);
    if (this.#before.length === MOST_BEFORE) this.#before.shift();
    this.#before.push(item);
    this.#hasFlag ||= item.startsWith("-");
    return shown;
  }

  #after(last: string, item: string): string {
    const kind = this.#names.redactor.fieldKind(last);
    if (kind !== undefined && item !== "" && !item.startsWith("-")) {
      const isFlag = last.startsWith("-");
      if (isStrong(kind) ? isFlag || isListed(item) : isHidden(kind, item)) return MASK;
    }
    if (!this.#hasFlag && !item.startsWith("-")) return item;
    if (item.length > LONGEST_NAME * 4 || /\s/.test(item)) return item;
    const masked = this.#names.redactor.text(`${this.#before.join(" ")} ${item}`) ?? MASK;
    return masked.slice(masked.lastIndexOf(" ") + 1);
  }
}
