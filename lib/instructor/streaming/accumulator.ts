import { filledText } from "../call/answer.js";
import { reportedUsage } from "../call/usage.js";
import { GrowingText, StreamedCall, StreamedCalls } from "./streamed-tools.js";
import type { ToolCallPart } from "./streamed-tools.js";

/** A piece of an answer: of its content, or of what a tool is called with. */
export interface AnswerPiece {
  /** Which of the answer's tool calls, counted from 0; `undefined` for content. */
  readonly tool: number | undefined;
  readonly text: string;
}

/** An answer while it arrives. */
export interface StreamedAnswer {
  /** Adds what has come. Never throws; returns what it adds to the answer. */
  add(chunk: unknown): AnswerPiece[];
  /** The answer as far as it has come, as a chat completion. */
  toCompletion(): object;
  readonly reportedUsage: unknown;
  /** Why the answer, or each choice of it, ended that has. */
  readonly finishReasons: readonly string[];
}

interface Delta {
  readonly role?: unknown;
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly reasoning?: unknown;
  readonly reasoning_content?: unknown;
  readonly audio?: { readonly transcript?: unknown } | null;
  readonly images?: unknown;
  readonly tool_calls?: readonly (ToolCallPart | null)[] | null;
  readonly function_call?: ToolCallPart["function"];
}

interface Chunk {
  readonly id?: unknown;
  readonly created?: unknown;
  readonly model?: unknown;
  readonly choices?: readonly (ChoicePart | null)[] | null;
}

interface ChoicePart {
  readonly index?: number | null;
  readonly delta?: Delta | null;
  readonly finish_reason?: unknown;
}

/** More pictures than these are not kept. */
const MOST_IMAGES = 10;

/** One choice of an answer, put together from its parts. */
class StreamedChoice {
  finishReason: string | null = null;
  #role = "assistant";
  readonly #texts = new Map<string, GrowingText>();
  readonly #calls: StreamedCalls;
  readonly #images: unknown[] = [];
  #functionCall: StreamedCall | undefined;
  readonly #mostKept: number;

  constructor(
    readonly index: number,
    mostKept: number,
  ) {
    this.#mostKept = mostKept;
    this.#calls = new StreamedCalls(mostKept);
  }

  /** @returns what the delta adds to the answer */
  add(delta: Delta): AnswerPiece[] {
    const pieces: AnswerPiece[] = [];
    if (typeof delta.role === "string") this.#role = delta.role;
    for (const part of delta.tool_calls ?? []) {
      if (part === null) continue;
      const { call, text } = this.#calls.add(part);
      if (text !== "") pieces.push({ tool: call.place, text });
    }
    if (delta.function_call) {
      this.#functionCall ??= new StreamedCall(0, this.#mostKept);
      const text = this.#functionCall.add({ function: delta.function_call });
      if (text !== "") pieces.push({ tool: 0, text });
    }
    const content = contentOf(delta.content);
    if (content !== undefined) {
      this.#addText("content", content);
      if (content !== "") pieces.push({ tool: undefined, text: content });
    }
    this.#addText("refusal", delta.refusal);
    this.#addText("transcript", delta.audio?.transcript);
    this.#addText("reasoning", delta.reasoning ?? delta.reasoning_content);
    if (Array.isArray(delta.images) && this.#mostKept > 0) {
      this.#images.push(...(delta.images as unknown[]).slice(0, MOST_IMAGES - this.#images.length));
    }
    return pieces;
  }

  toChoice(): object {
    const textOf = (name: string): string | undefined => this.#texts.get(name)?.text;
    const [transcript, reasoning] = [textOf("transcript"), textOf("reasoning")];
    const message = {
      role: this.#role,
      content: textOf("content") ?? null,
      refusal: textOf("refusal") ?? null,
      ...(transcript !== undefined && { audio: { transcript } }),
      ...(reasoning !== undefined && { reasoning }),
      ...(this.#images.length > 0 && { images: this.#images }),
      ...(!this.#calls.isEmpty && { tool_calls: this.#calls.toToolCalls() }),
      ...(this.#functionCall !== undefined && { function_call: this.#functionCall.toFunction() }),
    };
    return { index: this.index, message, finish_reason: this.finishReason };
  }

  #addText(name: string, piece: unknown): void {
    if (typeof piece !== "string") return;
    let text = this.#texts.get(name);
    if (text === undefined) this.#texts.set(name, (text = new GrowingText(this.#mostKept)));
    text.add(piece);
  }
}

/** Content is text, or from some providers a list of parts, of which some are text. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) => filledText((part as { text?: unknown } | null)?.text));
  return texts.some((text) => text !== undefined) ? texts.join("") : undefined;
}

/**
 * Puts the chunks of a stream together to the completion that they are pieces of, whatever form a provider gives them:
 * choices by their index, tool calls by their ids.
 */
export class StreamedCompletion implements StreamedAnswer {
  #id: string | undefined;
  #created: unknown;
  #model: string | undefined;
  #usage: unknown;
  readonly #choices = new Map<number, StreamedChoice>();
  readonly #mostKept: number;

  /** @param mostKept how many characters are kept of each text; with 0 the completion says how it ended, and nothing more */
  constructor(mostKept = Infinity) {
    this.#mostKept = mostKept;
  }

  /**
   * Adds a chunk; one that is no chunk of a completion adds nothing. Never throws.
   * @returns what it adds to the answer, which is the first choice
   */
  add(chunk: unknown): AnswerPiece[] {
    const pieces: AnswerPiece[] = [];
    try {
      this.#addChunk(chunk as Chunk, pieces);
    } catch {
      // No chunk, or one in a form of its own: what was understood of it is kept.
    }
    return pieces;
  }

  /** The completion as far as it has come, in OpenAI's form. */
  toCompletion(): object {
    const choices = [...this.#choices.values()].sort((one, other) => one.index - other.index);
    return {
      id: this.#id,
      object: "chat.completion",
      created: this.#created,
      model: this.#model,
      choices: choices.map((choice) => choice.toChoice()),
      ...(this.#usage !== undefined && { usage: this.#usage }),
    };
  }

  /** The usage, where it has come. */
  get reportedUsage(): unknown {
    return this.#usage;
  }

  /** Why each choice ended that has. */
  get finishReasons(): string[] {
    return [...this.#choices.values()].map(({ finishReason }) => finishReason).filter((reason) => reason !== null);
  }

  #addChunk(chunk: Chunk, pieces: AnswerPiece[]): void {
    this.#id ??= filledText(chunk.id);
    this.#created ??= chunk.created;
    this.#model ??= filledText(chunk.model);
    this.#usage = reportedUsage(chunk) ?? this.#usage;
    for (const part of chunk.choices ?? []) {
      const choice = this.#choiceAt(part?.index ?? 0);
      choice.finishReason = filledText(part?.finish_reason) ?? choice.finishReason;
      if (!part?.delta) continue;
      const added = choice.add(part.delta);
      if (choice.index === 0) pieces.push(...added);
    }
  }

  #choiceAt(index: number): StreamedChoice {
    let choice = this.#choices.get(index);
    if (choice === undefined) this.#choices.set(index, (choice = new StreamedChoice(index, this.#mostKept)));
    return choice;
  }
}
