import { isObjectLike } from "../../observe/intercept.js";
import { filledText } from "../call/answer.js";
import type { ChatCall } from "../call/chat-call.js";
import { httpStatusOf } from "../call/transport.js";

/** A request for a stream, and whether its usage was asked for on behalf of the span alone. */
interface UsageRequest {
  readonly request: object;
  readonly isAdded: boolean;
}

interface StreamParameters {
  readonly stream_options?: object | null;
  readonly data_sources?: unknown;
}

/** Clients whose provider has refused `stream_options`. */
const refusing = new WeakSet<object>();

/**
 * Asks for the usage of a stream, where there is a span to keep it and the provider takes that, unless the caller has
 * chosen either way. The given request stays as it is.
 */
export function withStreamUsage({ keepsUsage, origin }: ChatCall, request: object): UsageRequest {
  const { stream_options: options, data_sources: sources } = request as StreamParameters;
  const isChosen = options !== undefined && options !== null && "include_usage" in options;
  // Azure refuses `stream_options` beside data of the caller's own.
  const isPossible = keepsUsage && !isChosen && sources === undefined;
  if (!isPossible || !origin.asksForStreamUsage || refusing.has(origin.instance.client)) {
    return { request, isAdded: false };
  }
  return { request: { ...request, stream_options: { ...options, include_usage: true } }, isAdded: true };
}

/** A request that was sent, with the stream options that its caller gave. */
export function withoutStreamUsage(sent: object, given: object): object {
  const { stream_options: _, ...rest } = sent as StreamParameters;
  return "stream_options" in given ? { ...rest, stream_options: given.stream_options } : rest;
}

/**
 * Whether a provider refused a request because of the usage that it was asked for. The client's later streams are not
 * asked for theirs then.
 */
export function isUsageRefused(error: unknown, { origin }: ChatCall): boolean {
  const status = httpStatusOf(error);
  if ((status !== 400 && status !== 422) || !/stream_options|include_usage/.test(textOf(error))) return false;
  refusing.add(origin.instance.client);
  return true;
}

/** What an error of a client says of the response's body: OpenAI's has it as a message, an object, and a parameter. */
function textOf(error: unknown): string {
  try {
    const { message, error: body, param } = error as Record<string, unknown>;
    return [message, param, JSON.stringify(body)].join(" ");
  } catch {
    return "";
  }
}

interface UsageChunk {
  readonly usage?: unknown;
  readonly choices?: readonly (UsageChoice | null)[] | null;
}

interface UsageChoice {
  readonly index?: number | null;
  readonly delta?: object | null;
  readonly finish_reason?: unknown;
}

/**
 * Finds the chunk that a stream has only because its usage was asked for. It comes last, with no choices, or with ones
 * that say nothing after each has finished; some providers report usage in every chunk, which are others.
 */
export class UsageChunkFinder {
  /** Whether each choice has finished, by its index. */
  readonly #isFinished = new Map<number, boolean>();

  /** Takes the chunks of a stream in turn. */
  isUsageAlone(chunk: unknown): boolean {
    const { choices, usage } = (chunk ?? {}) as UsageChunk;
    const parts = choices ?? [];
    if (!Array.isArray(parts)) return false;
    const isAlone = isObjectLike(usage) && !("error" in (chunk as object)) && parts.every(isEmpty);
    if (isAlone && (parts.length === 0 || this.#isOver)) return true;
    for (const part of parts as NonNullable<UsageChunk["choices"]>) {
      const index = part?.index ?? 0;
      const isFinished = filledText(part?.finish_reason) !== undefined;
      this.#isFinished.set(index, isFinished || this.#isFinished.get(index) === true);
    }
    return false;
  }

  get #isOver(): boolean {
    return this.#isFinished.size > 0 && [...this.#isFinished.values()].every(Boolean);
  }
}

function isEmpty(choice: UsageChoice | null): boolean {
  return Object.entries(choice?.delta ?? {}).every(([key, value]) => key === "role" || isNothing(value));
}

function isNothing(value: unknown): boolean {
  return value === "" || value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Where the usage was asked for, OpenAI adds `usage: null` to every other chunk. */
export function hasNullUsage(chunk: unknown): chunk is { usage?: null } {
  return isObjectLike(chunk) && "usage" in chunk && chunk.usage === null;
}

/** A server-sent event: it ends with an empty line, whatever the line ends are. */
const EVENT = /[^]*?(?:\r\n\r\n|\n\n|\r\r)/g;

/**
 * A streamed response without the event that carries the usage alone: it was asked for on behalf of the span, and the
 * caller, who takes the bare response, did not ask. Events are passed on as soon as they are whole.
 */
export function withoutUsageEvents(response: unknown): unknown {
  if (!(response instanceof Response) || response.body === null) return response;
  const finder = new UsageChunkFinder();
  let pending = "";
  const filter = new TransformStream<string, string>({
    transform(text, controller) {
      pending += text;
      for (const [event] of pending.matchAll(EVENT)) {
        pending = pending.slice(event.length);
        const chunk = chunkOf(event);
        if (!finder.isUsageAlone(chunk)) controller.enqueue(hasNullUsage(chunk) ? withoutNullUsage(event) : event);
      }
    },
    flush: (controller) => controller.enqueue(pending),
  });
  const { status, statusText, headers, url } = response;
  const body = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(filter)
    .pipeThrough(new TextEncoderStream());
  return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: url });
}

/** What an event carries, which may take several lines; `undefined` for what is no JSON. */
function chunkOf(event: string): unknown {
  const lines = [...event.matchAll(/^data:(.*)$/gm)].map(([, data]) => data);
  try {
    return JSON.parse(lines.join("\n"));
  } catch {
    return undefined;
  }
}

/** Takes the last one away, which is the chunk's own: that of a choice stands before it. */
function withoutNullUsage(event: string): string {
  const at = [...event.matchAll(/,\s*"usage"\s*:\s*null(?=\s*[,}])/g)].at(-1);
  return at === undefined ? event : event.slice(0, at.index) + event.slice(at.index + at[0].length);
}
