import type { Redactor } from "./masking/redactor.js";
import { MASK } from "./bounds.js";
import type { Check } from "./masking/secret-values.js";
import { isSecret, isStrong } from "./masking/secret-values.js";
import { read } from "./object-parts.js";

/**
 * What the keys of an object mean, and with them which values are secret. In data a key says what its value is. In a
 * JSON Schema `properties: { password: { type: "string" } }` holds no password, but `default`, `const`, `examples` do.
 */
export type Mode = 0 | 1 | 2 | 3 | 4 | 5 | 6;
/** Data: the value under a secret name is masked whole. */
export const DATA = 0;
/** A schema, or what carries one: keys are keywords. */
export const SCHEMA = 1;
/** The keys name properties or definitions, the values are schemas. */
const SCHEMA_NAMES = 2;
/** The schema of a secret: its default, its examples are masked. */
const SECRET_SCHEMA = 3;
const SECRET_SCHEMA_NAMES = 4;
/** Inside of what is masked: the form stays, every text and number goes. */
export const SECRET_DATA = 5;
/** Inside of what may be secret (`credentials: {…}`): what looks like a secret goes. */
export const DOUBTFUL_DATA = 6;
/** No mode: the value is masked whole. */
export const HIDDEN = -1;

const NAMES_SCHEMAS = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
  "dependencies",
]);
const HOLDS_DATA = new Set(["default", "const", "examples", "example", "enum"]);

/** Where a member stands. */
export interface Place {
  /** Of the object. */
  readonly mode: Mode;
  /** Whether it is one of headers. */
  readonly isHeader?: boolean;
  /** The kind of value that its name, or one beside it, says it holds. */
  readonly kind?: Check | undefined;
}

/** The mode of the value under `key`, or that it is masked whole. */
export function modeUnder(key: string, value: unknown, place: Place): Mode | typeof HIDDEN {
  const { mode, kind } = place;
  if (kind !== undefined && isHidden(value, kind, place)) return HIDDEN;
  switch (mode) {
    case DATA:
    case DOUBTFUL_DATA:
      if (kind === undefined || typeof value !== "object") return mode;
      if (kind === "any" && isSchema(value)) return SECRET_SCHEMA;
      return kind === "mixed" || kind === "long" ? DOUBTFUL_DATA : mode;
    case SCHEMA:
      return NAMES_SCHEMAS.has(key) ? SCHEMA_NAMES : HOLDS_DATA.has(key) ? DATA : SCHEMA;
    case SCHEMA_NAMES:
      return kind === "any" ? SECRET_SCHEMA : SCHEMA;
    case SECRET_SCHEMA:
      return NAMES_SCHEMAS.has(key) ? SECRET_SCHEMA_NAMES : HOLDS_DATA.has(key) ? SECRET_DATA : SECRET_SCHEMA;
    case SECRET_SCHEMA_NAMES:
      return SECRET_SCHEMA;
    default:
      return mode;
  }
}

function isHidden(value: unknown, kind: Check, { mode, isHeader }: Place): boolean {
  const isData = mode === DATA || mode === DOUBTFUL_DATA;
  if (typeof value === "string" && (isData || (mode === SCHEMA && kind !== "any")))
    return isSecret(kind, value, isHeader);
  // These say whether there is a secret, not which.
  if (kind !== "any" || value === null || value === "" || typeof value === "boolean") return false;
  if (!isData && mode !== SCHEMA && (mode !== SCHEMA_NAMES || typeof value === "object")) return false;
  return !isSchema(value);
}

const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/** Whether a value under a secret name is the schema of a property of that name: `password: { type: "string" }`. */
function isSchema(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    // Not read, so that no getter runs twice.
    const { type, $ref } = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor | undefined>;
    return TYPES.has(String(type?.value)) || typeof $ref?.value === "string";
  } catch {
    return false;
  }
}

/** In the cases that names of members have. */
const inAnyCase = (words: string): ReadonlySet<string> =>
  new Set(words.split(" ").flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]));
/** Members that name what another member holds: an environment variable's name, a header's, a form field's. */
const NAMING = inAnyCase("name key field label header id type param variable");
const HOLDING = inAnyCase("value text default val");
/** An id names, and a type tells, where nothing else does. */
const ID = inAnyCase("id");
const TYPE = inAnyCase("type");
/** The private parts of a JSON Web Key. */
const OF_JWK = new Set(["d", "p", "q", "dp", "dq", "qi", "k"]);

/** A member that tells what kind of value another one beside it holds. */
export interface Pair {
  readonly key: string;
  /** Its value, which was read to find this out. */
  readonly name: unknown;
  kindOf(key: string): Check | undefined;
}

/** The pair in an object's members: `{ name: "DB_PASSWORD", value: … }`, in any order; a JSON Web Key. */
export function pairIn(keys: readonly string[], value: object, redactor: Redactor): Pair | undefined {
  let holdsValue = false;
  let naming: string | undefined;
  for (const key of keys.slice(0, MOST_MEMBERS)) {
    if (key === "kty")
      return { key, name: read(value, key), kindOf: (other) => (OF_JWK.has(other) ? "jwk" : undefined) };
    if (HOLDING.has(key)) holdsValue = true;
    else if (NAMING.has(key) && (naming === undefined || (ID.has(naming) && !TYPE.has(key)))) naming = key;
  }
  if (!holdsValue || naming === undefined) return undefined;
  const name = read(value, naming);
  const kind = typeof name === "string" && name.length <= LONGEST_NAME ? redactor.fieldKind(name) : undefined;
  return { key: naming, name, kindOf: (key) => (HOLDING.has(key) ? kind : undefined) };
}

const MOST_MEMBERS = 16;
const LONGEST_NAME = 64;
/** A command is that long at most, in items. */
const MOST_BEFORE = 12;

/** Masks items of a list by those before them: `["x-api-key", "…"]`, `["--token", "…"]`, the arguments of a command. */
export class Neighbours {
  readonly #redactor: Redactor;
  readonly #before: string[] = [];
  /** Whether an item looked like a flag of a command. */
  #hasFlag = false;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
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
    const kind = this.#redactor.fieldKind(last);
    if (kind !== undefined && item !== "" && !item.startsWith("-")) {
      const isFlag = last.startsWith("-");
      if (isStrong(kind) ? isFlag || isSecret("listed", item) : isSecret(kind, item)) return MASK;
    }
    if (!this.#hasFlag && !item.startsWith("-")) return item;
    if (item.length > LONGEST_NAME * 4 || /\s/.test(item)) return item;
    const masked = this.#redactor.text(`${this.#before.join(" ")} ${item}`) ?? MASK;
    return masked.slice(masked.lastIndexOf(" ") + 1);
  }
}
