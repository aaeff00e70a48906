import type { RawBody } from "./receiver.js";

/** How many bytes may wait for their turn or for an answer; more are not sent on. */
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const MAX_CONCURRENT = 4;
const TIMEOUT_MILLIS = 10_000;

export interface ForwarderOptions {
  readonly url: URL;
  readonly apiKey: string | undefined;
  /** Told of each kind of failure once, and again after something has got through. */
  readonly onFailure: (message: string) => void;
}

/** Sends the bodies that were received on to another receiver, beside everything else: nothing waits for it. */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #waiting: RawBody[] = [];
  readonly #told = new Set<string>();
  #pendingBytes = 0;
  #active = 0;
  #failed = 0;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** How many bodies did not get through. */
  get failed(): number {
    return this.#failed;
  }

  add(body: RawBody): void {
    if (this.#pendingBytes + body.bytes.length > MAX_PENDING_BYTES) {
      this.#fail("it is slower than what comes in");
      return;
    }
    this.#pendingBytes += body.bytes.length;
    this.#waiting.push(body);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    while (this.#active < MAX_CONCURRENT) {
      const body = this.#waiting.shift();
      if (body === undefined) return;
      this.#active++;
      void this.#send(body).finally(() => {
        this.#active--;
        this.#pendingBytes -= body.bytes.length;
        this.#sendWaiting();
      });
    }
  }

  async #send({ bytes, contentType, contentEncoding }: RawBody): Promise<void> {
    const { url, apiKey } = this.#options;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": contentType,
          "x-respan-dogfood": "1",
          ...(contentEncoding !== undefined && { "content-encoding": contentEncoding }),
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        },
        body: bytes,
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      });
      await response.arrayBuffer();
      if (response.ok) this.#told.clear();
      else this.#fail(`it answered with status ${response.status}`);
    } catch (error) {
      this.#fail(reasonOf(error));
    }
  }

  #fail(reason: string): void {
    this.#failed++;
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    const { url, onFailure } = this.#options;
    onFailure(`Could not send spans on to ${url.origin}${url.pathname}: ${reason}. They are shown here all the same.`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
