import type { TextRule } from "./rule.js";

/** What is looked for where the three characters of an entry stand: rules, and the names of fields. */
export interface IndexEntry {
  readonly keywords: { readonly keyword: string; readonly ignoresCase: boolean; readonly rules: TextRule[] }[];
  hasName: boolean;
}

/** So much of a text is copied to be gone through at once. */
const CHUNK = 32_768;
/** Up to here reading the characters is quicker than copying them. */
const SHORT = 64;
const scratch = Buffer.alloc(CHUNK);

/** Parts of which every name of a field that is looked for in texts has one. */
const NAME_PARTS = ["pas", "pwd", "key", "tok", "sec", "aut", "coo", "cre", "jwt", "csr", "xsr", "ses", "sid", "otp"];
/** What follows a name that is too short to be looked for alone. */
const AFTER_NAME = [":", "=", '"', "'", " ", "\\", "]"];

/**
 * All keywords in one: finds the places of a text where one may begin, by its first three characters. Of each character
 * five bits are looked at first, as one number rolls along; most of a text is told by that.
 */
export class KeywordIndex {
  readonly #rolling = new Uint8Array(1 << 15);
  readonly #entries = new Map<number, IndexEntry>();

  constructor(rules: readonly TextRule[], names: readonly string[]) {
    for (const rule of rules) {
      for (const keyword of rule.keywords) this.#add(keyword, rule.pattern.ignoreCase, rule);
    }
    for (const part of NAME_PARTS) this.#add(part, true, undefined);
    for (const name of names) for (const part of partsOf(name)) this.#add(part, true, undefined);
  }

  #add(keyword: string, ignoresCase: boolean, rule: TextRule | undefined): void {
    for (const part of ignoresCase ? inEveryCase(keyword.slice(0, 3)) : [keyword.slice(0, 3)]) {
      const [first, second, third] = [part.charCodeAt(0), part.charCodeAt(1), part.charCodeAt(2)];
      const exact = exactly(first, second, third);
      const entry = this.#entries.get(exact) ?? { keywords: [], hasName: false };
      const known = entry.keywords.find((one) => one.keyword === keyword && one.ignoresCase === ignoresCase);
      if (rule === undefined) entry.hasName = true;
      else if (known === undefined) entry.keywords.push({ keyword, ignoresCase, rules: [rule] });
      else if (!known.rules.includes(rule)) known.rules.push(rule);
      this.#entries.set(exact, entry);
      this.#rolling[roll(roll(roll(0, first), second), third)] = 1;
    }
  }

  /** Calls `look` for each place before `stop` where a keyword may begin; it returns where to go on. */
  scan(text: string, stop: number, look: (at: number, entry: IndexEntry) => number): void {
    if (stop <= SHORT) {
      this.#scanShort(text, stop, look);
      return;
    }
    for (let from = 0; from + 2 < stop;) {
      const length = Math.min(CHUNK, stop - from);
      scratch.write(text.slice(from, from + length), 0, length, "latin1");
      const next = this.#scanChunk(from, length, look);
      from = from + length === stop ? stop : next;
    }
  }

  #scanChunk(base: number, length: number, look: (at: number, entry: IndexEntry) => number): number {
    const rolling = this.#rolling;
    let rolled = 0;
    let at = 0;
    for (; at < length; at++) {
      rolled = roll(rolled, scratch[at] ?? 0);
      if (rolling[rolled] === 0 || at < 2) continue;
      const entry = this.#entries.get(exactly(scratch[at - 2] ?? 0, scratch[at - 1] ?? 0, scratch[at] ?? 0));
      if (entry !== undefined) at = Math.max(at, look(base + at - 2, entry) - base - 1);
    }
    // Where it was told to go on, or two characters back: they may begin a keyword that ends in the next chunk.
    return at > length ? base + at : base + length - 2;
  }

  #scanShort(text: string, stop: number, look: (at: number, entry: IndexEntry) => number): void {
    let rolled = 0;
    for (let at = 0; at < stop; at++) {
      rolled = roll(rolled, text.charCodeAt(at));
      if (this.#rolling[rolled] === 0 || at < 2) continue;
      const entry = this.#entries.get(exactly(text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at)));
      if (entry !== undefined) at = Math.max(at, look(at - 2, entry) - 1);
    }
  }
}

/** Three characters as one number. Of one beyond Latin-1 the low byte counts: the rules tell what it is. */
function exactly(first: number, second: number, third: number): number {
  return ((first & 255) << 16) | ((second & 255) << 8) | (third & 255);
}

function roll(rolled: number, code: number): number {
  return ((rolled << 5) | (code & 31)) & 0x7fff;
}

function inEveryCase(text: string): string[] {
  let all = [""];
  for (const character of text) {
    const cases = new Set([character.toLowerCase(), character.toUpperCase()]);
    all = all.flatMap((begun) => [...cases].map((one) => begun + one));
  }
  return all;
}

/** The end of a name, with what may follow where that is short. */
function partsOf(name: string): string[] {
  const end = name.replace(/[\s\d_.-]/g, "").slice(-3) || name;
  let parts = [end];
  while ((parts[0]?.length ?? 3) < 3) parts = parts.flatMap((part) => AFTER_NAME.map((after) => part + after));
  return parts;
}
