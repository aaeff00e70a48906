import { useEffect, useState } from "preact/hooks";
import type { DroppedCounts, TraceSummary } from "../api.js";

export type LiveState = "connecting" | "live" | "offline";

export interface LiveListener {
  /** A connection is there; `again` after an earlier one, when events may have been missed. */
  readonly opened?: (again: boolean) => void;
  readonly trace?: (summary: TraceSummary) => void;
  readonly dropped?: (counts: DroppedCounts) => void;
}

const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 5000;

/** The server's events. Connects again by itself, also after a restart of the server. */
export class Live {
  readonly #listeners = new Set<LiveListener>();
  readonly #watchers = new Set<(state: LiveState) => void>();
  #state: LiveState = "connecting";
  #wait = SHORTEST_WAIT;
  #hasBeenOpen = false;

  get state(): LiveState {
    return this.#state;
  }

  start(): void {
    const source = new EventSource("/api/events");
    source.addEventListener("hello", (event) => {
      if (read(event) === undefined) return;
      this.#wait = SHORTEST_WAIT;
      this.#change("live");
      const again = this.#hasBeenOpen;
      this.#hasBeenOpen = true;
      this.#tell((listener) => listener.opened?.(again));
    });
    source.addEventListener("trace", (event) => {
      const summary = read(event) as TraceSummary | undefined;
      if (summary) this.#tell((listener) => listener.trace?.(summary));
    });
    source.addEventListener("dropped", (event) => {
      const counts = read(event) as DroppedCounts | undefined;
      if (counts) this.#tell((listener) => listener.dropped?.(counts));
    });
    source.addEventListener("error", () => {
      // A browser gives up for good after some answers and waits for its own time after others: one way for both.
      source.close();
      this.#change("offline");
      setTimeout(() => this.start(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    });
  }

  listen(listener: LiveListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(watcher: (state: LiveState) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #change(state: LiveState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  #tell(call: (listener: LiveListener) => void): void {
    for (const listener of this.#listeners) call(listener);
  }
}

/** The server's JSON; its forms are those of `api.ts`. */
function read(event: MessageEvent): unknown {
  try {
    return JSON.parse(String(event.data));
  } catch {
    return undefined;
  }
}

export function useLiveState(live: Live): LiveState {
  const [state, setState] = useState(live.state);
  useEffect(() => live.watch(setState), [live]);
  return state;
}
