import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { Agent, OutgoingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import type { Redactor } from "../../capture/masking/redactor.js";
import { RESPAN_API_KEY } from "../../wire/environment.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import { now } from "../timers.js";
import type { Warnings } from "../warnings.js";
import type { BatchExporter, BatchResult } from "./batch-exporter.js";
import { allFailed } from "./batch-exporter.js";
import type { ExporterParts } from "./exporter-parts.js";
import { loadExporterParts } from "./exporter-parts.js";
import type { HttpAnswer, HttpOutcome } from "./http-request.js";
import type { HttpTransportOptions } from "./http-transport.js";
import { HttpTransport } from "./http-transport.js";
import { isOtlpAnswer, readPartialSuccess } from "./partial-success.js";
import { isUnreachable } from "./retry.js";
import { TooLargeBreaker } from "./too-large-breaker.js";
import { shownUrl } from "./traces-url.js";

const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/;

/** How much of a receiver's own message a warning repeats. */
const MAX_MESSAGE_LENGTH = 200;

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

/** What an export needs beyond its options; loaded for the first one. */
interface Client {
  readonly serializer: ExporterParts["serializer"];
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
  readonly #options: RespanExporterOptions;
  readonly #warnings: Warnings;
  readonly #where: string;
  readonly #tooLarge = new TooLargeBreaker();
  #client: Promise<Client> | undefined;
  #isCompressing: boolean;

  constructor(options: RespanExporterOptions, warnings: Warnings) {
    this.#options = options;
    this.#warnings = warnings;
    this.#where = shownUrl(options.url);
    this.#isCompressing = options.compression === "gzip";
  }

  async export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult> {
    if (this.#tooLarge.isOpen) return allFailed(spans);
    const deadline = now() + this.#options.exportTimeoutMillis;
    this.#client ??= loadClient(this.#options, (outcome, attempt) => this.#warnOfRetry(outcome, attempt));
    let client: Client;
    try {
      client = await this.#client;
    } catch {
      return this.#lost(spans, "load", "could not be reached (the exporter could not be loaded)");
    }
    const batch: BatchExport = { client, deadline, signal, isSingleSpanTooLarge: false };
    const result = await this.#export(spans, batch);
    if (this.#tooLarge.opensAfter(batch.isSingleSpanTooLarge && result.exported === 0)) {
      this.#warnings.warn("413", `${this.#where} takes not even single spans (413); nothing is sent for a minute`);
    }
    return result;
  }

  async shutdown(): Promise<void> {
    const client = await this.#client;
    client?.transport.close();
  }

  async #export(spans: readonly ReadableSpan[], batch: BatchExport): Promise<BatchResult> {
    let bytes: Uint8Array;
    const headers: OutgoingHttpHeaders = {};
    try {
      // The serializer only reads the array; its parameter is not declared readonly.
      bytes = serialized(batch.client.serializer.serializeRequest(spans as ReadableSpan[]));
    } catch {
      return this.#inHalves(spans, batch, "a span that cannot be serialized was left out");
    }
    if (this.#isCompressing) {
      bytes = await batch.client.gzip(bytes);
      headers["content-encoding"] = "gzip";
    }
    const outcome = await batch.client.transport.post(bytes, headers, batch.deadline, batch.signal);
    if (outcome.status === undefined) {
      if (outcome.code === "ABORTED") return allFailed(spans);
      return this.#lost(spans, outcome.code, `could not be reached (${outcome.code})`);
    }
    if (outcome.status < 300) return this.#accepted(spans, outcome, batch.client);
    if (outcome.status === 413) {
      batch.isSingleSpanTooLarge ||= spans.length === 1;
      return this.#inHalves(spans, batch, "a span is larger than the receiver takes (413) and was left out");
    }
    if (outcome.status === 415 && headers["content-encoding"] !== undefined) {
      this.#isCompressing = false;
      this.#warnings.warn("415", `${this.#where} does not take gzip (415); spans are sent uncompressed from now on`);
      return this.#export(spans, batch);
    }
    return this.#lost(spans, String(outcome.status), refusal(outcome.status));
  }

  #accepted(spans: readonly ReadableSpan[], answer: HttpAnswer, { serializer }: Client): BatchResult {
    const { "content-type": contentType = "" } = answer.headers;
    if (!isOtlpAnswer(answer.body, contentType)) {
      const [mediaType = "no content type"] = MEDIA_TYPE.exec(contentType) ?? [];
      const what = `${answer.status}, ${mediaType}`;
      const reason = `answered with something other than OTLP (${what}), such as a login page; check the option "baseUrl"`;
      return this.#lost(spans, "no OTLP", reason);
    }
    const partial = answer.isWhole ? readPartialSuccess(answer.body, contentType, serializer) : undefined;
    const rejected = Math.min(partial?.rejectedSpans ?? 0, spans.length);
    if (rejected > 0) {
      // The receiver's message may repeat what it was sent.
      const message = this.#options.redactor.text(partial?.message ?? "", undefined, MAX_MESSAGE_LENGTH);
      const reason = message === undefined || message === "" ? "" : `: ${message}`;
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

  /** A receiver that cannot be reached is told of at once, one that answers or hangs up when that happens twice running. */
  #warnOfRetry(outcome: HttpOutcome, attempt: number): void {
    if (attempt === 1 && !isUnreachable(outcome)) return;
    const [code, reason] =
      outcome.status === undefined
        ? [outcome.code, `could not be reached (${outcome.code})`]
        : [outcome.status, `answered with ${outcome.status}`];
    this.#warnings.warn(`retry ${code}`, `${this.#where} ${reason}; retrying`);
  }

  #lost(spans: readonly ReadableSpan[], cause: string, reason: string): BatchResult {
    this.#warnings.warn(cause, `${this.#where} ${reason}; spans are lost`);
    return allFailed(spans);
  }
}

async function loadClient(options: RespanExporterOptions, onRetry: HttpTransportOptions["onRetry"]): Promise<Client> {
  const { serializer, zlib, ...protocols } = await loadExporterParts();
  const { url, timeoutMillis, agent } = options;
  const headers = requestHeaders(options);
  const transport = new HttpTransport(protocols, { url, headers, timeoutMillis, agent, onRetry });
  return { serializer, gzip: promisify(zlib.gzip), transport };
}

function serialized(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new TypeError("nothing was serialized");
  return bytes;
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

/** Headers of every request. The user's may add to ours and replace the key, but not the body's format. */
function requestHeaders({ apiKey, headers }: RespanExporterOptions): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = { "user-agent": `${SDK_NAME}/${SDK_VERSION}` };
  if (apiKey !== undefined) all.authorization = `Bearer ${apiKey}`;
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  delete all["content-encoding"];
  delete all["content-length"];
  delete all["transfer-encoding"];
  all["content-type"] = "application/x-protobuf";
  // Keeps the service from tracing the export itself.
  all["x-respan-dogfood"] = "1";
  return all;
}
