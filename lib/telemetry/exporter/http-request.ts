import type { ClientRequest, IncomingMessage } from "node:http";
import { describeError } from "../../observe/error-description.js";
import { clearTimeout, setTimeout } from "../timers.js";
import { untraced } from "./batch-exporter.js";

/** An answer whose status has arrived. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The body, as far as it was read. */
  readonly body: Buffer;
  /** Whether that is all of the body: it may have been too large, or cut off. */
  readonly isWhole: boolean;
}

/** A request that got no answer. */
export interface HttpFailure {
  readonly status: undefined;
  /** A system error's code, `ETIMEDOUT` after a timeout, `ABORTED` after an abort. */
  readonly code: string;
  /** Whether an idle connection was used, which the other side may have closed at the same moment. */
  readonly wasReused: boolean;
}

export type HttpOutcome = HttpAnswer | HttpFailure;

/** More than any answer of the protocol needs. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Sends one request and resolves with how it ended. Never rejects and does not keep the process alive.
 * @param open opens the request
 */
export function sendRequest(
  open: () => ClientRequest,
  body: Uint8Array,
  timeoutMillis: number,
  signal: AbortSignal,
): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let request: ClientRequest | undefined;
    let answer: ((isWhole: boolean) => HttpAnswer) | undefined;
    const settle = (outcome: HttpOutcome): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    const fail = (code: string): void => {
      // The status tells what became of the spans. To send them again would double them.
      settle(answer?.(false) ?? { status: undefined, code, wasReused: request?.reusedSocket ?? false });
      request?.destroy();
    };
    const onAbort = (): void => fail("ABORTED");
    const timer = setTimeout(() => fail("ETIMEDOUT"), timeoutMillis).unref();
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) {
      onAbort();
      return;
    }
    const start = (): void => {
      request = open();
      request.on("socket", (socket) => socket.unref());
      request.on("error", (error) => fail(codeOf(error)));
      request.on("response", (response) => {
        answer = readAnswer(response, settle);
      });
      request.end(body);
    };
    try {
      untraced(start);
    } catch (error) {
      fail(codeOf(error));
    }
  });
}

/**
 * Reads an answer up to `MAX_ANSWER_BYTES` and settles with it.
 * @returns a function that gives what has been read so far
 */
function readAnswer(response: IncomingMessage, settle: (answer: HttpAnswer) => void): (isWhole: boolean) => HttpAnswer {
  const chunks: Buffer[] = [];
  let length = 0;
  const answer = (isWhole: boolean): HttpAnswer => {
    const { statusCode = 0, headers } = response;
    return { status: statusCode, headers, body: Buffer.concat(chunks), isWhole };
  };
  response.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) {
      chunks.push(chunk);
      return;
    }
    settle(answer(false));
    response.destroy();
  });
  response.on("end", () => settle(answer(true)));
  response.on("error", () => settle(answer(false)));
  response.on("close", () => settle(answer(false)));
  return answer;
}

/** Not by `instanceof`: in a test runner, Node's own errors belong to another realm. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as NodeJS.ErrnoException;
  return code ?? describeError(error).type;
}
