const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** No value: `undefined` would do, were it not for clarity. */
const NOTHING = Symbol("nothing");

/** An array or an object that has begun and not ended. */
interface Open {
  /** What of it is whole. Nobody else gets it before it is whole itself. */
  readonly container: unknown[] | Record<string, unknown>;
  readonly isArray: boolean;
  /** Where the value that is on its way will stand. */
  key: string | number;
}

enum Expect {
  Value,
  /** A value, or the end of an array where none has come yet. */
  FirstValue,
  /** A key, or the end of an object where none has come yet. */
  FirstKey,
  Key,
  Colon,
  CommaOrEnd,
  /** The rest of a string: of a value, of a key. */
  String,
  /** The rest of a number or a word. */
  Scalar,
  Nothing,
}

/**
 * Builds a value from JSON text that arrives in pieces cut anywhere: objects, arrays and strings appear as soon as they
 * begin and grow, numbers and words appear when they are whole. Nothing is parsed twice, and a value that was handed
 * out never changes: what is whole is shared between one value and the next, what still grows is copied.
 *
 * It takes what models write: line breaks within strings are no fault, and what follows the value is not looked at.
 */
export class PartialParser {
  private expect = Expect.Value;
  private readonly open: Open[] = [];
  /** The whole value, once it is whole. */
  private root: unknown = NOTHING;
  private hasFault = false;
  /** The string or scalar on its way. */
  private text = "";
  /** The first half of a character whose second half has not come; nobody should see it alone. */
  private half = "";
  private isKey = false;
  /** What of an escape has come: the backslash, `u` and its digits. */
  private escape = "";
  /** How often the value has changed, and what it was at which change. */
  private revision = 0;
  private snapshotRevision = 0;
  private snapshot: unknown;

  /** Whether the value is whole. */
  get isComplete(): boolean {
    return this.root !== NOTHING;
  }

  /** Whether the text is no JSON; the value is then what it was before the fault. */
  get hasFailed(): boolean {
    return this.hasFault;
  }

  /** The value so far; `undefined` before it begins. The same object until something is added. */
  get value(): unknown {
    if (this.snapshotRevision !== this.revision) {
      this.snapshot = this.takeSnapshot();
      this.snapshotRevision = this.revision;
    }
    return this.snapshot;
  }

  /**
   * Takes the next piece of the text.
   *
   * @returns Whether it changed the value.
   */
  push(text: string): boolean {
    const { revision } = this;
    let index = 0;
    while (index < text.length && this.expect !== Expect.Nothing && !this.hasFault) {
      if (this.expect === Expect.String) index = this.takeString(text, index);
      else if (this.expect === Expect.Scalar) index = this.takeScalar(text, index);
      else if (isSpace(text.charCodeAt(index)) || this.step(text.charCodeAt(index))) index++;
    }
    return this.revision !== revision;
  }

  /**
   * Says that no more text comes, which alone tells that a bare number is whole.
   *
   * @returns Whether the value is whole.
   */
  end(): boolean {
    if (this.expect === Expect.Scalar) this.finishScalar();
    return this.isComplete;
  }

  /** Takes a character between values; `false` where it is the first of a number or a word. */
  private step(code: number): boolean {
    switch (this.expect) {
      case Expect.FirstValue:
        if (code === CLOSE_BRACKET) return this.close();
        return this.begin(code);
      case Expect.Value:
        return this.begin(code);
      case Expect.FirstKey:
      case Expect.Key:
        if (code === QUOTE) return this.beginString(true);
        if (code === CLOSE_BRACE && this.expect === Expect.FirstKey) return this.close();
        return this.fail();
      case Expect.Colon:
        if (code !== COLON) return this.fail();
        this.expect = Expect.Value;
        return true;
      default:
        return this.stepAfterValue(code);
    }
  }

  private stepAfterValue(code: number): boolean {
    const isArray = this.open.at(-1)?.isArray;
    if (code === COMMA) this.expect = isArray === true ? Expect.Value : Expect.Key;
    else if (code === (isArray === true ? CLOSE_BRACKET : CLOSE_BRACE)) this.close();
    else this.fail();
    return true;
  }

  private begin(code: number): boolean {
    if (code === QUOTE) return this.beginString(false);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      const isArray = code === OPEN_BRACKET;
      this.open.push({ container: isArray ? [] : {}, isArray, key: 0 });
      this.expect = isArray ? Expect.FirstValue : Expect.FirstKey;
      return this.changed();
    }
    // Whatever it is: a comma or a bracket leaves it empty, and that is no JSON.
    this.text = "";
    this.expect = Expect.Scalar;
    return false;
  }

  private beginString(isKey: boolean): boolean {
    this.text = "";
    this.isKey = isKey;
    this.expect = Expect.String;
    if (!isKey) this.changed();
    return true;
  }

  private takeString(text: string, from: number): number {
    let index = from;
    if (this.escape !== "") {
      this.takeEscape(text.charAt(index));
      return index + 1;
    }
    while (index < text.length) {
      const code = text.charCodeAt(index);
      if (code === QUOTE || code === BACKSLASH) break;
      index++;
    }
    if (index > from) {
      this.append(text.slice(from, index));
    }
    if (index === text.length) return index;
    if (text.charCodeAt(index) === BACKSLASH) this.escape = "\\";
    else this.finishString();
    return index + 1;
  }

  private takeEscape(char: string): void {
    this.escape += char;
    let unit: string | undefined;
    if (this.escape.length === 2) {
      if (char === "u") return;
      unit = ESCAPES[char];
      if (unit === undefined) {
        this.fail();
        return;
      }
    } else {
      if (!/[0-9a-fA-F]/.test(char)) {
        this.fail();
        return;
      }
      if (this.escape.length < 6) return;
      unit = String.fromCharCode(Number.parseInt(this.escape.slice(2), 16));
    }
    this.escape = "";
    this.append(unit);
  }

  private append(text: string): void {
    const grown = this.half + text;
    const last = grown.charCodeAt(grown.length - 1);
    this.half = last >= 0xd800 && last <= 0xdbff ? grown.slice(-1) : "";
    this.text += this.half === "" ? grown : grown.slice(0, -1);
    if (!this.isKey) this.changed();
  }

  private finishString(): void {
    const text = this.text + this.half;
    this.text = this.half = "";
    if (!this.isKey) {
      this.add(text);
      return;
    }
    const object = this.open.at(-1);
    if (object !== undefined) object.key = text;
    this.expect = Expect.Colon;
  }

  private takeScalar(text: string, from: number): number {
    let index = from;
    while (index < text.length && !endsScalar(text.charCodeAt(index))) index++;
    this.text += text.slice(from, index);
    if (index < text.length) this.finishScalar();
    return index;
  }

  private finishScalar(): void {
    let value: unknown;
    try {
      value = JSON.parse(this.text);
    } catch {
      this.fail();
      return;
    }
    this.text = "";
    this.add(value);
  }

  /** The innermost array or object has ended. */
  private close(): boolean {
    const closed = this.open.pop();
    this.add(closed?.container);
    return true;
  }

  /** A value is whole. */
  private add(value: unknown): void {
    const around = this.open.at(-1);
    if (around === undefined) {
      this.root = value;
      this.expect = Expect.Nothing;
    } else {
      put(around.container, around.key, value);
      if (around.isArray) around.key = (around.key as number) + 1;
      this.expect = Expect.CommaOrEnd;
    }
    this.changed();
  }

  private changed(): true {
    this.revision++;
    return true;
  }

  private fail(): true {
    this.hasFault = true;
    return true;
  }

  private takeSnapshot(): unknown {
    if (this.root !== NOTHING) return this.root;
    let value: unknown = this.expect === Expect.String && !this.isKey ? this.text : undefined;
    for (let index = this.open.length - 1; index >= 0; index--) {
      const { container, key } = this.open[index] as Open;
      const copy = Array.isArray(container) ? container.slice() : { ...container };
      if (value !== undefined) put(copy, key, value);
      value = copy;
    }
    return value;
  }
}

function put(container: unknown[] | Record<string, unknown>, key: string | number, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    (container as Record<string | number, unknown>)[key] = value;
  }
}

function endsScalar(code: number): boolean {
  return isSpace(code) || code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
