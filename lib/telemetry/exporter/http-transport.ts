import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { describeError } from "../../observe/error-description.js";
import type { ExporterParts } from "./exporter-parts.js";
import { untraced } from "./untraced.js";

/** How a request ended: with an answer, or without one. */
export type HttpOutcome =
  | {
      readonly status: number;
      readonly headers: IncomingMessage["headers"];
      /** The body, as far as it was read. */
      readonly body: Buffer;
      /** Whether that is all of it: it may have been too large, or broken off. */
      readonly isWhole: boolean;
    }
  | {
      readonly status: undefined;
      /** A system error's code, `ETIMEDOUT` where it took too long, `ABORTED` where it was given up. */
      readonly code: string;
      /** Whether the connection was an idle one, which the other side may have closed in the same moment. */
      readonly wasReused: boolean;
    };

/** More than any answer of the protocol needs. */
const MAX_ANSWER_BYTES = 65_536;

/** Posts bodies to one address over kept-alive connections. Never throws, follows no redirect. */
export class HttpTransport {
  readonly #protocol: ExporterParts["http"] | ExporterParts["https"];
  readonly #url: URL;
  readonly #headers: OutgoingHttpHeaders;
  readonly #givenAgent: Agent | undefined;
  #agent: Agent | undefined;

  constructor(
    { http, https }: Pick<ExporterParts, "http" | "https">,
    url: URL,
    headers: OutgoingHttpHeaders,
    agent: Agent | undefined,
  ) {
    this.#protocol = url.protocol === "https:" ? https : http;
    this.#url = url;
    this.#headers = headers;
    this.#givenAgent = agent;
  }

  /** Sends one body. `signal` gives it up. */
  post(
    body: Uint8Array,
    headers: OutgoingHttpHeaders,
    timeoutMillis: number,
    signal: AbortSignal,
  ): Promise<HttpOutcome> {
    return untraced(
      () =>
        new Promise<HttpOutcome>((resolve) => {
          let request: ClientRequest | undefined;
          let answer: Answer | undefined;
          const settle = (outcome: HttpOutcome): void => {
            clearTimeout(timer);
            signal.removeEventListener("abort", abort);
            resolve(outcome);
          };
          const fail = (code: string): void => {
            // Once the status is there it is known what became of the spans; to send them again would double them.
            settle(answer?.soFar() ?? { status: undefined, code, wasReused: request?.reusedSocket ?? false });
            request?.destroy();
          };
          const abort = (): void => fail("ABORTED");
          const timer = setTimeout(() => fail("ETIMEDOUT"), timeoutMillis).unref();
          signal.addEventListener("abort", abort);
          if (signal.aborted) {
            abort();
            return;
          }
          try {
            request = this.#open({ ...this.#headers, ...headers, "content-length": body.byteLength });
            // Whoever waits for a request (a flush) keeps the process alive; a request by itself must not.
            request.on("socket", (socket) => socket.unref());
            request.on("error", (error) => fail(codeOf(error)));
            request.on("response", (response) => (answer = new Answer(response, settle)));
            request.end(body);
          } catch (error) {
            fail(codeOf(error));
          }
        }),
    );
  }

  /** Closes idle connections of our own agent; a user's agent is the user's. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  #open(headers: OutgoingHttpHeaders): ClientRequest {
    this.#agent ??=
      this.#givenAgent === undefined ? new this.#protocol.Agent({ keepAlive: true, maxFreeSockets: 2 }) : undefined;
    return this.#protocol.request(this.#url, { method: "POST", headers, agent: this.#givenAgent ?? this.#agent });
  }
}

/** Not by `instanceof`: in a test runner Node's own errors are of another realm. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as NodeJS.ErrnoException;
  return code ?? describeError(error).type;
}

/** An answer whose status has come, and whose body is coming. */
class Answer {
  readonly #response: IncomingMessage;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  constructor(response: IncomingMessage, settle: (outcome: HttpOutcome) => void) {
    this.#response = response;
    response.on("data", (piece: Buffer) => {
      this.#length += piece.length;
      if (this.#length <= MAX_ANSWER_BYTES) {
        this.#pieces.push(piece);
        return;
      }
      settle(this.soFar());
      response.destroy();
    });
    response.on("end", () => settle(this.#outcome(true)));
    response.on("error", () => settle(this.soFar()));
    response.on("close", () => settle(this.soFar()));
  }

  /** What has come, where no more is waited for. */
  soFar(): HttpOutcome {
    return this.#outcome(false);
  }

  #outcome(isWhole: boolean): HttpOutcome {
    const { statusCode = 0, headers } = this.#response;
    return { status: statusCode, headers, body: Buffer.concat(this.#pieces), isWhole };
  }
}
