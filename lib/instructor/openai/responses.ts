/** OpenAI's Responses in the form of chat completions, in which everything else reads them. */
import { isObjectLike } from "../../observe/intercept.js";
import { filledText } from "../call/answer.js";
import type { CallRequest } from "../call/request.js";
import type { AnswerPiece, StreamedAnswer } from "../streaming/accumulator.js";
import type { Fields } from "./output-format.js";
import { fieldsOf } from "../call/messages.js";
import { itemsOf, withFormat } from "./output-format.js";

/** A response's parameters in place of those of a chat completion. */
export function asChatRequest(read: CallRequest, request: Fields): CallRequest {
  const { instructions, input, tools, text, reasoning, conversation } = request;
  const system = typeof instructions === "string" ? [{ role: "system", content: instructions }] : [];
  const items = typeof input === "string" ? [input] : itemsOf(input);
  const asked = {
    ...read,
    messages: [...system, ...items.flatMap(toMessage)],
    max_tokens: request.max_output_tokens,
    reasoning_effort: fieldsOf(reasoning).effort,
    tools: Array.isArray(tools) ? tools.map(toChatTool) : undefined,
    previous_response_id: request.previous_response_id,
    conversation: fieldsOf(conversation).id ?? conversation,
  };
  return withFormat(asked, fieldsOf(text).format, request.tool_choice);
}

/** Reasoning is told by its count of tokens alone. */
function toMessage(given: unknown): object[] {
  if (typeof given === "string") return [{ role: "user", content: given }];
  const item = fieldsOf(given);
  const type = filledText(item.type) ?? "message";
  if (type === "reasoning") return [];
  if (type === "message") return [item];
  const call = toToolCall(item);
  if (call !== undefined) return [{ role: "assistant", tool_calls: [call] }];
  if (type.endsWith("_output")) return [{ role: "tool", tool_call_id: item.call_id, content: item.output }];
  return [{ role: "user", content: [item] }];
}

function toToolCall(item: Fields): object | undefined {
  const { type, call_id: id, name, arguments: given, parsed_arguments: parsed, input } = item;
  if (type === "custom_tool_call") return { id, type: "custom", custom: { name, input } };
  if (type !== "function_call") return undefined;
  const called = { name, arguments: given, ...(parsed !== undefined && { parsed_arguments: parsed }) };
  return { id, type: "function", function: called };
}

/** A function's parts are in the tool itself. */
function toChatTool(tool: unknown): unknown {
  const { type, ...parts } = fieldsOf(tool);
  return type === "function" && parts.function === undefined ? { type, function: parts } : tool;
}

/** A response as a chat completion; what is no response stays what it is. */
export function responseToCompletion(given: unknown): unknown {
  const response = fieldsOf(given);
  if (!Array.isArray(response.output)) return given;
  const items = response.output.map(fieldsOf);
  const calls = items.map(toToolCall).filter((call) => call !== undefined);
  const parts = items.flatMap(partsOf).map(fieldsOf);
  const message = {
    role: "assistant",
    content: joined(parts.map(({ text }) => text)),
    refusal: joined(parts.map(({ refusal }) => refusal)),
    parsed: response.output_parsed,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    id: response.id,
    model: response.model,
    service_tier: response.service_tier,
    choices: [{ index: 0, message, finish_reason: finishReason(response) }],
    usage: response.usage,
  };
}

/** The content of a message, or the message itself while it is put together; that of a reasoning item is not shown. */
function partsOf(item: Fields): readonly unknown[] {
  const { type = "message", content } = item;
  return type === "message" ? [item, ...itemsOf(content)] : [];
}

/** Why it is incomplete, else its status. */
function finishReason({ status, incomplete_details: details }: Fields): string | undefined {
  return filledText(fieldsOf(details).reason) ?? filledText(status);
}

function joined(texts: readonly unknown[]): string | null {
  const said = texts.filter((text) => filledText(text) !== undefined);
  return said.length === 0 ? null : said.join("");
}

/** After these nothing more is said of a response. */
const LAST_EVENTS = new Set<unknown>(["response.completed", "response.incomplete", "response.failed"]);

/** What an event adds a piece of: of which kind of item, and to which of its texts. */
const DELTAS: Readonly<Record<string, readonly [type: string, text: string]>> = {
  "response.output_text.delta": ["message", "text"],
  "response.refusal.delta": ["message", "refusal"],
  "response.function_call_arguments.delta": ["function_call", "arguments"],
  "response.custom_tool_call_input.delta": ["custom_tool_call", "input"],
};

/**
 * Puts the events of a streamed response together, in whatever order they come: the last one has the whole response.
 * Where that does not come, or is empty, the answer is the items that are done, or what has come in pieces.
 */
export class StreamedResponse implements StreamedAnswer {
  #response: Fields = {};
  #isOver = false;
  /** Items by their place: with the texts that have come, and those that are done. */
  readonly #begun = new Map<number, Fields>();
  readonly #done = new Map<number, Fields>();
  readonly #keepsText: boolean;

  /** @param maxBytes with 0 the answer says how it ended, and nothing more */
  constructor(maxBytes: number) {
    this.#keepsText = maxBytes > 0;
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
    const [status] = this.finishReasons;
    const given = this.#isOver ? itemsOf(this.#response.output) : [];
    const items = [...new Map([...this.#begun, ...this.#done])].sort(([one], [other]) => one - other);
    const output = given.length > 0 ? given : items.map(([, item]) => item);
    // Of a response with an output it always makes a completion.
    return responseToCompletion({ ...this.#response, status, output: this.#keepsText ? output : [] }) as object;
  }

  get reportedUsage(): unknown {
    return this.#response.usage;
  }

  get finishReasons(): string[] {
    const reason = this.#isOver ? finishReason(this.#response) : undefined;
    return reason === undefined ? [] : [reason];
  }

  #addEvent({ type, response, item, delta, output_index: index }: Fields): void {
    if (isObjectLike(response) && !this.#isOver) {
      this.#response = fieldsOf(response);
      this.#isOver = LAST_EVENTS.has(type);
    }
    if (typeof index !== "number" || !this.#keepsText) return;
    const begun = this.#begun.get(index);
    const [kind, name] = DELTAS[String(type)] ?? [];
    if (type === "response.output_item.done") this.#done.set(index, fieldsOf(item));
    else if (isObjectLike(item)) this.#begun.set(index, { ...item, ...begun });
    else if (name !== undefined && typeof delta === "string") {
      const text = `${filledText(begun?.[name]) ?? ""}${delta}`;
      this.#begun.set(index, { type: kind, ...begun, [name]: text });
    }
  }
}
