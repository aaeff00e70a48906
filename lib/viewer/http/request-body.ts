import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { codeOf } from "../error-code.js";
import { HttpError } from "./response.js";

/** How large a body may be, as sent and decompressed. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** How much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const MAX_DISCARDED_BYTES = 4 * MAX_BODY_BYTES;

/** Bytes of all bodies that are being received at one time. */
const MAX_PENDING_BYTES = 4 * MAX_BODY_BYTES;

const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** Reads request bodies: how large one may be, and how much may be under way in all, is bounded. */
export class BodyReader {
  readonly #maxBytes: number;
  #pending = 0;

  constructor(maxBytes = MAX_BODY_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The body as it was sent; an `HttpError` where it is too large, or where too many are coming in. */
  async read(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let kept = 0;
    let seen = 0;
    let refusal: HttpError | undefined;
    try {
      for await (const chunk of request) {
        // A request without an encoding hands out buffers.
        const bytes = chunk as Buffer;
        seen += bytes.length;
        refusal ??= this.#refusalOf(seen, bytes.length);
        if (refusal === undefined) {
          chunks.push(bytes);
          kept += bytes.length;
          this.#pending += bytes.length;
          continue;
        }
        chunks.length = 0;
        if (seen > MAX_DISCARDED_BYTES) break;
      }
    } finally {
      this.#pending -= kept;
    }
    if (refusal !== undefined) throw refusal;
    return Buffer.concat(chunks, kept);
  }

  /** The body without its compression, which is stopped as soon as it has given more than is allowed. */
  async decompress(body: Buffer, encoding: string | undefined): Promise<Buffer> {
    const name = (encoding ?? "identity").trim().toLowerCase();
    if (name === "identity" || name === "") return body;
    if (name !== "gzip" && name !== "deflate") {
      throw new HttpError(415, `a body compressed with ${JSON.stringify(name)} cannot be read: use gzip`);
    }
    try {
      return await decompressors[name](body, { maxOutputLength: this.#maxBytes });
    } catch (error) {
      const isTooLarge = codeOf(error) === "ERR_BUFFER_TOO_LARGE";
      throw isTooLarge ? this.#tooLarge() : new HttpError(400, `the body is not valid ${name}`);
    }
  }

  #refusalOf(seen: number, incoming: number): HttpError | undefined {
    if (seen > this.#maxBytes) return this.#tooLarge();
    if (this.#pending + incoming > MAX_PENDING_BYTES) return new HttpError(503, "too many requests at one time");
    return undefined;
  }

  #tooLarge(): HttpError {
    return new HttpError(413, `a body may have ${this.#maxBytes} bytes at most`);
  }
}
