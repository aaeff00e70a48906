import { ITEMS } from "../schema/list-facade.js";
import type { AnswerPiece } from "./accumulator.js";
import { AnswerText } from "./answer-text.js";
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
