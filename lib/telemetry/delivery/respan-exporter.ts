import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { OutgoingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import { RESPAN_API_KEY } from "../../wire/environment.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/package.js";
import type { Settings } from "../settings/settings.js";
import { now } from "../timers.js";
import type { Warnings } from "../diagnostics.js";
import type { BatchExporter, BatchResult } from "./batch-exporter.js";
import { allFailed } from "./batch-exporter.js";
import type { HttpOutcome, HttpTransportOptions } from "./http-transport.js";
import { HttpTransport, isUnreachable } from "./http-transport.js";
import { shownUrl, tracesUrl } from "./traces-url.js";

const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/;

/** How much of a receiver's own message a warning repeats. */
const MAX_MESSAGE_LENGTH = 200;

/**
 * How many batches in a row must be too large down to their single spans, and how long nothing is sent then: each batch
 * would be halved to its spans again. Specs make the pause short.
 */
export const TOO_LARGE = { batches: 3, pauseMillis: 60_000 };

/** Parts that are loaded for the first export. */
interface Client {
  readonly serializer: typeof ProtobufTraceSerializer;
  readonly gzip: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly transport: HttpTransport;
}

/** One export of a batch: its requests share a deadline, those for its halves included. */
interface BatchExport {
  readonly client: Client;
  /** By `now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Whether a request with a single span was answered with 413. */
  isSingleSpanTooLarge: boolean;
}

/** Posts spans as OTLP protobuf. `docs/architecture.md` says why this is not OpenTelemetry's own exporter. */
export class RespanExporter implements BatchExporter {
  readonly #settings: Settings;
  readonly #warnings: Warnings;
  readonly #where: string;
  #client: Promise<Client> | undefined;
  #isCompressing: boolean;
  #tooLargeBatches = 0;
  #pausedUntil = 0;

  constructor(settings: Settings, warnings: Warnings) {
    this.#settings = settings;
    this.#warnings = warnings;
    this.#where = shownUrl(tracesUrl(settings.baseUrl));
    this.#isCompressing = settings.compression === "gzip";
  }

  async export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult> {
    if (now() < this.#pausedUntil) return allFailed(spans);
    const deadline = now() + this.#settings.otel.exportTimeoutMillis;
    const batch: BatchExport = { client: await this.#load(), deadline, signal, isSingleSpanTooLarge: false };
    const result = await this.#export(spans, batch);
    const isTooLarge = batch.isSingleSpanTooLarge && result.exported === 0;
    this.#tooLargeBatches = isTooLarge ? this.#tooLargeBatches + 1 : 0;
    if (this.#tooLargeBatches === TOO_LARGE.batches) {
      this.#tooLargeBatches = 0;
      this.#pausedUntil = now() + TOO_LARGE.pauseMillis;
      this.#warnings.warn(
        "413",
        `${this.#where} rejects even single spans as too large (413); nothing is sent for a minute`,
      );
    }
    return result;
  }

  async shutdown(): Promise<void> {
    (await this.#client)?.transport.close();
  }

  #load(): Promise<Client> {
    this.#client ??= loadClient(this.#settings, (outcome, attempt) => this.#warnOfRetry(outcome, attempt));
    // In a bundle it may not be there before the program's top-level `await` is over: the next batch tries again.
    this.#client.catch(() => (this.#client = undefined));
    return this.#client;
  }

  async #export(spans: readonly ReadableSpan[], batch: BatchExport): Promise<BatchResult> {
    const { client, deadline, signal } = batch;
    const bytes = serialized(spans, client.serializer);
    if (bytes === undefined) return this.#inHalves(spans, batch, "a span that cannot be serialized was left out");
    const isCompressed = this.#isCompressing;
    const body = isCompressed ? await client.gzip(bytes) : bytes;
    const headers = isCompressed ? { "content-encoding": "gzip" } : {};
    const outcome = await client.transport.post(body, headers, deadline, signal);
    if (outcome.status === 0) {
      if (outcome.code === "ABORTED") return allFailed(spans);
      return this.#lost(spans, outcome.code, `could not be reached (${outcome.code})`);
    }
    if (outcome.status < 300) return this.#accepted(spans, outcome, client);
    if (outcome.status === 413) {
      batch.isSingleSpanTooLarge ||= spans.length === 1;
      return this.#inHalves(spans, batch, "a span is larger than the receiver accepts (413) and was left out");
    }
    if (outcome.status === 415 && isCompressed) {
      this.#isCompressing = false;
      this.#warnings.warn("415", `${this.#where} does not accept gzip (415); spans are sent uncompressed from now on`);
      return this.#export(spans, batch);
    }
    return this.#lost(spans, String(outcome.status), refusal(outcome.status));
  }

  #accepted(spans: readonly ReadableSpan[], { status, headers, body }: HttpOutcome, client: Client): BatchResult {
    const { "content-type": contentType = "" } = headers;
    const partial = readOtlpAnswer(body, contentType, client.serializer);
    if (partial === undefined) {
      const [mediaType = "no content type"] = MEDIA_TYPE.exec(contentType) ?? [];
      const reason = `answered with something other than OTLP (${status}, ${mediaType}), such as a login page`;
      return this.#lost(spans, "no OTLP", `${reason}; check the option "baseUrl"`);
    }
    const rejected = Math.min(partial.rejectedSpans, spans.length);
    if (rejected > 0) {
      // The receiver's message may repeat content.
      const message = this.#settings.redactor.text(partial.message, undefined, MAX_MESSAGE_LENGTH) ?? "";
      const reason = message === "" ? "" : `: ${message}`;
      this.#warnings.warn("rejected", `${this.#where} rejected ${rejected} of ${spans.length} spans${reason}`);
    }
    return { exported: spans.length - rejected, rejected, failed: 0 };
  }

  /** Exports each half by itself, so that one span that cannot be delivered does not cost the others. */
  async #inHalves(spans: readonly ReadableSpan[], batch: BatchExport, warning: string): Promise<BatchResult> {
    if (spans.length <= 1 || batch.signal.aborted) {
      this.#warnings.warn(warning, warning);
      return allFailed(spans);
    }
    const middle = Math.ceil(spans.length / 2);
    const first = await this.#export(spans.slice(0, middle), batch);
    const second = await this.#export(spans.slice(middle), batch);
    return {
      exported: first.exported + second.exported,
      rejected: first.rejected + second.rejected,
      failed: first.failed + second.failed,
    };
  }

  /** Warns at once of a receiver that cannot be reached, and at the second attempt of one that answers or hangs up. */
  #warnOfRetry(outcome: HttpOutcome, attempt: number): void {
    if (attempt === 1 && !isUnreachable(outcome)) return;
    const { status, code } = outcome;
    const reason = status === 0 ? `could not be reached (${code})` : `answered with ${status}`;
    this.#warnings.warn(`retry ${reason}`, `${this.#where} ${reason}; retrying`);
  }

  #lost(spans: readonly ReadableSpan[], cause: string, reason: string): BatchResult {
    this.#warnings.warn(cause, `${this.#where} ${reason}; spans are lost`);
    return allFailed(spans);
  }
}

/** Loads the parts that only an export needs: they would make importing this package slower (`bench/cases/12-import-time.mjs`). */
async function loadClient(settings: Settings, onRetry: HttpTransportOptions["onRetry"]): Promise<Client> {
  const url = tracesUrl(settings.baseUrl);
  const [serializer, protocol, zlib] = await Promise.all([
    loadSerializer(),
    url.protocol === "https:" ? import("node:https") : import("node:http"),
    import("node:zlib"),
  ]);
  const { timeoutMillis, httpAgent: agent } = settings;
  const headers = requestHeaders(settings);
  const transport = new HttpTransport(protocol, { url, headers, timeoutMillis, agent, onRetry });
  return { serializer, gzip: promisify(zlib.gzip), transport };
}

/** A bundle in several files has a CommonJS module's exports on `default` alone, as esbuild splits it. */
async function loadSerializer(): Promise<Client["serializer"]> {
  interface Transformer {
    readonly ProtobufTraceSerializer: Client["serializer"];
  }
  const loaded: Transformer & { readonly default?: Transformer } = await import("@opentelemetry/otlp-transformer");
  return (loaded.default ?? loaded).ProtobufTraceSerializer;
}

function serialized(spans: readonly ReadableSpan[], serializer: Client["serializer"]): Uint8Array | undefined {
  try {
    return serializer.serializeRequest([...spans]);
  } catch {
    return undefined;
  }
}

function refusal(status: number): string {
  if (status === 401 || status === 403) {
    return `refused the API key (${status}); check the option "apiKey" or the variable ${RESPAN_API_KEY}`;
  }
  if (status < 400) {
    return `answered with a redirect (${status}), which is not followed; check the option "baseUrl"`;
  }
  if (status === 404) return `does not accept traces at this address (404); check the option "baseUrl"`;
  return `refused spans (${status})`;
}

/** Headers of every request. Those that are given may add to ours and replace the key, but not the body's format. */
function requestHeaders({ apiKey, headers = {} }: Settings): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = { "user-agent": `${SDK_NAME}/${SDK_VERSION}` };
  if (apiKey !== undefined) all.authorization = `Bearer ${apiKey}`;
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) Reflect.deleteProperty(all, name);
  all["content-type"] = "application/x-protobuf";
  // Keeps the service from tracing the export itself.
  all["x-respan-dogfood"] = "1";
  return all;
}

/** How many spans a receiver rejected in an answer that accepted the others, and why. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

const ALL_ACCEPTED: PartialSuccess = { rejectedSpans: 0, message: "" };

/**
 * Reads the answer to a successful request: Respan answers in JSON, other receivers in protobuf. An empty or unreadable
 * answer means that all spans were accepted.
 * @returns `undefined` for an answer that no OTLP receiver gives: a page of HTML, or an error in JSON
 */
export function readOtlpAnswer(
  body: Buffer,
  contentType: string,
  serializer: Pick<typeof ProtobufTraceSerializer, "deserializeResponse">,
): PartialSuccess | undefined {
  const text = body.toString("utf8").trimStart();
  if (text === "") return ALL_ACCEPTED;
  if (text.startsWith("<") || /^[^;]*\bx?html\b/i.test(contentType)) return undefined;
  const isJson = /^[^;]*\bjson\b/i.test(contentType);
  let answer: unknown;
  try {
    answer = isJson ? JSON.parse(text) : serializer.deserializeResponse(body);
  } catch {
    return ALL_ACCEPTED;
  }
  const partial = fieldOf(answer, "partialSuccess", "partial_success");
  if (partial === undefined && isJson && fieldOf(answer, "error", "errors") !== undefined) return undefined;
  // In JSON, an int64 may be a string.
  const rejectedSpans = Number(fieldOf(partial, "rejectedSpans", "rejected_spans"));
  const message = fieldOf(partial, "errorMessage", "error_message");
  return {
    rejectedSpans: Number.isSafeInteger(rejectedSpans) ? Math.max(0, rejectedSpans) : 0,
    message: typeof message === "string" ? message : "",
  };
}

/** A field by its name in protobuf's JSON or by its name in a `.proto` file; `undefined` for null too. */
function fieldOf(value: unknown, name: string, protoName: string): unknown {
  const field = (key: string): unknown => Reflect.get(Object(value), key);
  return field(name) ?? field(protoName) ?? undefined;
}
