import type { Gate } from "./gate.js";

/** Token counts of an answer; `null` in place of it means that the provider reports none. */
export interface Usage {
  prompt: number;
  completion: number;
  /** Default: the sum of the two. */
  total?: number;
  /** `prompt_tokens_details.cached_tokens` */
  cached?: number;
  /** `completion_tokens_details.reasoning_tokens` */
  reasoning?: number;
}

/** How the connection is lost: before any header, or after so many bytes or writes of the body. */
export interface Drop {
  after?: "nothing" | { bytes: number } | { writes: number };
  /** Resets the connection (RST) where it would otherwise be closed (FIN). Bytes on their way may be lost with it. */
  reset?: boolean;
}

/** How an answer is sent over the wire. */
export interface Delivery {
  headers?: Record<string, string>;
  /** Milliseconds before the headers. */
  delay?: number;
  /** Milliseconds between two writes of the body. */
  writeDelay?: number;
  /** The answer waits here before the headers or, with `gateBeforeWrite`, before the write of that index. */
  gate?: Gate;
  gateBeforeWrite?: number;
  /**
   * Where the raw bytes of the body are cut into writes: a size or positions, in bytes, anywhere, also within a UTF-8
   * sequence. Default: a stream is written event by event, any other body at once.
   */
  cuts?: number | readonly number[];
  drop?: Drop;
}

export interface ToolCall {
  /** Default: the tool that the request's `tool_choice` (or `function_call`) names, else its first. */
  name?: string;
  /** The text as the model wrote it, or a value to write as JSON. */
  arguments: unknown;
  /** Default `call_golden`, then `call_golden_1`, … */
  id?: string;
}

/** A chat completion, sent whole or as server-sent events, as the request asks. */
export interface Completion extends Delivery {
  kind: "completion";
  content?: string | null;
  refusal?: string;
  toolCalls?: readonly ToolCall[];
  functionCall?: Omit<ToolCall, "id">;
  /** Default: `tool_calls`, `function_call` or `stop`, as the answer's form calls for. */
  finishReason?: string | null;
  /** Default 57 + 21 = 78. `null`: none. */
  usage?: Usage | null;
  /** Sent as the `usage` in place of {@link usage}, whatever it is. */
  rawUsage?: unknown;
  /** Sends the usage event of a stream although the request did not ask for it by `stream_options.include_usage`. */
  forceUsage?: boolean;
  /**
   * How the model's text (content, arguments) is split over the events of a stream: a size or cut positions in
   * characters, or the pieces themselves. Default: 8 characters each.
   */
  pieces?: number | readonly number[] | readonly string[];
  /** Sent as they are, one event each, in place of the events that are made of this answer. */
  events?: readonly unknown[];
  /** Leaves out the closing `data: [DONE]`. */
  withoutDone?: boolean;
  /** Default: the request's model with the date that OpenAI answers (`gpt-4o-mini-2024-07-18`). */
  model?: string;
  /** Default `chatcmpl-1`, `chatcmpl-2`, … */
  completionId?: string;
}

/** Any body at all. */
export interface Plain extends Delivery {
  kind: "plain";
  status: number;
  contentType: string;
  body: string | Buffer;
}

export type Answer = Completion | Plain;

type Options<T extends Answer> = Omit<T, "kind">;
type CompletionOptions = Omit<Options<Completion>, "content" | "toolCalls" | "functionCall">;

/** A completion with one tool call. */
export function toolCall({ name, arguments: args, id, ...options }: ToolCall & CompletionOptions): Completion {
  const call: ToolCall = { arguments: args, ...(name !== undefined && { name }), ...(id !== undefined && { id }) };
  return toolCalls([call], options);
}

/** A completion with several tool calls. */
export function toolCalls(calls: readonly ToolCall[], options: CompletionOptions = {}): Completion {
  return { kind: "completion", toolCalls: calls, ...options };
}

/** A completion with a `function_call`, the older form of a tool call. */
export function functionCall({
  name,
  arguments: args,
  ...options
}: Omit<ToolCall, "id"> & CompletionOptions): Completion {
  return { kind: "completion", functionCall: { arguments: args, ...(name !== undefined && { name }) }, ...options };
}

/** A completion with content: text as it is, anything else as JSON. */
export function content(value: unknown, options: CompletionOptions = {}): Completion {
  return { kind: "completion", content: asText(value), ...options };
}

/** Content as JSON within a Markdown fence, as models answer in the `MD_JSON` mode. */
export function fenced(value: unknown, options: CompletionOptions = {}): Completion {
  return content(`\`\`\`json\n${asText(value)}\n\`\`\``, options);
}

/** Content as a thought and a fenced JSON, as models answer in the `THINKING_MD_JSON` mode. */
export function thinking(value: unknown, options: CompletionOptions & { thought?: string } = {}): Completion {
  const { thought = "The text names everything that is asked for.", ...rest } = options;
  return content(`<think>\n${thought}\n</think>\n\n\`\`\`json\n${asText(value)}\n\`\`\``, rest);
}

/**
 * An HTTP error with a body in OpenAI's form. `body` is the error object (or its message), default one that says the
 * status. The openai client retries 408, 409, 429 and 5xx unless the headers hold `x-should-retry: false`.
 */
export function httpError(status: number, body: string | Record<string, unknown> = {}, options: Delivery = {}): Plain {
  const given = typeof body === "string" ? { message: body } : body;
  const error = { message: `scripted error ${status}`, type: "scripted_error", param: null, code: null, ...given };
  return json({ error }, { status, ...options });
}

/** Any JSON, for paths and answers that are not chat completions. */
export function json(body: unknown, { status = 200, ...options }: Delivery & { status?: number } = {}): Plain {
  return { kind: "plain", status, contentType: "application/json", body: JSON.stringify(body), ...options };
}

/** A body that is not JSON although it says so. */
export function garbage(body: string | Buffer = '{"id": "chatcmpl-', options: Delivery = {}): Plain {
  return { kind: "plain", status: 200, contentType: "application/json", body, ...options };
}

/** Loses the connection: before the headers, or somewhere in the answer `of`. */
export function drop({ of = content(""), after = "nothing", reset = false }: Drop & { of?: Answer } = {}): Answer {
  return { ...of, drop: { after, reset } };
}

/** The text that stands for a value on the wire. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
