import { byteLength, detached, fitting, wellFormed, CUT_BYTES, cutString, flat } from "./cut.js";
import { isFieldName } from "./masking/field-names.js";
import { CUT, LEAST_BYTES, MOST_DEPTH, CIRCULAR, MASK, UNREADABLE } from "./bounds.js";
import type { Redactor } from "./masking/redactor.js";
import type { Check } from "./masking/secret-values.js";
import type { CaptureBounds } from "./bounds.js";
import { UNREAD, formOf, functionNote, noteOn, read, toldBy } from "./object-parts.js";
import { isSecret } from "./masking/secret-values.js";
import type { Mode, Place } from "./secret-places.js";
import { DATA, DOUBTFUL_DATA, HIDDEN, Neighbours, SECRET_DATA, modeUnder, pairIn } from "./secret-places.js";

/** The name of a member, ready to be written. */
export interface JsonName {
  /** `"name":` */
  readonly json: string;
  readonly bytes: number;
  /** Which kind of value is masked under it. */
  readonly kind: Check | undefined;
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

const CUT_ITEM = `"${CUT}"`;
const CUT_MEMBER = `"...":${CUT_ITEM}`;
const CUT_ITEM_BYTES = CUT_BYTES + 2;
const MASKED = `"${MASK}"`;
/** What a container keeps free for its mark, the longer of the two. */
const RESERVED = byteLength(`,${CUT_MEMBER}`);
const BRACKETS = 2;
/** Most texts are shorter than this, and stand in JSON as they are: that is quicker to see than `JSON.stringify`. */
const SHORT = 128;

/**
 * Writes a value as JSON, reading each part of it once, and only as far as it is wanted. The text is valid JSON at every
 * bound: a container keeps room for its own end, and what no longer fits is replaced by a mark.
 */
export class JsonWriter {
  #text = "";
  /** Bytes that may still be written. Each write leaves room for a mark. */
  #left: number;
  /** Whether the bound on bytes was met: nothing follows but marks and brackets. */
  #isFull = false;
  readonly #maxItems: number;
  readonly #maxDepth: number;
  readonly #redactor: Redactor;
  readonly #names: JsonNames;
  /** The objects that are being written, outermost first. */
  readonly #around: object[] = [];
  #depth = 0;

  /** @param names judged by the redactor, or by the one that it remembers for */
  constructor(redactor: Redactor, names: JsonNames, bounds: CaptureBounds) {
    this.#redactor = redactor;
    this.#names = names;
    this.#left = Math.max(bounds.maxBytes, LEAST_BYTES);
    this.#maxItems = bounds.maxItems;
    this.#maxDepth = Math.min(bounds.maxDepth, MOST_DEPTH);
  }

  /** The value as JSON; `undefined` where the redactor leaves it out. */
  json(value: unknown, mode: Mode): string | undefined {
    if (this.write(value, undefined, mode)) return flat(this.#text);
    return typeof value === "string" || typeof value === "number" ? undefined : "null";
  }

  /**
   * Writes one value.
   *
   * @param key The nearest key around it.
   * @returns False, and nothing is written, where JSON has nothing for the value or the redactor leaves it out.
   */
  write(value: unknown, key: string | undefined, mode: Mode): boolean {
    switch (typeof value) {
      case "string":
        if (mode === SECRET_DATA || (mode === DOUBTFUL_DATA && isSecret("mixed", value))) return this.#ascii(MASKED);
        return this.#string(value, key);
      case "number":
        return mode === SECRET_DATA ? this.#ascii(MASKED) : this.#number(value, key);
      case "boolean":
        return this.#ascii(value ? "true" : "false");
      case "object":
        return value === null ? this.#ascii("null") : this.#object(value, key, mode);
      case "undefined":
        return false;
      case "bigint":
        return mode === SECRET_DATA ? this.#ascii(MASKED) : this.#string(String(value), key);
      case "symbol":
        return value === UNREAD ? this.#ascii(`"${UNREADABLE}"`) : this.#string(String(value), key);
      default:
        return this.#string(functionNote(value as object), key);
    }
  }

  #ascii(json: string): boolean {
    if (json.length > this.#left) return this.#cut();
    this.#text += json;
    this.#left -= json.length;
    return true;
  }

  #cut(): boolean {
    this.#isFull = true;
    return this.#mark();
  }

  #mark(): boolean {
    this.#text += CUT_ITEM;
    this.#left -= CUT_ITEM_BYTES;
    return true;
  }

  #number(value: number, key: string | undefined): boolean {
    // JSON has no NaN and no infinity, and `null` would say that there was nothing.
    if (!Number.isFinite(value)) return this.#ascii(`"${value}"`);
    const digits = String(value);
    if (this.#redactor.seesNumbers) {
      const told = this.#redactor.text(digits, key);
      if (told === undefined) return false;
      if (told !== digits) return this.#quoted(told, false);
    }
    return this.#ascii(digits);
  }

  #string(value: string, key: string | undefined): boolean {
    const limit = this.#left;
    const masked = this.#redactor.text(value, key, limit);
    return masked !== undefined && this.#quoted(masked, value.length > limit);
  }

  /** @param isCut Whether the text went on. */
  #quoted(masked: string, isCut: boolean): boolean {
    if (!isCut && masked.length <= SHORT && masked.length + 2 <= this.#left && isPlain(masked)) {
      return this.#ascii(`"${masked}"`);
    }
    const json = JSON.stringify(wellFormed(masked));
    const bytes = byteLength(json);
    if (!isCut && bytes <= this.#left) {
      this.#text += json;
      this.#left -= bytes;
      return true;
    }
    this.#isFull = true;
    this.#text += `"${cutString(json.slice(1, -1), this.#left - CUT_ITEM_BYTES)}${CUT}"`;
    return true;
  }

  #object(value: object, key: string | undefined, mode: Mode): boolean {
    const around = this.#around;
    if (around.includes(value)) return this.#ascii(`"${CIRCULAR}"`);
    const text = this.#text;
    const left = this.#left;
    const depth = this.#depth;
    const { length } = around;
    around.push(value);
    let isWritten: boolean;
    try {
      isWritten = this.#told(value, key, mode);
    } catch {
      // A Proxy that was revoked, a trap that throws, the end of the stack.
      this.#text = text;
      this.#left = left;
      this.#depth = depth;
      isWritten = this.#ascii(`"${UNREADABLE}"`);
    }
    // One or two objects: setting the length of an array is dearer.
    while (around.length > length) around.pop();
    return isWritten;
  }

  /** The value, or what its `toJSON` makes of it. */
  #told(value: object, key: string | undefined, mode: Mode): boolean {
    // Before `toJSON`: a Buffer's makes an array of numbers of it, and of such a date it makes null.
    const note = noteOn(value);
    if (note !== undefined) return this.#string(note, key);
    const told = toldBy(value, key);
    if (typeof told !== "object" || told === null) return this.write(told, key, mode);
    if (told === value) return this.#container(value, key, mode);
    if (this.#around.includes(told)) return this.#ascii(`"${CIRCULAR}"`);
    this.#around.push(told);
    const noteOnTold = noteOn(told);
    return noteOnTold === undefined ? this.#container(told, key, mode) : this.#string(noteOnTold, key);
  }

  #container(value: object, key: string | undefined, mode: Mode): boolean {
    if (this.#left < RESERVED + BRACKETS) return this.#cut();
    if (this.#depth >= this.#maxDepth) return this.#mark();
    this.#depth++;
    const isWritten = this.#parts(value, key, mode);
    this.#depth--;
    return isWritten;
  }

  #parts(value: object, key: string | undefined, mode: Mode): boolean {
    const form = formOf(value, this.#maxItems);
    if (form === undefined) return this.#properties(value, key, mode);
    if ("value" in form) return this.write(form.value, key, mode);
    if ("items" in form) return this.#list(form.items, form.total, key, mode);
    const { members } = form;
    const names = members.map(([name]) => name);
    return this.#members(names, form.total, (name, at) => this.#member(name, members[at]?.[1], { mode }));
  }

  /** @param total how many there are, of which no more than the bound are read */
  #list(items: object, total: number, key: string | undefined, mode: Mode): boolean {
    this.#text += "[";
    this.#left -= BRACKETS + RESERVED;
    const length = Math.min(total, this.#maxItems);
    let isCut = total > length;
    let at = 0;
    const neighbours = mode === DATA || mode === DOUBTFUL_DATA ? new Neighbours(this.#redactor) : undefined;
    for (; at < length; at++) {
      if (this.#isFull || this.#left < 1 + CUT_ITEM_BYTES) {
        this.#isFull = true;
        isCut = true;
        break;
      }
      if (at > 0) this.#comma();
      const item = read(items, at);
      if (typeof item !== "string") neighbours?.forget();
      const shown = typeof item === "string" ? (neighbours?.itemAs(item) ?? item) : item;
      if (!this.write(shown, key, mode)) this.#ascii("null");
    }
    this.#close(isCut, at === 0, CUT_ITEM, "]");
    return true;
  }

  #properties(value: object, around: string | undefined, mode: Mode): boolean {
    const names = Object.keys(value);
    const pair = mode === DATA || mode === DOUBTFUL_DATA ? pairIn(names, value, this.#redactor) : undefined;
    const place = { mode, isHeader: around !== undefined && HEADERS.test(around) };
    return this.#members(names, names.length, (name) => {
      const member = name === pair?.key ? pair.name : read(value, name);
      return this.#member(name, member, pair === undefined ? place : { ...place, kind: pair.kindOf(name) });
    });
  }

  /** @param write whether it has written the member; `undefined` where there was no room */
  #members(names: readonly string[], total: number, write: (name: string, at: number) => boolean | undefined): boolean {
    this.#text += "{";
    this.#left -= BRACKETS + RESERVED;
    const begin = this.#text.length;
    const most = Math.min(names.length, this.#maxItems);
    let at = 0;
    for (; at < most && !this.#isFull; at++) {
      const { length } = this.#text;
      const left = this.#left;
      if (length > begin) this.#comma();
      const isWritten = write(names[at] ?? "", at);
      if (isWritten === true) continue;
      this.#text = this.#text.slice(0, length);
      this.#left = left;
      if (isWritten === undefined) break;
    }
    this.#close(at < total, this.#text.length === begin, CUT_MEMBER, "}");
    return true;
  }

  #comma(): void {
    this.#text += ",";
    this.#left--;
  }

  /** Ends a container; what it did not need of its reserve is free again. */
  #close(isCut: boolean, isEmpty: boolean, mark: string, bracket: string): void {
    this.#left += RESERVED;
    if (isCut) {
      this.#text += isEmpty ? mark : `,${mark}`;
      this.#left -= RESERVED;
    }
    this.#text += bracket;
  }

  #member(key: string, value: unknown, place: Place): boolean | undefined {
    const name = value === undefined ? undefined : this.#names.of(key);
    if (name === undefined) return false;
    if (this.#left < name.bytes + CUT_ITEM_BYTES) {
      this.#isFull = true;
      return undefined;
    }
    this.#text += name.json;
    this.#left -= name.bytes;
    const kind = place.kind ?? name.kind;
    const mode = kind === undefined && place.mode === DATA ? DATA : modeUnder(key, value, { ...place, kind });
    return mode === HIDDEN ? this.#ascii(MASKED) : this.write(value, key, mode);
  }
}

/** Whether a text stands in a JSON string as it is. */
function isPlain(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code > 126 || code < 32 || code === 34 || code === 92) return false;
  }
  return true;
}

const HEADERS = /(?:headers?|Headers?)$/;
