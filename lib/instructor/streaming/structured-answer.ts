import { ITEMS } from "../schema/facade.js";
import type { AnswerPiece } from "./accumulator.js";
import { PartialParser } from "./partial-parser.js";

const NO_JSON = "it holds no JSON";
const NOT_JSON = "it is not JSON";
const CUT_OFF = "it ends too early";

/** The object in a streamed answer: in the arguments of its first tool call, or in its content. */
export class PartialObject {
  readonly #tool = new PartialParser();
  readonly #content = new AnswerText();
  readonly #contentValue = new PartialParser();
  #isTool = false;

  /** @returns whether the piece changed the object or completed it */
  push({ tool, text }: AnswerPiece): boolean {
    if (tool === undefined) return this.#contentValue.push(this.#content.push(text)) && !this.#isTool;
    if (tool !== 0) return false;
    this.#isTool = true;
    return this.#tool.push(text);
  }

  /** The object so far; `undefined` before it begins, and for an answer that is not an object. */
  get value(): object | undefined {
    const { value } = this.#parser;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  }

  get isComplete(): boolean {
    return this.#parser.isComplete && this.value !== undefined;
  }

  /** Why there is no complete object. */
  get problem(): string {
    if (this.#parser.hasFailed) return NOT_JSON;
    if (this.#parser.value === undefined) return NO_JSON;
    return this.#parser.isComplete ? "it is something else" : CUT_OFF;
  }

  get #parser(): PartialParser {
    return this.#isTool ? this.#tool : this.#contentValue;
  }
}

/**
 * The items of the list in a streamed answer: in the arguments of its tool calls, or in its content. The list is
 * `{"items": […]}` or a bare array.
 */
export class ItemList {
  readonly #tools = new Map<number, PartialParser>();
  readonly #content = new AnswerText();
  readonly #contentItems = new PartialParser(ITEMS);

  /** @returns the items that the piece completes */
  push({ tool, text }: AnswerPiece): unknown[] {
    const parser = tool === undefined ? this.#contentItems : this.#parserOf(tool);
    parser.push(tool === undefined ? this.#content.push(text) : text);
    return parser.takeItems();
  }

  /** Whether the answer is not JSON. */
  get hasFailed(): boolean {
    return this.#parsers.some((parser) => parser.hasFailed);
  }

  /** Why the list is not complete, once no more text comes; `undefined` where it is. */
  get problem(): string | undefined {
    if (this.#tools.size === 0) return problemOf(this.#contentItems);
    for (const parser of this.#tools.values()) {
      // Prose may follow a list in content; arguments hold nothing else.
      const problem = problemOf(parser) ?? (parser.hasTrailingText ? NOT_JSON : undefined);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  get #parsers(): PartialParser[] {
    return this.#tools.size > 0 ? [...this.#tools.values()] : [this.#contentItems];
  }

  #parserOf(tool: number): PartialParser {
    let parser = this.#tools.get(tool);
    if (parser === undefined) this.#tools.set(tool, (parser = new PartialParser(ITEMS)));
    return parser;
  }
}

function problemOf(parser: PartialParser): string | undefined {
  if (parser.hasFailed) return NOT_JSON;
  if (parser.value === undefined) return NO_JSON;
  if (!parser.isComplete) return CUT_OFF;
  return parser.hasList ? undefined : "it has no items";
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
