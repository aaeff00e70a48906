import { filledText } from "../call/answer.js";

/** So much of the arguments is always kept, for their repetition to be known. */
const LEAST_KEPT = 4_096;

/** What a chunk says of a tool call. */
export interface ToolCallPart {
  readonly index?: number | null;
  readonly id?: unknown;
  readonly type?: unknown;
  /** The arguments are text, or from some providers the object itself. */
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
  readonly custom?: { readonly name?: unknown; readonly input?: unknown } | null;
}

/** A function or a custom tool that is called, its name and its arguments put together. */
export class StreamedCall {
  index: number | undefined;
  id: string | undefined;
  type: string | undefined;
  #isCustom = false;
  #name = "";
  readonly #arguments: GrowingText;

  constructor(
    /** Which of the answer's calls it is, in the order of their beginnings. */
    readonly place: number,
    mostKept: number,
  ) {
    this.#arguments = new GrowingText(Math.max(mostKept, LEAST_KEPT));
  }

  /** @returns what the part adds to the arguments */
  add({ id, type, function: called, custom }: ToolCallPart): string {
    this.id ??= filledText(id);
    this.type ??= filledText(type);
    if (custom) this.#isCustom = true;
    this.#addName(filledText(called?.name) ?? filledText(custom?.name));
    const text = textOf(called?.arguments ?? custom?.input);
    if (text === "" || this.#isWholeAgain(text)) return "";
    this.#arguments.add(text);
    return text;
  }

  /** Whether its arguments are a whole JSON text, so that nothing more belongs to it. */
  get isComplete(): boolean {
    const { text } = this.#arguments;
    if (!/[}\]]\s*$/.test(text)) return false;
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  toFunction(): { name: string; arguments: string } {
    return { name: this.#name, arguments: this.#arguments.text };
  }

  toToolCall(): object {
    const { name, arguments: text } = this.toFunction();
    return {
      type: this.type ?? (this.#isCustom ? "custom" : "function"),
      ...(this.#isCustom ? { custom: { name, input: text } } : { function: { name, arguments: text } }),
      ...(this.id !== undefined && { id: this.id }),
    };
  }

  /** A name comes in one piece, in pieces before the arguments, or again with each of their pieces. */
  #addName(part: string | undefined): void {
    if (part === undefined || part === this.#name) return;
    if (this.#name === "" || part.startsWith(this.#name)) this.#name = part;
    else if (this.#arguments.length === 0) this.#name += part;
  }

  /** Some providers repeat the whole arguments at the end. */
  #isWholeAgain(text: string): boolean {
    return text.length === this.#arguments.length && /^\s*[{[]/.test(text) && text.startsWith(this.#arguments.text);
  }
}

/** The tool calls of one choice: by their ids where they have any, else by their indexes. */
export class StreamedCalls {
  readonly #calls: StreamedCall[] = [];
  readonly #mostKept: number;

  constructor(mostKept: number) {
    this.#mostKept = mostKept;
  }

  /** @returns the call that the part belongs to, and what it adds to the arguments */
  add(part: ToolCallPart): { readonly call: StreamedCall; readonly text: string } {
    const call = this.#find(part) ?? this.#begin(part);
    return { call, text: call.add(part) };
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  toToolCalls(): object[] {
    const byIndex = (one: StreamedCall, other: StreamedCall): number =>
      (one.index ?? one.place) - (other.index ?? other.place) || one.place - other.place;
    return [...this.#calls].sort(byIndex).map((call) => call.toToolCall());
  }

  #find(part: ToolCallPart): StreamedCall | undefined {
    const id = filledText(part.id);
    const index = indexOf(part);
    // Of several with one index, the latest: some providers number each call 0.
    const atIndex = index === undefined ? undefined : this.#calls.findLast((call) => call.index === index);
    if (id !== undefined) {
      const known = this.#calls.find((call) => call.id === id);
      if (known !== undefined) return known;
      return atIndex?.id === undefined ? atIndex : undefined;
    }
    if (index !== undefined) return atIndex;
    const latest = this.#calls.at(-1);
    const isAnother = filledText(part.function?.name ?? part.custom?.name) !== undefined && latest?.isComplete === true;
    return isAnother ? undefined : latest;
  }

  #begin(part: ToolCallPart): StreamedCall {
    const call = new StreamedCall(this.#calls.length, this.#mostKept);
    call.index = indexOf(part);
    this.#calls.push(call);
    return call;
  }
}

function indexOf({ index }: ToolCallPart): number | undefined {
  return typeof index === "number" ? index : undefined;
}

/** Arguments as text; from some providers they come as an object. */
function textOf(given: unknown): string {
  if (typeof given === "string") return given;
  return typeof given === "object" && given !== null ? JSON.stringify(given) : "";
}

/** Pieces are put together in batches: a long chain of strings takes many times the memory of its characters. */
const BATCH = 512;

/** A text that arrives in pieces, of which no more than its beginning is kept. */
export class GrowingText {
  /** How long the whole is, kept or not. */
  length = 0;
  #pieces: string[] = [];
  readonly #mostKept: number;

  constructor(mostKept: number) {
    this.#mostKept = mostKept;
  }

  add(piece: string): void {
    if (this.length < this.#mostKept && this.#pieces.push(piece) >= BATCH) this.#pieces = [this.text];
    this.length += piece.length;
  }

  /** What is kept: the whole, or its beginning. */
  get text(): string {
    return this.#pieces.join("");
  }
}
