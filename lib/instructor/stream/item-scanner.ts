const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Why a list was not read to its end: no text, cut off, not the JSON it should be, JSON without such a list. */
export type ScanProblem = "empty" | "truncated" | "junk" | "no_items";

enum Expect {
  Root,
  /** A key or the end of the root. */
  Key,
  /** The rest of a key. */
  KeyEnd,
  Colon,
  Value,
  /** The rest of a value that is no list of items. */
  ValueEnd,
  /** What follows a value of the root. */
  AfterValue,
  /** An item, or the end of the list where none has come yet. */
  FirstItem,
  Item,
  /** The rest of an item. */
  ItemEnd,
  AfterItem,
  /** Nothing but white space. */
  Nothing,
}

/**
 * Finds the items of the list in `{"items": […]}`, or of a bare `[…]`, while its text arrives in pieces cut anywhere.
 * Time is linear in the text's length, memory in the longest item's.
 */
export class ItemScanner {
  private expect = Expect.Root;
  private isJunk = false;
  private hasList = false;
  private isBare = false;
  /** The key whose value is next, as it is spelled. */
  private key = "";
  private item = "";
  private isWithinValue = false;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  /** @param property The property of the root that holds the list. */
  constructor(private readonly property = "items") {}

  /** Whether the JSON has ended where it should, and there was a list in it. */
  get isComplete(): boolean {
    return this.end() === undefined;
  }

  /**
   * Takes the next piece of the text.
   *
   * @returns The JSON text of each item that this piece completes. Within an item only strings and brackets are
   *   followed: whether it is JSON, `JSON.parse` says.
   */
  push(text: string): string[] {
    const items: string[] = [];
    let index = 0;
    while (index < text.length && !this.isJunk) {
      if (this.expect === Expect.ItemEnd) {
        const end = this.skipValue(text, index);
        this.item += text.slice(index, end);
        index = end;
        if (!this.isWithinValue) {
          items.push(this.item);
          this.item = "";
          this.expect = Expect.AfterItem;
        }
      } else if (this.expect === Expect.ValueEnd) {
        index = this.skipValue(text, index);
        if (!this.isWithinValue) this.expect = Expect.AfterValue;
      } else if (this.expect === Expect.KeyEnd) {
        index = this.takeKey(text, index);
      } else {
        const code = text.charCodeAt(index);
        // What begins a value or an item is taken with the rest of it.
        if (isSpace(code) || this.step(code)) index++;
      }
    }
    return items;
  }

  /** Says, when no more text comes, why the list is not whole; `undefined` where it is. */
  end(): ScanProblem | undefined {
    if (this.isJunk) return "junk";
    if (this.expect === Expect.Root) return "empty";
    if (this.expect !== Expect.Nothing) return "truncated";
    return this.hasList ? undefined : "no_items";
  }

  /** Takes a character between keys, values and items; `false` where it is the first of a value. */
  private step(code: number): boolean {
    switch (this.expect) {
      case Expect.Root:
        if (code === OPEN_BRACE) this.expect = Expect.Key;
        else if (code === OPEN_BRACKET) this.enterList(true);
        else this.isJunk = true;
        return true;
      case Expect.Key:
        if (code === QUOTE) this.enterKey();
        else if (code === CLOSE_BRACE) this.expect = Expect.Nothing;
        else this.isJunk = true;
        return true;
      case Expect.Colon:
        if (code === COLON) this.expect = Expect.Value;
        else this.isJunk = true;
        return true;
      case Expect.Value:
        if (code === OPEN_BRACKET && !this.hasList && this.isKeyOfList) {
          this.enterList(false);
          return true;
        }
        return this.enterValue(Expect.ValueEnd, code);
      case Expect.AfterValue:
        if (code === COMMA) this.expect = Expect.Key;
        else if (code === CLOSE_BRACE) this.expect = Expect.Nothing;
        else this.isJunk = true;
        return true;
      case Expect.FirstItem:
        if (code === CLOSE_BRACKET) {
          this.leaveList();
          return true;
        }
        return this.enterValue(Expect.ItemEnd, code);
      case Expect.Item:
        return this.enterValue(Expect.ItemEnd, code);
      case Expect.AfterItem:
        if (code === COMMA) this.expect = Expect.Item;
        else if (code === CLOSE_BRACKET) this.leaveList();
        else this.isJunk = true;
        return true;
      default:
        this.isJunk = true;
        return true;
    }
  }

  private enterList(isBare: boolean): void {
    this.isBare = isBare;
    this.hasList = true;
    this.expect = Expect.FirstItem;
  }

  private leaveList(): void {
    this.expect = this.isBare ? Expect.Nothing : Expect.AfterValue;
  }

  private enterKey(): void {
    this.key = "";
    this.isInString = true;
    this.expect = Expect.KeyEnd;
  }

  private takeKey(text: string, from: number): number {
    const end = this.endOfString(text, from);
    if (end === undefined) {
      this.key += text.slice(from);
      return text.length;
    }
    this.key += text.slice(from, end - 1);
    this.isInString = false;
    this.expect = Expect.Colon;
    return end;
  }

  private get isKeyOfList(): boolean {
    if (!this.key.includes("\\")) return this.key === this.property;
    try {
      return JSON.parse(`"${this.key}"`) === this.property;
    } catch {
      return false;
    }
  }

  private enterValue(expect: Expect.ItemEnd | Expect.ValueEnd, code: number): boolean {
    if (code === COMMA || code === COLON || code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      this.isJunk = true;
      return true;
    }
    this.expect = expect;
    this.isWithinValue = true;
    return false;
  }

  /** Skips to the end of a value, or of the text; returns the index behind it. */
  private skipValue(text: string, from: number): number {
    let index = from;
    while (index < text.length) {
      if (this.isInString) {
        const end = this.endOfString(text, index);
        if (end === undefined) return text.length;
        this.isInString = false;
        if (this.depth === 0) return this.leaveValue(end);
        index = end;
        continue;
      }
      const code = text.charCodeAt(index);
      if (code === QUOTE) {
        this.isInString = true;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.depth++;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        // Behind a number or a word, the bracket is that of what is around it.
        if (this.depth === 0) return this.leaveValue(index);
        if (--this.depth === 0) return this.leaveValue(index + 1);
      } else if (this.depth === 0 && (code === COMMA || isSpace(code))) {
        return this.leaveValue(index);
      }
      index++;
    }
    return index;
  }

  private leaveValue(index: number): number {
    this.isWithinValue = false;
    return index;
  }

  /** The index behind the end of a string; `undefined` where the text ends first. */
  private endOfString(text: string, from: number): number | undefined {
    for (let index = from; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.isEscaped) {
        this.isEscaped = false;
      } else if (code === BACKSLASH) {
        this.isEscaped = true;
      } else if (code === QUOTE) {
        return index + 1;
      }
    }
    return undefined;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
