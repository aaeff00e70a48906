import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { accepted, status } from "./otlp-behaviours.js";
import type { Behaviour } from "./otlp-behaviours.js";
import { decodeRequest } from "./otlp-messages.js";
import type { ExportTraceServiceRequest } from "./otlp-messages.js";
import { receivedSpans, spanTrees } from "./otlp-spans.js";
import type { ReceivedSpan, SpanNode } from "./otlp-spans.js";

/** One export request. */
export interface ExportRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  body: Buffer;
  /** The bytes without their compression. */
  decompressed: Buffer;
  /** What it carried, also where the spans were refused. */
  spans: ReceivedSpan[];
  /** Why it could not be decoded, where it could not. */
  error: Error | undefined;
  /** The answer to the exporter; undefined while it waits, or where the connection was lost. */
  status: number | undefined;
}

/** How long a test waits for what should have arrived long ago. */
const LIMIT = 20_000;

/**
 * A local OTLP/HTTP receiver: decodes protobuf and JSON, gzip too, into plain spans, and misbehaves as scripted.
 *
 * @example
 * await using receiver = await OTLPReceiver.start();
 * const telemetry = new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url });
 * …
 * await telemetry.flush();
 * receiver.only("support_ticket_extraction.workflow").attributes;
 */
export class OTLPReceiver implements AsyncDisposable {
  /** The spans that were taken, in the order of their arrival; a span that came twice is here twice. */
  readonly spans: ReceivedSpan[] = [];
  /** All requests, also those that were refused. */
  readonly requests: ExportRequest[] = [];
  /** Bodies over this many bytes (as sent) are refused with 413. */
  maxBytes = Number.POSITIVE_INFINITY;

  readonly #script: Behaviour[] = [];
  readonly #watchers = new Set<() => void>();
  #default: Behaviour = accepted();
  #server: Server;
  #port = 0;

  private constructor() {
    this.#server = this.#create();
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(): Promise<OTLPReceiver> {
    const receiver = new OTLPReceiver();
    await receiver.#listen();
    return receiver;
  }

  /** `http://127.0.0.1:PORT` */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What `RespanTelemetry` takes as `baseUrl`: `http://127.0.0.1:PORT/api`. */
  get url(): string {
    return `${this.origin}/api`;
  }

  /** The address that spans are posted to: `http://127.0.0.1:PORT/api/v2/traces`. */
  get tracesUrl(): string {
    return `${this.url}/v2/traces`;
  }

  /** Scripts how the next requests are met, one each. */
  respond(...behaviours: Behaviour[]): this {
    this.#script.push(...behaviours);
    return this;
  }

  /** How every request is met that is not scripted, from now on. */
  respondAlways(behaviour: Behaviour): this {
    this.#default = behaviour;
    return this;
  }

  /** All spans of that name. */
  find(name: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** The one span of that name; throws when there is none or more. */
  only(name: string): ReceivedSpan {
    const found = this.find(name);
    const [span] = found;
    if (span && found.length === 1) return span;
    throw new Error(`expected one span ${name}, found ${found.length} among: ${this.#names()}`);
  }

  /** The spans nested by parent. */
  tree(): SpanNode[] {
    return spanTrees(this.spans);
  }

  /** Why requests could not be decoded; empty when all could. */
  get errors(): Error[] {
    return this.requests.flatMap(({ error }) => error ?? []);
  }

  /** How often each span id was taken. */
  get deliveries(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { spanId } of this.spans) counts.set(spanId, (counts.get(spanId) ?? 0) + 1);
    return counts;
  }

  /** Ids of spans that were taken more than once. */
  get duplicates(): string[] {
    return [...this.deliveries].filter(([, count]) => count > 1).map(([spanId]) => spanId);
  }

  /**
   * Settles with all spans once there are so many, or once the predicate holds. It looks whenever something arrives;
   * the limit (20 s by default) is there for a test that fails.
   */
  async waitFor(
    wanted: number | ((spans: readonly ReceivedSpan[]) => boolean),
    limit = LIMIT,
  ): Promise<readonly ReceivedSpan[]> {
    const isThere = typeof wanted === "number" ? () => this.spans.length >= wanted : () => wanted(this.spans);
    const what = typeof wanted === "number" ? `${wanted} spans` : "a condition";
    await this.#when(isThere, limit, () => `waited for ${what}, got ${this.spans.length}: ${this.#names()}`);
    return this.spans;
  }

  /** Settles once so many requests have arrived, taken or not. */
  async waitForRequests(count: number, limit = LIMIT): Promise<readonly ExportRequest[]> {
    const got = () => `waited for ${count} requests, got ${this.requests.length}`;
    await this.#when(() => this.requests.length >= count, limit, got);
    return this.requests;
  }

  /** Forgets what has arrived and what is scripted. */
  clear(): void {
    this.spans.length = 0;
    this.requests.length = 0;
    this.#script.length = 0;
    this.#default = accepted();
    this.maxBytes = Number.POSITIVE_INFINITY;
  }

  /** Stops listening and cuts every connection; {@link restart} brings it back on the same port. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again, on the same port, with everything that had arrived before. */
  async restart(): Promise<void> {
    await this.close();
    this.#server = this.#create();
    await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #create(): Server {
    return createServer((incoming, response) => {
      response.on("error", () => undefined);
      incoming.on("error", () => undefined);
      void this.#serve(incoming, response);
    });
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = this.#script.shift() ?? this.#default;
    const body = await read(incoming, behaviour.resetAfterBytes);
    if (!body) return;
    const request = this.#record(incoming, body);
    response.once("finish", () => (request.status = response.statusCode));
    const met = this.#refusal(request) ?? behaviour;
    if (met.keeps) this.spans.push(...request.spans);
    for (const look of [...this.#watchers]) look();
    await met.answer(response);
  }

  #record(incoming: IncomingMessage, body: Buffer): ExportRequest {
    const request: ExportRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body,
      decompressed: body,
      spans: [],
      error: undefined,
      status: undefined,
    };
    this.requests.push(request);
    if (body.length === 0) return request;
    try {
      request.decompressed = decompress(body, incoming.headers["content-encoding"]);
      request.spans = receivedSpans(decode(request.decompressed, incoming.headers["content-type"]));
    } catch (error) {
      request.error = error as Error;
    }
    return request;
  }

  #refusal(request: ExportRequest): Behaviour | undefined {
    if (request.method !== "POST") return status(405);
    if (!request.path.endsWith("/traces")) return status(404);
    if (request.body.length > this.maxBytes) return status(413);
    if (request.error) return status(400);
    return undefined;
  }

  async #when(isThere: () => boolean, limit: number, complaint: () => string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        if (error) reject(error);
        else resolve();
      };
      const look = () => {
        if (isThere()) done();
      };
      const timer = setTimeout(() => done(new Error(complaint())), limit);
      this.#watchers.add(look);
      look();
    });
  }

  #names(): string {
    return this.spans.map(({ name }) => name).join(", ") || "nothing";
  }
}

/** The whole body, or undefined where the connection was lost or is reset on purpose. */
async function read(incoming: IncomingMessage, resetAfterBytes?: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of incoming) {
      pieces.push(piece as Buffer);
      length += (piece as Buffer).length;
      if (resetAfterBytes !== undefined && length >= resetAfterBytes) {
        incoming.socket.resetAndDestroy();
        return undefined;
      }
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces);
}

function decompress(body: Buffer, encoding = "identity"): Buffer {
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "deflate") return inflateSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  if (encoding === "identity") return body;
  throw new Error(`unknown content-encoding ${encoding}`);
}

function decode(body: Buffer, contentType = ""): ExportTraceServiceRequest {
  if (contentType.startsWith("application/x-protobuf")) return decodeRequest(body);
  if (contentType.startsWith("application/json")) {
    return JSON.parse(body.toString("utf8")) as ExportTraceServiceRequest;
  }
  throw new Error(`unknown content-type ${contentType || "(none)"}`);
}
