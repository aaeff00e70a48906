import type { AnswerPiece } from "../answer-chunk.js";
import { AnswerText } from "./answer-text.js";
import type { ScanProblem } from "./item-scanner.js";
import { ItemScanner } from "./item-scanner.js";

const PROBLEMS: Record<ScanProblem, string> = {
  empty: "it holds no JSON",
  truncated: "it ends too early",
  junk: "it is not JSON",
  no_items: "it has no items",
};

/** The items of a list in a streamed answer: in what a tool is called with, once or several times, or in its content. */
export class ListText {
  private readonly tools = new Map<number, ItemScanner>();
  private readonly content = new AnswerText();
  private readonly contentItems = new ItemScanner();

  /** @returns the JSON text of each item that this piece completes */
  push({ tool, text }: AnswerPiece): string[] {
    if (tool === undefined) return this.contentItems.push(this.content.push(text));
    let scanner = this.tools.get(tool);
    if (scanner === undefined) this.tools.set(tool, (scanner = new ItemScanner()));
    return scanner.push(text);
  }

  /** Says, when no more comes, what the list lacks; `undefined` where it is whole. */
  end(): string | undefined {
    const scanners = this.tools.size > 0 ? [...this.tools.values()] : [this.contentItems];
    const problem = scanners.map((scanner) => scanner.end()).find((one) => one !== undefined);
    return problem === undefined ? undefined : PROBLEMS[problem];
  }
}
