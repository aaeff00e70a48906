import { UsageChunkFinder } from "./stream-usage.js";

/**
 * A streamed response without the event that carries the usage alone: it was asked for on behalf of the span, and the
 * caller, who takes the bare response, did not ask.
 */
export function withoutUsageEvents(response: unknown): unknown {
  if (!(response instanceof Response) || response.body === null) return response;
  const { status, statusText, headers, url } = response;
  const body = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TransformStream(new EventFilter()))
    .pipeThrough(new TextEncoderStream());
  const filtered = new Response(body, { status, statusText, headers });
  return Object.defineProperty(filtered, "url", { value: url });
}

interface Sink {
  enqueue(text: string): void;
}

/** Passes server-sent events on, each as soon as it is whole. */
class EventFilter {
  readonly #usageChunk = new UsageChunkFinder();
  #pending = "";

  transform(text: string, controller: Sink): void {
    this.#pending += text;
    // An event ends with an empty line, whatever the line ends are.
    for (let end = endOfEvent(this.#pending); end !== -1; end = endOfEvent(this.#pending)) {
      const event = this.#pending.slice(0, end);
      this.#pending = this.#pending.slice(end);
      const kept = this.#filter(event);
      if (kept !== undefined) controller.enqueue(kept);
    }
  }

  flush(controller: Sink): void {
    controller.enqueue(this.#pending);
  }

  #filter(event: string): string | undefined {
    const chunk = chunkOf(event);
    if (chunk === undefined) return event;
    if (this.#usageChunk.isUsageAlone(chunk)) return undefined;
    // Where the usage was asked for, OpenAI adds `usage: null` to every other chunk.
    const hasNull = typeof chunk === "object" && chunk !== null && "usage" in chunk && chunk.usage === null;
    return hasNull ? withoutNullUsage(event) : event;
  }
}

function endOfEvent(text: string): number {
  const found = /\r\n\r\n|\n\n|\r\r/.exec(text);
  return found === null ? -1 : found.index + found[0].length;
}

/** What an event carries, which may take several lines; `undefined` for what is no JSON. */
function chunkOf(event: string): unknown {
  const lines = [...event.matchAll(/^data:(.*)$/gm)].map(([, data = ""]) => data);
  if (lines.length === 0) return undefined;
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
