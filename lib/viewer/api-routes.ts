import type { IncomingMessage, ServerResponse } from "node:http";
import { analyses } from "./analysis-routes.js";
import type { EventStream } from "./event-stream.js";
import { traceQueryOf } from "./http/parameters.js";
import { drained, HttpError, sendJson } from "./http/response.js";
import { queryTraces } from "./store/trace-query.js";
import type { HeldTrace } from "./store/held-trace.js";
import type { TraceStore } from "./store/trace-store.js";

/** A trace's text is written in pieces of about this many characters. */
const PIECE = 256 * 1024;

/** The JSON API; its forms are in `api.ts`. */
export class ApiRoutes {
  readonly #store: TraceStore;
  readonly #events: EventStream;

  constructor(store: TraceStore, events: EventStream) {
    this.#store = store;
    this.#events = events;
  }

  async serve(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , resource, id, ...more] = url.pathname.split("/");
    if (resource === "traces" && id === undefined) {
      sendJson(response, 200, await queryTraces(this.#store, traceQueryOf(url.searchParams)));
    } else if (resource === "traces" && id !== undefined && more.length === 0) {
      const trace = this.#store.find(id.toLowerCase());
      if (trace === undefined) throw new HttpError(404, "no trace with this id is held");
      await sendTrace(response, trace);
    } else if (resource === "events" && id === undefined) {
      const last = request.headers["last-event-id"];
      await this.#events.serve(response, typeof last === "string" ? last : undefined);
    } else if (resource !== undefined && Object.hasOwn(analyses, resource) && id === undefined) {
      analyses[resource]?.(this.#store, url.searchParams, response);
    } else {
      throw new HttpError(404, "there is nothing at this address");
    }
  }
}

/** A trace may have tens of thousands of spans: their texts are written as they are held, as fast as they are read. */
async function sendTrace(response: ServerResponse, trace: HeldTrace): Promise<void> {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  let piece = `{"summary":${JSON.stringify(trace.summary)},"spans":[`;
  let separator = "";
  for (const text of trace.spanTexts()) {
    piece += separator + text;
    separator = ",";
    if (piece.length < PIECE) continue;
    if (!response.write(piece)) await drained(response);
    if (response.destroyed) return;
    piece = "";
  }
  response.end(`${piece}],"costs":${JSON.stringify(trace.costs())}}`);
}
