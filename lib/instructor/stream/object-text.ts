import type { AnswerPiece } from "../answer-chunk.js";
import { AnswerText } from "./answer-text.js";
import { PartialParser } from "./partial-parser.js";

/** The object in a streamed answer: in what its first tool is called with, or in its content. */
export class ObjectText {
  private readonly tool = new PartialParser();
  private readonly content = new AnswerText();
  private readonly contentValue = new PartialParser();
  private isTool = false;

  /** @returns whether it changed the object */
  push({ tool, text }: AnswerPiece): boolean {
    if (tool === undefined) return this.contentValue.push(this.content.push(text)) && !this.isTool;
    if (tool !== 0) return false;
    this.isTool = true;
    return this.tool.push(text);
  }

  /** The object so far; `undefined` before it begins, and for an answer that is no object. */
  get value(): object | undefined {
    const { value } = this.parser;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  }

  /** Whether the object is complete. */
  get isWhole(): boolean {
    return this.parser.isComplete && this.value !== undefined;
  }

  /** What the object lacks. */
  get problem(): string {
    if (this.parser.hasFailed) return "it is not JSON";
    if (this.parser.value === undefined) return "it holds no JSON";
    return this.parser.isComplete ? "it is something else" : "it ends too early";
  }

  private get parser(): PartialParser {
    return this.isTool ? this.tool : this.contentValue;
  }
}
