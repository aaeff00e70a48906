import type * as http from "node:http";
import type * as https from "node:https";
import { finished } from "node:stream";
import { describeError } from "../../observe/errors.js";
import { untraced } from "../../scope/tracing.js";
import { clearTimeout, now, setTimeout, sleep } from "../timers.js";
import type { HttpAnswer, HttpOutcome } from "./retry.js";
import { isRetryable, retryDelay } from "./retry.js";

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
    const all = { ...this.#options.headers, ...headers, "content-length": body.byteLength };
    let previous: HttpOutcome | undefined;
    for (let attempt = 1; ; attempt++) {
      const timeLeft = Math.max(1, deadline - now());
      const timeout = Math.min(this.#options.timeoutMillis, timeLeft);
      const outcome = await this.#send(body, all, timeout, signal);
      if (signal.aborted || !isRetryable(outcome)) return outcome;
      const delay = retryDelay(outcome, attempt);
      if (now() + delay >= deadline) {
        // When the last attempt had too little time to be answered, the one before it says more.
        const wasCutShort = timeout === timeLeft && outcome.status === undefined && outcome.code === "ETIMEDOUT";
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
      let request: http.ClientRequest | undefined;
      let answer: HttpAnswer | undefined;
      const settle = (outcome: HttpOutcome): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        resolve(outcome);
      };
      const stop = (code: string): void => {
        // A status that has arrived tells what became of the spans: sending them again would double them.
        settle(answer ?? { status: undefined, code, wasReused: request?.reusedSocket ?? false });
        request?.destroy();
      };
      const onAbort = (): void => stop("ABORTED");
      const timer = setTimeout(() => stop("ETIMEDOUT"), timeoutMillis).unref();
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) {
        onAbort();
        return;
      }
      const onResponse = (response: http.IncomingMessage): void => {
        const received = { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.alloc(0) };
        answer = received;
        response.on("data", (chunk: Buffer) => {
          if (received.body.length + chunk.length > MAX_ANSWER_BYTES) stop("too large");
          else received.body = Buffer.concat([received.body, chunk]);
        });
        finished(response, () => settle(received));
      };
      try {
        untraced(() => {
          request = this.#open(headers);
          request.on("socket", (socket) => socket.unref());
          request.on("error", (error) => stop(codeOf(error)));
          request.on("response", onResponse);
          request.end(body);
        });
      } catch (error) {
        stop(codeOf(error));
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
