import type * as http from "node:http";
import type * as https from "node:https";
import { finished } from "node:stream";
import { describeError } from "../../observe/errors.js";
import { untraced } from "../../scope/tracing.js";
import { clearTimeout, now, setTimeout, sleep } from "../timers.js";

/** Where a transport posts to, and how. */
export interface HttpTransportOptions {
  readonly url: URL;
  /** Headers of every request. */
  readonly headers: http.OutgoingHttpHeaders;
  /** How long one request may take. */
  readonly timeoutMillis: number;
  /** The option `httpAgent`, which stays open. Default: an agent that is closed by `close()`. */
  readonly agent: http.Agent | undefined;
  /** Called when an attempt, counted from 1, has failed and another follows. */
  readonly onRetry: (outcome: HttpOutcome, attempt: number) => void;
}

/** How a request ended. */
export interface HttpOutcome {
  /** The answer's status, which tells what became of the body, even if the answer broke off; 0 where there was none. */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The answer's body as far as it was read. */
  readonly body: Buffer;
  /** Without an answer: a system error's code, `ETIMEDOUT` after a timeout, `ABORTED` after an abort. */
  readonly code: string;
  /** Whether an idle connection was used, which the other side may have closed at the same moment. */
  readonly wasReused: boolean;
}

/** More than any answer of the protocol needs. */
const MAX_ANSWER_BYTES = 65_536;

/** Node 22.21 and 24.5 added this option; the types of Node 20 lack it, and the options of an agent. */
interface ProxyOptions {
  readonly proxyEnv?: NodeJS.ProcessEnv | undefined;
}

/** Posts bodies to one address over kept-alive connections, with retries. Never rejects, follows no redirect. */
export class HttpTransport {
  readonly #options: HttpTransportOptions;
  readonly #protocol: typeof http | typeof https;
  #agent: http.Agent | undefined;

  /** @param protocol Node's module for the URL's protocol */
  constructor(protocol: typeof http | typeof https, options: HttpTransportOptions) {
    this.#options = options;
    this.#protocol = protocol;
  }

  /** Posts a body, again and again where that may help, until the deadline by `now()`. */
  async post(
    body: Uint8Array,
    headers: http.OutgoingHttpHeaders,
    deadline: number,
    signal: AbortSignal,
  ): Promise<HttpOutcome> {
    let previous: HttpOutcome | undefined;
    for (let attempt = 1; ; attempt++) {
      const timeLeft = Math.max(1, deadline - now());
      const outcome = await this.#send(body, headers, Math.min(this.#options.timeoutMillis, timeLeft), signal);
      if (signal.aborted || !isRetryable(outcome)) return outcome;
      const delay = retryDelay(outcome, attempt);
      if (now() + delay >= deadline) {
        // When the last attempt had too little time to be answered, the one before it says more.
        const wasCutShort = outcome.code === "ETIMEDOUT" && timeLeft < this.#options.timeoutMillis;
        return wasCutShort ? (previous ?? outcome) : outcome;
      }
      previous = outcome;
      this.#options.onRetry(outcome, attempt);
      await sleep(delay, signal);
    }
  }

  /** Closes idle connections, except those of the option `httpAgent`. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  /** Sends one request and resolves with how it ended, without keeping the process alive. */
  #send(
    body: Uint8Array,
    headers: http.OutgoingHttpHeaders,
    timeoutMillis: number,
    signal: AbortSignal,
  ): Promise<HttpOutcome> {
    return new Promise((resolve) => {
      const outcome = { status: 0, headers: {}, body: Buffer.alloc(0) };
      let request: http.ClientRequest | undefined;
      const settle = (code: string): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        resolve({ ...outcome, code, wasReused: request?.reusedSocket ?? false });
      };
      const giveUp = (code: string): void => {
        settle(code);
        request?.destroy();
      };
      const onAbort = (): void => giveUp("ABORTED");
      const timer = setTimeout(giveUp, timeoutMillis, "ETIMEDOUT").unref();
      signal.addEventListener("abort", onAbort);
      const onResponse = (response: http.IncomingMessage): void => {
        Object.assign(outcome, { status: response.statusCode, headers: response.headers });
        response.on("data", (chunk: Buffer) => {
          if (outcome.body.length + chunk.length > MAX_ANSWER_BYTES) response.destroy();
          else outcome.body = Buffer.concat([outcome.body, chunk]);
        });
        finished(response, () => settle(""));
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      try {
        untraced(() => {
          request = this.#open({ ...this.#options.headers, ...headers, "content-length": body.byteLength });
          request.on("socket", (socket) => socket.unref());
          request.on("error", (error) => settle(codeOf(error)));
          request.on("response", onResponse);
          request.end(body);
        });
      } catch (error) {
        settle(codeOf(error));
      }
    });
  }

  #open(headers: http.OutgoingHttpHeaders): http.ClientRequest {
    const { url, agent } = this.#options;
    if (agent === undefined) this.#agent ??= this.#ownAgent();
    return this.#protocol.request(url, { method: "POST", headers, agent: agent ?? this.#agent });
  }

  /** An agent that uses the same proxy as Node's global agent, which has one with `NODE_USE_ENV_PROXY=1`. */
  #ownAgent(): http.Agent {
    // The host may have replaced the global agent by one that has no options.
    const { options } = this.#protocol.globalAgent as { readonly options?: ProxyOptions };
    const own: http.AgentOptions & ProxyOptions = { keepAlive: true, maxFreeSockets: 2, proxyEnv: options?.proxyEnv };
    return new this.#protocol.Agent(own);
  }
}

/** Not by `instanceof`: in a test runner, Node's own errors belong to another realm. */
function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error), "code");
  return typeof code === "string" ? code : describeError(error).type;
}

/** The delay between two attempts in milliseconds. Specs make it short. */
export const BACKOFF = { initialMillis: 1_000, maxMillis: 8_000 };

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

/** Network errors worth retrying. A certificate error, for one, stays. */
const RETRYABLE_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EMFILE)$/;

/** Errors of a connection that was there. */
const BROKEN_CODES = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

export function isRetryable({ status, code }: HttpOutcome): boolean {
  return status === 0 ? RETRYABLE_CODES.test(code) : RETRYABLE_STATUSES.has(status);
}

/** Whether there was no answer and no connection, or the receiver kept silent. */
export function isUnreachable({ status, code }: HttpOutcome): boolean {
  return status === 0 && !BROKEN_CODES.has(code);
}

/**
 * How long to wait after attempt number `attempt` (from 1) in milliseconds: exponential backoff with jitter, so that a
 * thousand processes that lost the same receiver do not return at once, or longer where the receiver asks for it.
 */
export function retryDelay({ headers, code, wasReused }: HttpOutcome, attempt: number): number {
  // A connection that the other side closed while it was idle says nothing about the receiver: open a new one at once.
  if (wasReused && BROKEN_CODES.has(code) && attempt === 1) return 0;
  const longest = Math.min(BACKOFF.initialMillis * 2 ** (attempt - 1), BACKOFF.maxMillis);
  return Math.max(longest * (0.5 + Math.random() / 2), retryAfterMillis(headers) ?? 0);
}

/** `Retry-After`, seconds or a date by the receiver's clock, in milliseconds; `undefined` where it cannot be read. */
function retryAfterMillis({ "retry-after": header = "", date = "" }: http.IncomingHttpHeaders): number | undefined {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const until = httpDate(header);
  return until === undefined ? undefined : until - (httpDate(date) ?? Date.now());
}

/** Reads HTTP's date formats only: `Date.parse` accepts "1.5", for one. */
function httpDate(text: string): number | undefined {
  const time = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
