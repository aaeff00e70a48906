import { CUT } from "./marks.js";
import { byteLength, detached, fitting, wellFormed } from "../cut.js";
import { isFieldName } from "../field-names.js";
import type { Redactor } from "./redactor.js";

/** The name of a member, ready to be written. */
export interface JsonName {
  /** `"name":` */
  readonly json: string;
  readonly bytes: number;
  /** Whether the value is masked whatever it is. */
  readonly isSecret: boolean;
}

const MOST_KEPT = 1000;
const LONGEST = 256;
/** The names that a redactor has judged, kept because objects come in kinds: the same names again and again. */
export class JsonNames {
  /** 1 for each ASCII character that can stand in a JSON string as it is and that the redactor need not see. */
  readonly plain: Readonly<Uint8Array>;
  /** Whether the redactor is to be asked about texts without any trigger, and about numbers. */
  readonly asksAlways: boolean;
  readonly #kept = new Map<string, JsonName>();

  constructor(readonly redactor: Redactor) {
    this.asksAlways = redactor.triggers === undefined;
    this.plain = plainCharacters(redactor.triggers);
  }

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
    return { json, bytes: byteLength(json), isSecret: this.redactor.isSecretKey(key) };
  }
}

/** 1 for each ASCII character that can stand in a JSON string as it is. */
export const UNESCAPED = plainCharacters(new Uint8Array(128));

function plainCharacters(triggers: Readonly<Uint8Array> | undefined): Uint8Array {
  const plain = new Uint8Array(128);
  for (let code = 32; code < 128; code++) {
    if (code !== 34 && code !== 92 && triggers?.[code] === 0) plain[code] = 1;
  }
  return plain;
}
