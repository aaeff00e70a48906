import { filledText } from "../call/answer.js";
import { reportedUsage } from "../call/usage.js";

/** A piece of an answer: of its content, or of what a tool is called with. */
export interface AnswerPiece {
  /** Which of a chunk's tool calls; `undefined` for content. */
  readonly tool: number | undefined;
  readonly text: string;
}

interface FunctionPart {
  name?: string;
  arguments?: string;
}

interface ToolCallPart {
  index?: number;
  id?: string;
  type?: string;
  function?: FunctionPart;
}

interface Delta {
  role?: string | null;
  content?: string | null;
  refusal?: string | null;
  tool_calls?: ToolCallPart[] | null;
  function_call?: FunctionPart | null;
}

interface Chunk {
  id?: string;
  created?: number;
  model?: string;
  choices?: { index?: number; delta?: Delta | null; finish_reason?: string | null }[] | null;
}

interface ToolCall {
  id?: string;
  type: string;
  function: { name: string; arguments: string };
}

interface Message {
  role: string;
  content: string | null;
  refusal: string | null;
  tool_calls?: ToolCall[];
  function_call?: { name: string; arguments: string };
}

interface Choice {
  index: number;
  message: Message;
  finish_reason: string | null;
}

/** Puts the chunks of a stream together to the completion that they are pieces of. */
export class StreamedCompletion {
  #id: string | undefined;
  #created: number | undefined;
  #model: string | undefined;
  #usage: unknown;
  readonly #choices: Choice[] = [];

  /** Adds a chunk; one that is no chunk of a completion adds nothing. Never throws. */
  add(given: unknown): void {
    try {
      this.#addChunk(given as Chunk);
    } catch {
      // No chunk, or one in a form of its own: what was understood of it is kept.
    }
  }

  /** The completion as far as it has come, in OpenAI's form. */
  toCompletion(): object {
    return {
      id: this.#id,
      object: "chat.completion",
      created: this.#created,
      model: this.#model,
      choices: this.#choices,
      ...(this.#usage !== undefined && { usage: this.#usage }),
    };
  }

  /** The usage, where it has come. */
  get reportedUsage(): unknown {
    return this.#usage;
  }

  #addChunk(chunk: Chunk): void {
    this.#id ??= filledText(chunk.id);
    this.#created ??= chunk.created;
    this.#model ??= filledText(chunk.model);
    this.#usage = reportedUsage(chunk) ?? this.#usage;
    for (const { index = 0, delta, finish_reason: finishReason } of chunk.choices ?? []) {
      const choice = this.#choiceAt(index);
      if (finishReason !== undefined && finishReason !== null) choice.finish_reason = finishReason;
      if (delta !== undefined && delta !== null) addDelta(choice.message, delta);
    }
  }

  #choiceAt(index: number): Choice {
    let choice = this.#choices.find((one) => one.index === index);
    if (choice === undefined) {
      choice = { index, message: { role: "assistant", content: null, refusal: null }, finish_reason: null };
      this.#choices.push(choice);
    }
    return choice;
  }
}

function addDelta(message: Message, delta: Delta): void {
  if (typeof delta.role === "string") message.role = delta.role;
  if (typeof delta.content === "string") message.content = (message.content ?? "") + delta.content;
  if (typeof delta.refusal === "string") message.refusal = (message.refusal ?? "") + delta.refusal;
  if (delta.function_call) {
    message.function_call ??= { name: "", arguments: "" };
    addFunction(message.function_call, delta.function_call);
  }
  for (const part of delta.tool_calls ?? []) {
    const calls = (message.tool_calls ??= []);
    const at = part.index ?? 0;
    const call = (calls[at] ??= { type: part.type ?? "function", function: { name: "", arguments: "" } });
    if (part.id !== undefined) call.id = part.id;
    if (part.function) addFunction(call.function, part.function);
  }
}

function addFunction(whole: { name: string; arguments: string }, part: FunctionPart): void {
  whole.name += part.name ?? "";
  whole.arguments += part.arguments ?? "";
}

/** What a chunk of a completion stream adds to the answer. */
export function answerPieces(chunk: unknown): AnswerPiece[] {
  const { choices } = (chunk ?? {}) as Chunk;
  const delta = choices?.[0]?.delta;
  if (delta === undefined || delta === null) return [];
  const pieces: AnswerPiece[] = [];
  for (const { index = 0, function: fn } of delta.tool_calls ?? []) {
    if (fn?.arguments) pieces.push({ tool: index, text: fn.arguments });
  }
  if (delta.function_call?.arguments) pieces.push({ tool: 0, text: delta.function_call.arguments });
  if (typeof delta.content === "string" && delta.content !== "") pieces.push({ tool: undefined, text: delta.content });
  return pieces;
}
