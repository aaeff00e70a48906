import { isUsageAlone } from "../streaming/stream-usage.js";

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
  private pending = "";

  transform(text: string, controller: Sink): void {
    this.pending += text;
    // An event ends with an empty line, whatever the line ends are.
    for (let end = endOfEvent(this.pending); end !== -1; end = endOfEvent(this.pending)) {
      const event = this.pending.slice(0, end);
      this.pending = this.pending.slice(end);
      if (!isUsageEvent(event)) controller.enqueue(event);
    }
  }

  flush(controller: Sink): void {
    controller.enqueue(this.pending);
  }
}

function endOfEvent(text: string): number {
  const found = /\r\n\r\n|\n\n|\r\r/.exec(text);
  return found === null ? -1 : found.index + found[0].length;
}

function isUsageEvent(event: string): boolean {
  const data = /^data:(.*)/m.exec(event)?.[1];
  if (!data?.includes('"usage"')) return false;
  try {
    return isUsageAlone(JSON.parse(data));
  } catch {
    return false;
  }
}
