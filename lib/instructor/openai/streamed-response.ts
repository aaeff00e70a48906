import { isObjectLike } from "../../observe/intercept.js";
import type { AnswerPiece, StreamedAnswer } from "../streaming/accumulator.js";
import { StreamedCompletion } from "../streaming/accumulator.js";
import type { Fields } from "./output-format.js";
import { fieldsOf } from "./output-format.js";
import { finishReason, responseToCompletion } from "./responses.js";

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
  #response: Fields = {};
  #isOver = false;
  readonly #done = new Map<number, Fields>();
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
      this.#addEvent(fieldsOf(event));
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
    if (this.#isOver || choices.length === 0 || this.#maxBytes === 0) return completion;
    return { ...completion, choices: choices.map((choice) => ({ ...choice, finish_reason })) };
  }

  get reportedUsage(): unknown {
    return this.#response.usage;
  }

  get finishReasons(): string[] {
    const reason = this.#isOver ? finishReason(this.#response) : undefined;
    return reason === undefined ? [] : [reason];
  }

  #addEvent({ type, response, item, delta, output_index: at }: Fields): void {
    const index = typeof at === "number" ? at : 0;
    const isLast = LAST_EVENTS.has(type);
    if (isObjectLike(response) && (isLast || !this.#isOver)) {
      this.#response = fieldsOf(response);
      this.#isOver ||= isLast;
    }
    const added = isObjectLike(item)
      ? this.#addItem(fieldsOf(item), index, type === "response.output_item.done")
      : DELTAS[String(type)]?.(delta, index);
    if (added !== undefined) this.#pieces.add({ choices: [{ delta: added }] });
  }

  #addItem(item: Fields, index: number, isDone: boolean): object | undefined {
    if (isDone) this.#done.set(index, item);
    const { type, call_id: id, name } = item;
    if (type === "function_call") return { tool_calls: [{ index, id, type: "function", function: { name } }] };
    return type === "custom_tool_call" ? { tool_calls: [{ index, id, type: "custom", custom: { name } }] } : undefined;
  }
}
