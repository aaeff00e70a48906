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
