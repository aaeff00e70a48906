import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";

/** A request's whole body, decompressed where it is gzip. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const whole = Buffer.concat(pieces);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole;
}
