import type { Agent, AgentOptions, ClientRequest, OutgoingHttpHeaders } from "node:http";
import { now } from "../timers.js";
import type { ExporterParts } from "./exporter-parts.js";
import type { HttpOutcome } from "./http-request.js";
import { sendRequest } from "./http-request.js";
import { isRetryable, retryDelay, sleep } from "./retry.js";

export interface HttpTransportOptions {
  readonly url: URL;
  /** Headers of every request. */
  readonly headers: OutgoingHttpHeaders;
  /** How long one request may take. */
  readonly timeoutMillis: number;
  /** The user's agent, which stays open. Default: an agent of our own. */
  readonly agent: Agent | undefined;
  /** Called when an attempt, counted from 1, has failed and another follows. */
  readonly onRetry: (outcome: HttpOutcome, attempt: number) => void;
}

/** Node 22.21 and 24.5 added this option; the types of Node 20 lack it, and the options of an agent. */
interface ProxyOptions {
  readonly proxyEnv?: NodeJS.ProcessEnv | undefined;
}

/** Posts bodies to one address over kept-alive connections, with retries. Never rejects, follows no redirect. */
export class HttpTransport {
  readonly #options: HttpTransportOptions;
  readonly #protocol: ExporterParts["http"] | ExporterParts["https"];
  #agent: Agent | undefined;

  constructor({ http, https }: Pick<ExporterParts, "http" | "https">, options: HttpTransportOptions) {
    this.#options = options;
    this.#protocol = options.url.protocol === "https:" ? https : http;
  }

  /** Posts a body, again and again where that may help, until the deadline by `now()`. */
  async post(
    body: Uint8Array,
    headers: OutgoingHttpHeaders,
    deadline: number,
    signal: AbortSignal,
  ): Promise<HttpOutcome> {
    const all = { ...this.#options.headers, ...headers, "content-length": body.byteLength };
    let previous: HttpOutcome | undefined;
    for (let attempt = 1; ; attempt++) {
      const timeLeft = Math.max(1, deadline - now());
      const timeout = Math.min(this.#options.timeoutMillis, timeLeft);
      const outcome = await sendRequest(() => this.#open(all), body, timeout, signal);
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

  /** Closes idle connections of our own agent. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  #open(headers: OutgoingHttpHeaders): ClientRequest {
    const { url, agent } = this.#options;
    if (agent === undefined) this.#agent ??= this.#ownAgent();
    return this.#protocol.request(url, { method: "POST", headers, agent: agent ?? this.#agent });
  }

  /** An agent that uses the same proxy as Node's global agent, which has one with `NODE_USE_ENV_PROXY=1`. */
  #ownAgent(): Agent {
    // The host may have replaced the global agent by one that has no options.
    const { options } = this.#protocol.globalAgent as { readonly options?: ProxyOptions };
    const own: AgentOptions & ProxyOptions = { keepAlive: true, maxFreeSockets: 2, proxyEnv: options?.proxyEnv };
    return new this.#protocol.Agent(own);
  }
}
