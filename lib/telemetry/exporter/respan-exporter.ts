import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Agent, OutgoingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import type { Redactor } from "../../capture/masking/redactor.js";
import { RESPAN_API_KEY } from "../../wire/environment.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { Warnings } from "../warnings.js";
import { backoffMillis, retryAfterMillis, waitFor } from "./backoff.js";
import type { BatchExporter, BatchResult } from "./batch-exporter.js";
import { isConnectionError } from "./connection-error.js";
import type { ExporterParts } from "./exporter-parts.js";
import { loadExporterParts } from "./exporter-parts.js";
import type { HttpOutcome } from "./http-transport.js";
import { HttpTransport } from "./http-transport.js";
import { readPartialSuccess } from "./partial-success.js";
import { shownUrl } from "./traces-url.js";

/** Statuses after which the same request may be taken: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);
/** How a connection ends that was idle too long. */
const STALE = new Set(["ECONNRESET", "EPIPE"]);
const LONGEST_MESSAGE = 200;

export interface RespanExporterOptions {
  /** Where spans are posted to. */
  readonly url: URL;
  readonly apiKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  /** How long one request may take. */
  readonly timeoutMillis: number;
  /** How long a batch may take with all its retries. */
  readonly exportTimeoutMillis: number;
  readonly agent: Agent | undefined;
  readonly redactor: Redactor;
}

interface LoadedParts {
  readonly serializer: ExporterParts["serializer"];
  readonly compress: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly transport: HttpTransport;
}

/** What holds for a batch on all its way, retries and halves included. */
interface Run extends LoadedParts {
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** A batch as one request. */
interface Body {
  readonly bytes: Uint8Array;
  readonly headers: OutgoingHttpHeaders;
}

/**
 * Posts spans as OTLP protobuf. It is built on OpenTelemetry's serializer and not on its exporter, which sends the
 * host's `OTEL_EXPORTER_OTLP_HEADERS` (another vendor's credentials) along, cannot read an answer in JSON, and gives a
 * batch up where half of it would be taken.
 */
export class RespanExporter implements BatchExporter {
  readonly #options: RespanExporterOptions;
  readonly #parts: Promise<LoadedParts>;
  readonly #warnings: Warnings;
  #compresses: boolean;

  constructor(options: RespanExporterOptions, warnings: Warnings) {
    this.#options = options;
    this.#warnings = warnings;
    this.#compresses = options.compression === "gzip";
    this.#parts = loadParts(options);
    // Where they cannot be loaded, each export says so.
    this.#parts.catch(() => undefined);
  }

  async export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult> {
    let parts: LoadedParts;
    try {
      parts = await this.#parts;
    } catch {
      return this.#undelivered(spans, "the exporter could not be loaded");
    }
    return this.#export(spans, { ...parts, deadline: performance.now() + this.#options.exportTimeoutMillis, signal });
  }

  async shutdown(): Promise<void> {
    const { transport } = await this.#parts;
    transport.close();
  }

  async #export(spans: readonly ReadableSpan[], run: Run): Promise<BatchResult> {
    let body: Body;
    try {
      body = await this.#bodyOf(spans, run);
    } catch {
      return this.#inHalves(spans, run, "a span that cannot be serialized was left out");
    }
    const outcome = await this.#post(body, run);
    if (outcome.status === undefined) return this.#undelivered(spans, outcome.code);
    if (outcome.status < 300) return this.#delivered(spans, outcome, run);
    if (outcome.status === 413) {
      return this.#inHalves(spans, run, "a span is larger than the receiver takes (413) and was left out");
    }
    // Others that are on their way at the same time may have learnt it already.
    if (outcome.status === 415 && body.headers["content-encoding"] !== undefined) {
      this.#compresses = false;
      this.#warnings.warn("415", `${this.#where} does not take gzip (415); spans are sent uncompressed from now on`);
      return this.#export(spans, run);
    }
    this.#explain(outcome.status);
    return failed(spans.length);
  }

  async #bodyOf(spans: readonly ReadableSpan[], { serializer, compress }: Run): Promise<Body> {
    const bytes = serializer.serializeRequest(spans as ReadableSpan[]);
    if (bytes === undefined) throw new TypeError("nothing was serialized");
    return this.#compresses
      ? { bytes: await compress(bytes), headers: { "content-encoding": "gzip" } }
      : { bytes, headers: {} };
  }

  /** Posts a body, again and again where that may help, until the deadline. */
  async #post(body: Body, { transport, deadline, signal }: Run): Promise<HttpOutcome> {
    let previous: HttpOutcome | undefined;
    for (let tries = 1; ; tries++) {
      const left = Math.max(1, deadline - performance.now());
      const timeout = Math.min(this.#options.timeoutMillis, left);
      const outcome = await transport.post(body.bytes, body.headers, timeout, signal);
      if (signal.aborted || !isRetryable(outcome)) return outcome;
      const wait = waitBefore(outcome, tries);
      if (performance.now() + wait >= deadline) {
        // A last try that had no time to succeed says less than the one before.
        const hadNoTime = timeout === left && outcome.status === undefined && outcome.code === "ETIMEDOUT";
        return hadNoTime ? (previous ?? outcome) : outcome;
      }
      previous = outcome;
      await waitFor(wait, signal);
    }
  }

  #delivered(
    spans: readonly ReadableSpan[],
    outcome: HttpOutcome & { status: number },
    { serializer }: Run,
  ): BatchResult {
    const partial = outcome.isWhole
      ? readPartialSuccess(outcome.body, outcome.headers["content-type"], serializer)
      : undefined;
    const rejected = Math.min(partial?.rejectedSpans ?? 0, spans.length);
    if (rejected > 0) {
      const reason = this.#shown(partial?.message ?? "");
      this.#warnings.warn("rejected", `${this.#where} rejected ${rejected} of ${spans.length} spans${reason}`);
    }
    return { exported: spans.length - rejected, rejected, failed: 0 };
  }

  /** Sends each half on its own: one span that is too large must not cost the others. */
  async #inHalves(spans: readonly ReadableSpan[], run: Run, complaint: string): Promise<BatchResult> {
    if (spans.length <= 1 || run.signal.aborted) {
      this.#warnings.warn(complaint, complaint);
      return failed(spans.length);
    }
    const middle = Math.ceil(spans.length / 2);
    const first = await this.#export(spans.slice(0, middle), run);
    const second = await this.#export(spans.slice(middle), run);
    return {
      exported: first.exported + second.exported,
      rejected: first.rejected + second.rejected,
      failed: first.failed + second.failed,
    };
  }

  #undelivered(spans: readonly ReadableSpan[], code: string): BatchResult {
    if (code !== "ABORTED") {
      this.#warnings.warn(code, `${this.#where} could not be reached (${code}); spans are lost`);
    }
    return failed(spans.length);
  }

  #explain(status: number): void {
    this.#warnings.warn(String(status), `${this.#where} ${refusal(status)}; spans are lost`);
  }

  get #where(): string {
    return shownUrl(this.#options.url);
  }

  /** A receiver's own words, which may repeat what it was sent. */
  #shown(message: string): string {
    const text = this.#options.redactor.text(message, undefined, LONGEST_MESSAGE);
    return text === undefined || text === "" ? "" : `: ${text}`;
  }
}

async function loadParts(options: RespanExporterOptions): Promise<LoadedParts> {
  const { serializer, zlib, ...protocols } = await loadExporterParts();
  return {
    serializer,
    compress: promisify(zlib.gzip),
    transport: new HttpTransport(protocols, options.url, requestHeaders(options), options.agent),
  };
}

function refusal(status: number): string {
  if (status === 401 || status === 403) {
    return `refused the API key (${status}); check the option "apiKey" or the variable ${RESPAN_API_KEY}`;
  }
  if (status < 400) {
    return `answered with a redirect (${status}), which is not followed; check the option "baseUrl"`;
  }
  if (status === 404) return `knows no such address (404); check the option "baseUrl"`;
  return `refused spans (${status})`;
}

function failed(count: number): BatchResult {
  return { exported: 0, rejected: 0, failed: count };
}

function isRetryable(outcome: HttpOutcome): boolean {
  return outcome.status === undefined ? isConnectionError(outcome.code) : RETRYABLE_STATUSES.has(outcome.status);
}

function waitBefore(outcome: HttpOutcome, tries: number): number {
  if (outcome.status === undefined) {
    // An idle connection that the other side has closed says nothing about the receiver: try a fresh one at once.
    return outcome.wasReused && STALE.has(outcome.code) && tries === 1 ? 0 : backoffMillis(tries);
  }
  const { "retry-after": retryAfter, date } = outcome.headers;
  return retryAfterMillis(retryAfter, date) ?? backoffMillis(tries);
}

/** Headers of every request; the user's may add to ours and replace the key, not the form of the body. */
function requestHeaders({ apiKey, headers }: RespanExporterOptions): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = {};
  if (apiKey !== undefined) all.authorization = `Bearer ${apiKey}`;
  all["user-agent"] = `${SDK_NAME}/${SDK_VERSION}`;
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  delete all["content-encoding"];
  delete all["content-length"];
  delete all["transfer-encoding"];
  all["content-type"] = "application/x-protobuf";
  // So that the service never traces the export itself.
  all["x-respan-dogfood"] = "1";
  return all;
}
