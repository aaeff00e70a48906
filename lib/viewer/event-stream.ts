import type { ServerResponse } from "node:http";
import type { DroppedCounts, Hello } from "./api.js";
import { drained } from "./http/response.js";
import type { TraceStore } from "./store/trace-store.js";

/** The shortest time between two looks at what has changed, so the longest that a page waits for a change. */
const TICK_MILLIS = 500;
/** How many summaries are written before it is asked whether the page has read them. */
const BATCH = 200;
/** A page that reads nothing for so long is let go; it may come back. */
const STALL_MILLIS = 30_000;

/**
 * Sends a page what changes, as server-sent events. A page that reads slowly gets fewer events, not a queue of them: what
 * is sent is always the newest state of the traces that have changed since the last event it took. Each event's id says
 * where to go on, so that a page that reconnects misses nothing.
 */
export class EventStream {
  readonly #store: TraceStore;
  readonly #hello: Hello;
  readonly #open = new Set<ServerResponse>();

  constructor(store: TraceStore, hello: Hello) {
    this.#store = store;
    this.#hello = hello;
  }

  /** Sends events until the page goes away or the server closes. */
  async serve(response: ServerResponse, lastEventId: string | undefined): Promise<void> {
    this.#open.add(response);
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    try {
      response.write(`retry: 1000\n${this.#event("hello", this.#hello)}`);
      await this.#follow(response, closed, this.#cursorIn(lastEventId));
    } finally {
      this.#open.delete(response);
      response.destroy();
    }
  }

  close(): void {
    for (const response of this.#open) response.destroy();
  }

  async #follow(response: ServerResponse, closed: Promise<unknown>, from: number): Promise<void> {
    let cursor = from;
    let told = "";
    while (!response.destroyed) {
      const changes = this.#store.changedSince(cursor, BATCH);
      cursor = changes.cursor;
      let text = changes.traces.map(({ summary, changedAt }) => this.#event("trace", summary, changedAt)).join("");
      const dropped: DroppedCounts = this.#store.dropped;
      if (told !== (told = JSON.stringify(dropped))) text += this.#event("dropped", dropped);
      if (text !== "" && !response.write(text)) {
        const isRead = await Promise.race([drained(response).then(() => true), pause(STALL_MILLIS)]);
        if (isRead !== true) return;
      }
      if (changes.traces.length < BATCH) await Promise.race([closed, pause(TICK_MILLIS)]);
    }
  }

  #event(name: string, data: unknown, cursor?: number): string {
    const id = cursor === undefined ? "" : `id: ${this.#hello.startedAt}-${cursor}\n`;
    return `event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`;
  }

  /** Where a page goes on that was here before; a new one starts with what happens next. */
  #cursorIn(lastEventId = ""): number {
    const [, startedAt, cursor] = /^(\d+)-(\d+)$/.exec(lastEventId) ?? [];
    return Number(startedAt) === this.#hello.startedAt ? Number(cursor) : this.#store.changes;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
