import type { AnswerPiece, StreamedAnswer } from "../streaming/accumulator.js";
import { StreamedCompletion } from "../streaming/accumulator.js";
import type { ResponseItem, ResponseLike } from "./responses.js";
import { finishReason, responseToCompletion } from "./responses.js";

/** What an event of a streamed response says. */
interface ResponseEvent {
  readonly type?: unknown;
  readonly response?: ResponseLike | null;
  readonly output_index?: number;
  readonly item?: ResponseItem | null;
  readonly delta?: unknown;
}

/** After these nothing more is said of a response. */
const LAST_EVENTS = new Set<unknown>(["response.completed", "response.incomplete", "response.failed"]);

/** What an event adds to a chat completion's message. */
const DELTAS: Readonly<Record<string, (delta: unknown, index: number) => object>> = {
  "response.output_text.delta": (content) => ({ content }),
  "response.refusal.delta": (refusal) => ({ refusal }),
  "response.function_call_arguments.delta": (given, index) => ({
    tool_calls: [{ index, function: { arguments: given } }],
  }),
  "response.custom_tool_call_input.delta": (input, index) => ({ tool_calls: [{ index, custom: { input } }] }),
};

/**
 * Puts the events of a streamed response together, in whatever order they come: the last one has the whole response.
 * Where that does not come, or is empty, the answer is the items that are done, or what has come in pieces.
 */
export class StreamedResponse implements StreamedAnswer {
  #response: ResponseLike = {};
  #isOver = false;
  readonly #done = new Map<number, ResponseItem>();
  readonly #pieces: StreamedCompletion;
  readonly #maxBytes: number;

  /** @param maxBytes how much is kept of each text; with 0 the answer says how it ended, and nothing more */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#pieces = new StreamedCompletion(maxBytes);
  }

  /** Returns no pieces: what Instructor reads piece by piece is a chat completion. */
  add(event: unknown): AnswerPiece[] {
    try {
      this.#addEvent(event as ResponseEvent);
    } catch {
      // In a form of its own: what was understood of it is kept.
    }
    return [];
  }

  toCompletion(): object {
    const [finish_reason] = this.finishReasons;
    const { output: given } = this.#response;
    const { choices } = this.#pieces.toCompletion() as { choices: object[] };
    const isWhole = this.#isOver && Array.isArray(given) && given.length > 0;
    const done = [...this.#done].sort(([one], [other]) => one - other).map(([, item]) => item);
    const output = this.#maxBytes === 0 ? [] : isWhole ? (given as unknown[]) : done;
    // Of a response with an output it always makes a completion.
    const completion = responseToCompletion({ ...this.#response, status: finish_reason, output }) as object;
    if (isWhole || this.#isOver || choices.length === 0 || this.#maxBytes === 0) return completion;
    return { ...completion, choices: choices.map((choice) => ({ ...choice, finish_reason })) };
  }

  get reportedUsage(): unknown {
    return this.#response.usage;
  }

  get finishReasons(): string[] {
    const reason = this.#isOver ? finishReason(this.#response) : undefined;
    return reason === undefined ? [] : [reason];
  }

  #addEvent({ type, response, item, delta, output_index: index = 0 }: ResponseEvent): void {
    const isLast = LAST_EVENTS.has(type);
    if (response && (isLast || !this.#isOver)) {
      this.#response = response;
      this.#isOver ||= isLast;
    }
    const added = item
      ? this.#addItem(item, index, type === "response.output_item.done")
      : DELTAS[String(type)]?.(delta, index);
    if (added !== undefined) this.#pieces.add({ choices: [{ delta: added }] });
  }

  #addItem(item: ResponseItem, index: number, isDone: boolean): object | undefined {
    if (isDone) this.#done.set(index, item);
    const { type, call_id: id, name } = item;
    if (type === "function_call") return { tool_calls: [{ index, id, type: "function", function: { name } }] };
    return type === "custom_tool_call" ? { tool_calls: [{ index, id, type: "custom", custom: { name } }] } : undefined;
  }
}
