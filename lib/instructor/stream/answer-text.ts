const OPENING_TAGS = ["<think>", "<thinking>"];
const CLOSING_TAGS = ["</think>", "</thinking>"];
const FENCE = "```";
/** Fences with these labels hold the answer; one with another label is an example in some other language. */
const JSON_LABELS = ["", "json", "json5", "jsonc", "jsonl"];
/** Longer than any label that is asked about. */
const LABEL_LIMIT = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BACKTICK = 0x60;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

enum At {
  /** Before the JSON, in nothing or in words around it. */
  Words,
  Thought,
  /** Behind an opening fence, on its line. */
  Label,
  /** Behind the line of a fence that holds the answer. */
  Fenced,
  /** In a fence that holds something else. */
  Example,
  Json,
  /** Behind the JSON. */
  Over,
}

/**
 * The JSON within an answer that arrives as content: without the block of thoughts before it, the fence around it and
 * the words around that. Takes the answer in pieces cut anywhere, in time linear to its length.
 */
export class AnswerText {
  private at = At.Words;
  private words = "";
  private thought = "";
  private hasThought = false;
  /** The beginning of what may become a tag or a fence. */
  private pending = "";
  private label = "";
  private isLineStart = true;
  /** Nothing but white space since the start, or since the thoughts. */
  private isFirst = true;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  /** What the model thought aloud, without its tags; `undefined` where it did not. */
  get thinking(): string | undefined {
    return this.hasThought ? this.thought.trim() : undefined;
  }

  /** Whether any JSON has begun. */
  get hasJson(): boolean {
    return this.at === At.Json || this.at === At.Over;
  }

  /**
   * Takes the next piece of the answer.
   *
   * @returns The JSON text that it adds, empty where it adds none.
   */
  push(text: string): string {
    let index = 0;
    while (index < text.length) {
      if (this.at === At.Over) return "";
      if (this.at === At.Json) {
        const end = this.scanJson(text, index);
        return text.slice(index, end);
      }
      if (this.at === At.Thought && this.pending === "") {
        const tag = text.indexOf("<", index);
        this.thought += text.slice(index, tag === -1 ? undefined : tag);
        if (tag === -1) break;
        index = tag;
      }
      // A character that begins the JSON is scanned as part of it.
      if (this.step(text.charAt(index))) index++;
    }
    return "";
  }

  /** Takes one character before the JSON; `false` where it is the first of the JSON. */
  private step(char: string): boolean {
    switch (this.at) {
      case At.Words:
        return this.stepWords(char);
      case At.Thought:
        this.stepThought(char);
        return true;
      case At.Label:
        return this.stepLabel(char);
      case At.Fenced:
        return this.stepFenced(char);
      default:
        this.stepExample(char);
        return true;
    }
  }

  private stepWords(char: string): boolean {
    const candidate = this.pending + char;
    if (candidate === FENCE) {
      this.enter(At.Label);
      this.label = "";
    } else if (isTag(candidate, OPENING_TAGS)) {
      this.hasThought = true;
      this.enter(At.Thought);
    } else if (isTag(candidate, CLOSING_TAGS)) {
      // Some models leave the opening tag to the prompt.
      this.hasThought = true;
      this.thought += this.words;
      this.enter(At.Words);
    } else if (FENCE.startsWith(candidate) || beginsTag(candidate)) {
      this.pending = candidate;
    } else if (this.pending !== "") {
      this.addWords(this.pending);
      this.pending = "";
      return this.stepWords(char);
    } else if ((char === "{" && this.isLineStart) || (char === "[" && this.isFirst)) {
      this.at = At.Json;
      return false;
    } else {
      this.addWords(char);
    }
    return true;
  }

  private addWords(words: string): void {
    this.words += words;
    const isBlank = words.trim() === "";
    this.isLineStart = isBlank && (this.isLineStart || words.includes("\n"));
    this.isFirst &&= isBlank;
  }

  private stepThought(char: string): void {
    const candidate = this.pending + char;
    if (isTag(candidate, CLOSING_TAGS)) {
      this.enter(At.Words);
    } else if (beginsTag(candidate)) {
      this.pending = candidate;
    } else {
      this.thought += this.pending;
      this.pending = beginsTag(char) ? char : "";
      if (this.pending === "") this.thought += char;
    }
  }

  private stepLabel(char: string): boolean {
    if (char === "`" && this.label !== "") {
      // Code within a line, which happens to stand between three marks; the other two are words.
      this.enter(At.Words);
    } else if ((char === "{" || char === "[") && this.isJsonLabel) {
      this.at = At.Json;
      return false;
    } else if (char === "\n") {
      this.enter(this.isJsonLabel ? At.Fenced : At.Example);
    } else if (char !== "`" && this.label.length < LABEL_LIMIT) {
      this.label += char;
    }
    return true;
  }

  private get isJsonLabel(): boolean {
    return JSON_LABELS.includes(this.label.trim().toLowerCase());
  }

  private stepFenced(char: string): boolean {
    if (char === "{" || char === "[") {
      this.at = At.Json;
      return false;
    }
    if (char.trim() !== "") {
      this.enter(At.Example);
      this.stepExample(char);
    }
    return true;
  }

  private stepExample(char: string): void {
    this.pending = char === "`" ? this.pending + char : "";
    if (this.pending !== FENCE) return;
    this.enter(At.Words);
    this.isFirst = this.isLineStart = false;
  }

  private enter(at: At): void {
    this.at = at;
    this.pending = "";
    this.words = "";
    this.isFirst = this.isLineStart = true;
  }

  /** Takes JSON; returns the index behind what of it is JSON. */
  private scanJson(text: string, from: number): number {
    for (let index = from; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.isInString) {
        if (this.isEscaped) this.isEscaped = false;
        else if (code === BACKSLASH) this.isEscaped = true;
        else if (code === QUOTE) this.isInString = false;
      } else if (code === QUOTE) {
        this.isInString = true;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.depth++;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (--this.depth === 0) {
          this.at = At.Over;
          return index + 1;
        }
      } else if (code === BACKTICK) {
        // The fence ends before the JSON does.
        this.at = At.Over;
        return index;
      }
    }
    return text.length;
  }
}

function isTag(candidate: string, tags: readonly string[]): boolean {
  return candidate.startsWith("<") && tags.includes(candidate.toLowerCase());
}

function beginsTag(candidate: string): boolean {
  if (!candidate.startsWith("<")) return false;
  const lower = candidate.toLowerCase();
  return OPENING_TAGS.some((tag) => tag.startsWith(lower)) || CLOSING_TAGS.some((tag) => tag.startsWith(lower));
}
