/** An array or an object that has begun and not ended. */
interface Open {
  container: unknown[] | Record<string, unknown>;
  /** Where in it the next value goes. */
  key: string | number;
  /** Whether it is the list whose elements are handed out one by one. */
  readonly isList: boolean;
}

enum Expect {
  Value,
  /** A value, or the end of an array that is still empty. */
  FirstValue,
  Key,
  /** A key, or the end of an object that is still empty. */
  FirstKey,
  Colon,
  CommaOrEnd,
  /** The rest of a string. */
  String,
  /** The rest of a number, `true`, `false` or `null`. */
  Scalar,
  Nothing,
}

/**
 * Builds a value from JSON text that arrives in pieces cut anywhere. Objects, arrays and strings appear as soon as they
 * begin, and grow; numbers, booleans and `null` appear once they are complete. Nothing is parsed twice.
 *
 * What `value` has returned never changes. Of the arrays and objects in it, those that have changed since are new
 * objects in the next value, and the others are the same objects.
 *
 * Line breaks within strings are accepted, because models write them. Text after the value is not looked at.
 */
export class PartialParser {
  isComplete = false;
  /** Whether the text is not JSON; the value is then what came before the error. */
  hasFailed = false;
  /** Whether anything but white space followed the complete value. */
  hasTrailingText = false;
  /** Whether the list that is read element by element has begun. */
  hasList = false;
  #expect = Expect.Value;
  readonly #open: Open[] = [];
  #root: unknown;
  /** Whether the open containers are part of a value that was returned, and have to be copied before they change. */
  #isShared = false;
  #revision = 0;
  /** The string or scalar that is being read. */
  #text = "";
  #isKey = false;
  /** The first half of a surrogate pair whose second half has not arrived. */
  #half = "";
  /** The part of an escape that has arrived: the backslash, `u` and its digits. */
  #escape = "";
  readonly #listKey: string | undefined;
  #items: unknown[] = [];

  /**
   * @param listKey the property of the root whose list is read element by element; a root that is an array is such a
   *   list itself. Its elements are returned by `takeItems` and not kept.
   */
  constructor(listKey?: string) {
    this.#listKey = listKey;
  }

  /** The value so far; `undefined` before it begins. */
  get value(): unknown {
    this.#isShared = true;
    return this.#root;
  }

  /** The elements of the list that were completed since the last call. */
  takeItems(): unknown[] {
    const items = this.#items;
    if (items.length > 0) this.#items = [];
    return items;
  }

  /**
   * Takes the next piece of the text.
   *
   * @returns whether it changed the value or completed it
   */
  push(text: string): boolean {
    const revision = this.#revision;
    let index = 0;
    while (index < text.length && !this.hasFailed) {
      const char = text.charAt(index);
      if (this.#expect === Expect.String) index = this.#takeString(text, index);
      else if (this.#expect === Expect.Scalar) index = this.#takeScalar(text, index);
      else if (isSpace(char) || this.#step(char)) index++;
    }
    if (this.#expect === Expect.String && !this.#isKey) this.#put(this.#text);
    return this.#revision !== revision;
  }

  /** Takes a character between values; `false` where it is the first of a scalar. */
  #step(char: string): boolean {
    switch (this.#expect) {
      case Expect.Value:
        return this.#begin(char);
      case Expect.FirstValue:
        if (char !== "]") return this.#begin(char);
        this.#close();
        break;
      case Expect.Key:
      case Expect.FirstKey:
        if (char === '"') this.#beginString(true);
        else if (char === "}" && this.#expect === Expect.FirstKey) this.#close();
        else this.hasFailed = true;
        break;
      case Expect.Colon:
        if (char === ":") this.#expect = Expect.Value;
        else this.hasFailed = true;
        break;
      case Expect.CommaOrEnd:
        this.#separate(char);
        break;
      default:
        this.hasTrailingText = true;
    }
    return true;
  }

  #begin(char: string): boolean {
    if (char === '"') {
      this.#beginString(false);
    } else if (char === "{" || char === "[") {
      this.#beginContainer(char === "[");
    } else {
      // A comma or a bracket here leaves the scalar empty, which is not JSON.
      this.#text = "";
      this.#expect = Expect.Scalar;
      return false;
    }
    return true;
  }

  #beginContainer(isArray: boolean): void {
    const isList = isArray && this.#isListNext();
    this.hasList ||= isList;
    const container = isArray ? [] : {};
    this.#put(container);
    this.#open.push({ container, key: isArray ? 0 : "", isList });
    this.#expect = isArray ? Expect.FirstValue : Expect.FirstKey;
  }

  #isListNext(): boolean {
    if (this.#listKey === undefined || this.hasList || this.#open.length > 1) return false;
    const root = this.#open[0];
    return root === undefined || root.key === this.#listKey;
  }

  #separate(char: string): void {
    const isArray = typeof this.#open.at(-1)?.key === "number";
    if (char === ",") this.#expect = isArray ? Expect.Value : Expect.Key;
    else if (char === (isArray ? "]" : "}")) this.#close();
    else this.hasFailed = true;
  }

  #close(): void {
    this.#open.pop();
    this.#endValue();
  }

  #beginString(isKey: boolean): void {
    this.#text = "";
    this.#isKey = isKey;
    this.#expect = Expect.String;
  }

  #takeString(text: string, from: number): number {
    if (this.#escape !== "") {
      this.#takeEscape(text.charAt(from));
      return from + 1;
    }
    let index = from;
    while (index < text.length && text[index] !== '"' && text[index] !== "\\") index++;
    if (index > from) this.#append(text.slice(from, index));
    if (index === text.length) return index;
    if (text[index] === "\\") this.#escape = "\\";
    else this.#endString();
    return index + 1;
  }

  #takeEscape(char: string): void {
    this.#escape += char;
    if (this.#escape.length < (this.#escape[1] === "u" ? 6 : 2)) return;
    const unit = parse(`"${this.#escape}"`);
    this.#escape = "";
    if (typeof unit === "string") this.#append(unit);
    else this.hasFailed = true;
  }

  #append(text: string): void {
    const grown = this.#half + text;
    const last = grown.charCodeAt(grown.length - 1);
    this.#half = last >= 0xd800 && last <= 0xdbff ? grown.slice(-1) : "";
    this.#text += this.#half === "" ? grown : grown.slice(0, -1);
  }

  #endString(): void {
    const text = this.#text + this.#half;
    this.#half = "";
    const parent = this.#open.at(-1);
    if (this.#isKey && parent !== undefined) {
      parent.key = text;
      this.#expect = Expect.Colon;
    } else {
      this.#put(text);
      this.#endValue();
    }
  }

  #takeScalar(text: string, from: number): number {
    let index = from;
    while (index < text.length && !endsScalar(text.charAt(index))) index++;
    this.#text += text.slice(from, index);
    if (index < text.length) this.#endScalar();
    return index;
  }

  #endScalar(): void {
    const value = parse(this.#text);
    if (value === undefined) {
      this.hasFailed = true;
    } else {
      this.#put(value);
      this.#endValue();
    }
  }

  #endValue(): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.isComplete = true;
      this.#revision++;
      this.#expect = Expect.Nothing;
    } else {
      // A list is an array.
      if (parent.isList) this.#items.push((parent.container as unknown[]).pop());
      else if (typeof parent.key === "number") parent.key++;
      this.#expect = Expect.CommaOrEnd;
    }
  }

  /** Puts the value that is being read, or what there is of it, in its place. */
  #put(value: unknown): void {
    const parent = this.#open.at(-1);
    if (parent === undefined ? this.#root === value : get(parent) === value) return;
    if (this.#isShared) this.#copyOpen();
    this.#revision++;
    if (parent === undefined) this.#root = value;
    else set(parent, value);
  }

  #copyOpen(): void {
    this.#isShared = false;
    let parent: Open | undefined;
    for (const one of this.#open) {
      one.container = Array.isArray(one.container) ? one.container.slice() : { ...one.container };
      if (parent === undefined) this.#root = one.container;
      else set(parent, one.container);
      parent = one;
    }
  }
}

function get({ container, key }: Open): unknown {
  // The key of an array is a number.
  return (container as Record<string | number, unknown>)[key];
}

function set({ container, key }: Open, value: unknown): void {
  // An assignment to this name would set the prototype.
  if (key === "__proto__") {
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    (container as Record<string | number, unknown>)[key] = value;
  }
}

/** The value of a complete JSON text; `undefined` where it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function endsScalar(char: string): boolean {
  return isSpace(char) || char === "," || char === "]" || char === "}";
}

function isSpace(char: string): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}
