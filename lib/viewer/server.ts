import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SDK_VERSION } from "../wire/package.js";
import { ApiRoutes } from "./api-routes.js";
import { codeOf } from "./error-code.js";
import { EventStream } from "./event-stream.js";
import { Access } from "./http/access.js";
import { HttpError, sendJson } from "./http/response.js";
import { BodyReader } from "./http/request-body.js";
import type { Page } from "./page-file.js";
import { Receiver } from "./receiver.js";
import type { RawBody } from "./receiver.js";
import type { ReceivedSpan } from "./otlp/spans.js";
import type { TraceStore } from "./store/trace-store.js";

export interface ViewerOptions {
  readonly store: TraceStore;
  readonly page: Page;
  /** Who has it may talk to the server; without one, only this machine may. */
  readonly token?: string;
  /** Told of spans once they are in the store. */
  readonly onSpans?: (spans: readonly ReceivedSpan[]) => void;
  readonly onBody?: (body: RawBody) => void;
  /** Told of errors that are this program's own. */
  readonly onError?: (error: unknown) => void;
  readonly maxBodyBytes?: number;
}

/** How many ports after the wanted one are tried. */
const PORTS_TRIED = 20;

const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

/** One port for everything: the OTLP receiver, the JSON API and the page. */
export class ViewerServer {
  readonly #options: ViewerOptions;
  readonly #access: Access;
  readonly #receiver: Receiver;
  readonly #events: EventStream;
  readonly #routes: ApiRoutes;
  readonly #server: Server;

  constructor(options: ViewerOptions) {
    this.#options = options;
    const { store } = options;
    this.#access = new Access(options.token);
    this.#receiver = new Receiver(new BodyReader(options.maxBodyBytes), {
      add: (spans) => {
        store.add(spans);
        options.onSpans?.(spans);
      },
      forward: (body) => options.onBody?.(body),
    });
    this.#events = new EventStream(store, { startedAt: Date.now(), version: SDK_VERSION });
    this.#routes = new ApiRoutes(store, this.#events);
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Listens on the wanted port, or on the next one that is free; 0 is any. */
  async listen(host: string, wanted: number): Promise<void> {
    const last = wanted === 0 ? 0 : Math.min(wanted + PORTS_TRIED, 65_535);
    for (let port = wanted; ; port++) {
      try {
        await this.#listenOn(host, port);
        return;
      } catch (error) {
        if (codeOf(error) !== "EADDRINUSE" || port >= last) throw error;
      }
    }
  }

  /** Ends every connection and stops. */
  async close(): Promise<void> {
    this.#events.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #listenOn(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const stream of [request, response]) stream.on("error", () => undefined);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    try {
      await this.#route(request, response);
    } catch (error) {
      this.#refuse(error, response);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const decision = this.#access.decide(request);
    if (decision === "forbidden") throw new HttpError(403, "this server answers programs of this machine only");
    if (decision === "needsToken") throw new HttpError(401, "add the token that was printed at the start: ?token=…");
    const url = urlOf(request);
    if (Receiver.receives(url.pathname)) {
      if (request.method !== "POST") throw new HttpError(405, "traces are sent with POST");
      await this.#receiver.receive(request, response);
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") throw new HttpError(404, "only traces are received");
    if (url.pathname.startsWith("/api/")) await this.#routes.serve(url, request, response);
    else this.#servePage(url, request, response);
  }

  #servePage(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const cookie = this.#access.cookieFor(request);
    if (cookie !== undefined) {
      // The token leaves the address, which is easily copied to others.
      url.searchParams.delete("token");
      response.writeHead(303, { location: url.pathname + url.search, "set-cookie": cookie }).end();
      return;
    }
    // `/traces/ID` is the page too, so that an address can name a trace.
    if (!/^\/(|index\.html|traces?(\/.*)?)$/.test(url.pathname)) {
      throw new HttpError(404, "there is nothing at this address");
    }
    const { html, contentSecurityPolicy } = this.#options.page;
    response
      .writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": contentSecurityPolicy,
        "cache-control": "no-store",
      })
      .end(html);
  }

  #refuse(error: unknown, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (!(error instanceof HttpError)) this.#options.onError?.(error);
    const { status, message } = error instanceof HttpError ? error : new HttpError(500, "an error of this program");
    if (status === 503) response.setHeader("retry-after", "1");
    // What is left of the request would be taken for the next one.
    if (status === 413 || status === 503) response.setHeader("connection", "close");
    sendJson(response, status, { error: message });
  }
}

function urlOf({ url = "/" }: IncomingMessage): URL {
  // A path that begins with two slashes would name a host.
  const path = url.replace(/^\/+/, "/");
  if (!URL.canParse(path, "http://localhost")) throw new HttpError(400, "the address cannot be read");
  return new URL(path, "http://localhost");
}
