import { ITEMS } from "../schema/facade.js";
import type { AnswerPiece } from "./accumulator.js";
import { PartialParser } from "./partial-parser.js";

const NOT_JSON = "it is not JSON";

/** What is wrong with a text that was parsed to its end, whatever it is of. */
function problemOf(parser: PartialParser): string | undefined {
  if (parser.hasFailed) return NOT_JSON;
  if (parser.value === undefined) return "it holds no JSON";
  return parser.isComplete ? undefined : "it ends too early";
}

/** The texts of a streamed answer, each parsed while it arrives: what its tools are called with, and its content. */
class AnswerParsers {
  readonly tools = new Map<number, PartialParser>();
  readonly content: PartialParser;
  readonly #text = new AnswerText();
  readonly #listKey: string | undefined;

  constructor(listKey?: string) {
    this.#listKey = listKey;
    this.content = new PartialParser(listKey);
  }

  /** @returns the parser that the piece is for, and whether it changed its value or completed it */
  push({ tool, text }: AnswerPiece): { readonly parser: PartialParser; readonly isChanged: boolean } {
    if (tool === undefined) return { parser: this.content, isChanged: this.content.push(this.#text.push(text)) };
    let parser = this.tools.get(tool);
    if (parser === undefined) this.tools.set(tool, (parser = new PartialParser(this.#listKey)));
    return { parser, isChanged: parser.push(text) };
  }
}

/** The object in a streamed answer: in the arguments of its first tool call, or in its content. */
export class PartialObject {
  readonly #parsers = new AnswerParsers();

  /** @returns whether the piece changed the object or completed it */
  push(piece: AnswerPiece): boolean {
    const { parser, isChanged } = this.#parsers.push(piece);
    return isChanged && parser === this.#parser;
  }

  /** The object so far; `undefined` before it begins, and for an answer that is not an object. */
  get value(): object | undefined {
    const { value } = this.#parser;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  }

  /** Why there is no complete object; `undefined` where there is one. */
  get problem(): string | undefined {
    return problemOf(this.#parser) ?? (this.value === undefined ? "it is something else" : undefined);
  }

  get #parser(): PartialParser {
    return this.#parsers.tools.get(0) ?? this.#parsers.content;
  }
}

/**
 * The items of the list in a streamed answer: in the arguments of its tool calls, or in its content. The list is
 * `{"items": […]}` or a bare array.
 */
export class ItemList {
  readonly #parsers = new AnswerParsers(ITEMS);

  /** @returns the items that the piece completes */
  push(piece: AnswerPiece): unknown[] {
    return this.#parsers.push(piece).parser.takeItems();
  }

  /** Whether the answer is not JSON. */
  get hasFailed(): boolean {
    return this.#lists.some((parser) => parser.hasFailed);
  }

  /** Why the list is not complete, once no more text comes; `undefined` where it is. */
  get problem(): string | undefined {
    for (const parser of this.#lists) {
      const problem = problemOf(parser);
      if (problem !== undefined) return problem;
      // Prose may follow a list in content; arguments hold nothing else.
      if (parser.hasTrailingText && parser !== this.#parsers.content) return NOT_JSON;
      if (!parser.hasList) return "it has no items";
    }
    return undefined;
  }

  get #lists(): PartialParser[] {
    const { tools, content } = this.#parsers;
    return tools.size > 0 ? [...tools.values()] : [content];
  }
}

const FENCE = "```";
/**
 * What means something before the JSON: fences, tags, line ends and brackets; and runs of all other characters. The
 * group is the beginning of a fence or a tag that the next piece may complete.
 */
const TOKEN = /```|<\/?think(?:ing)?>|(``?$|<\/?(?:t|th|thi|thin|think|thinki|thinkin|thinking)?$)|[^`<{[\n]+|[^]/gi;
const OPENING_TAG = /^<think/i;
const CLOSING_TAG = /^<\/think/i;
/** Fences with these labels hold the answer; a fence with another label is an example in some other language. */
const JSON_LABELS = ["", "json", "json5", "jsonc", "jsonl"];
/** Longer than any of the labels. */
const LABEL_LIMIT = 16;

enum At {
  /** Outside everything below. */
  Prose,
  Thought,
  /** On the line of an opening fence. */
  Label,
  /** In a fence that holds the answer. */
  Fenced,
  /** In a fence that holds something else. */
  Example,
  Json,
}

/**
 * Finds where the JSON begins in an answer that arrives as content: after a thinking block, in a fence, between
 * sentences. Takes the answer in pieces cut anywhere, in time linear to its length.
 */
export class AnswerText {
  #at = At.Prose;
  #unfinished = "";
  #label = "";
  #isLineStart = true;
  /** Whether only white space has come since the start, or since the thinking block. */
  #isStart = true;

  /**
   * Takes the next piece of the answer.
   *
   * @returns the text that it adds from the beginning of the JSON on, that after the JSON included
   */
  push(piece: string): string {
    if (this.#at === At.Json) return piece;
    const text = this.#unfinished + piece;
    this.#unfinished = "";
    for (const { 0: token, 1: unfinished, index } of text.matchAll(TOKEN)) {
      if (unfinished !== undefined) this.#unfinished = unfinished;
      else if (this.#beginsJson(token)) {
        this.#at = At.Json;
        return text.slice(index);
      } else this.#take(token);
    }
    return "";
  }

  #beginsJson(token: string): boolean {
    if (token !== "{" && token !== "[") return false;
    if (this.#at === At.Prose) return token === "{" ? this.#isLineStart : this.#isStart;
    return this.#at === At.Fenced || (this.#at === At.Label && this.#isJsonLabel);
  }

  #take(token: string): void {
    switch (this.#at) {
      case At.Prose:
        if (token === FENCE) this.#enterFence();
        else if (OPENING_TAG.test(token)) this.#at = At.Thought;
        // Some models leave the opening tag to the prompt.
        else if (CLOSING_TAG.test(token)) this.#enterProse(true);
        else this.#takeProse(token);
        break;
      case At.Thought:
        if (CLOSING_TAG.test(token)) this.#enterProse(true);
        break;
      case At.Label:
        this.#takeLabel(token);
        break;
      case At.Fenced:
        if (token === FENCE) this.#enterProse(false);
        else if (token.trim() !== "") this.#at = At.Example;
        break;
      default:
        if (token === FENCE) this.#enterProse(false);
    }
  }

  #takeProse(token: string): void {
    const isBlank = token.trim() === "";
    this.#isLineStart = isBlank && (this.#isLineStart || token === "\n");
    this.#isStart &&= isBlank;
  }

  #takeLabel(token: string): void {
    if (token === "\n") this.#at = this.#isJsonLabel ? At.Fenced : At.Example;
    else if (!token.startsWith("`")) this.#label = (this.#label + token).slice(0, LABEL_LIMIT);
    // Code within a line that happens to stand between three backticks.
    else if (this.#label !== "") this.#enterProse(false);
  }

  #enterFence(): void {
    this.#at = At.Label;
    this.#label = "";
  }

  #enterProse(isStart: boolean): void {
    this.#at = At.Prose;
    this.#isLineStart = this.#isStart = isStart;
  }

  get #isJsonLabel(): boolean {
    return JSON_LABELS.includes(this.#label.trim().toLowerCase());
  }
}
