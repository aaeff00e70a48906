import { byteLength, detached, fitting, wellFormed } from "./cut.js";
import { isFieldName } from "./field-names.js";
import { CUT } from "./masking/marks.js";
import type { Redactor } from "./masking/redactor.js";
import type { FieldKind } from "./masking/secret-values.js";

/** The name of a member, ready to be written. */
export interface JsonName {
  /** `"name":` */
  readonly json: string;
  readonly bytes: number;
  /** Which kind of value is masked under it. */
  readonly kind: FieldKind | undefined;
}

const MOST_KEPT = 1000;
const LONGEST = 256;
/** The names that a redactor has judged, kept because objects come in kinds: the same names again and again. */
export class JsonNames {
  readonly #kept = new Map<string, JsonName>();

  constructor(readonly redactor: Redactor) {}

  /** The name as it is written; `undefined` where the redactor leaves it out, and its value with it. */
  of(key: string): JsonName | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const name = this.#judge(key);
    if (name === undefined || !isFieldName(key)) return name;
    // Keys that are made up anew each time shall not pile up.
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(detached(key), name);
    return name;
  }

  #judge(key: string): JsonName | undefined {
    const text =
      this.redactor.name === undefined ? this.redactor.text(key, undefined, LONGEST) : this.redactor.name(key, LONGEST);
    if (text === undefined) return undefined;
    const json = `${JSON.stringify(wellFormed(key.length > LONGEST ? text.slice(0, fitting(text, LONGEST)) + CUT : text))}:`;
    return { json, bytes: byteLength(json), kind: this.redactor.fieldKind(key) };
  }
}
