import { Writer } from "protobufjs/minimal";
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "./http/response.js";
import type { BodyReader } from "./http/request-body.js";
import { readRequest } from "./otlp/protobuf.js";
import { MalformedBodyError, spansOf } from "./otlp/spans.js";
import type { ReceivedSpan, ReceivedSpans } from "./otlp/spans.js";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";

/** A request's body as it came, for passing on. */
export interface RawBody {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
}

export interface ReceiverTarget {
  add(spans: readonly ReceivedSpan[]): void;
  /** Called with each body that was taken. */
  forward?(body: RawBody): void;
}

/** Takes OTLP/HTTP trace requests in, protobuf and JSON, and answers them as OTLP asks. */
export class Receiver {
  readonly #bodies: BodyReader;
  readonly #target: ReceiverTarget;

  constructor(bodies: BodyReader, target: ReceiverTarget) {
    this.#bodies = bodies;
    this.#target = target;
  }

  /** `/v1/traces` as OTLP names it, `/api/v2/traces` as Respan does, and the two between. */
  static receives(path: string): boolean {
    return /^(\/api)?\/v[12]\/traces\/?$/.test(path);
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const contentType = mediaTypeOf(request);
    const contentEncoding = request.headers["content-encoding"];
    const bytes = await this.#bodies.read(request);
    const { spans, rejected } = decode(await this.#bodies.decompress(bytes, contentEncoding), contentType);
    this.#target.add(spans);
    this.#target.forward?.({ bytes, contentType, contentEncoding });
    const message = rejected > 0 ? "spans without a valid trace id and span id were left out" : "";
    const body = contentType === JSON_TYPE ? jsonAnswer(rejected, message) : protobufAnswer(rejected, message);
    response.writeHead(200, { "content-type": contentType, "content-length": body.length }).end(body);
  }
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  const name = type.trim().toLowerCase();
  if (name === PROTOBUF || name === "application/protobuf") return PROTOBUF;
  if (name === JSON_TYPE) return JSON_TYPE;
  throw new HttpError(415, `send traces as ${PROTOBUF} or ${JSON_TYPE}`);
}

function decode(body: Buffer, contentType: string): ReceivedSpans {
  try {
    return spansOf(contentType === JSON_TYPE ? JSON.parse(body.toString()) : readRequest(body), Date.now());
  } catch (error) {
    if (error instanceof MalformedBodyError) throw new HttpError(400, error.message);
    if (error instanceof SyntaxError) throw new HttpError(400, "the body is not valid JSON");
    // A body may nest deeper than the stack.
    if (error instanceof RangeError) throw new HttpError(400, "the body nests too deeply");
    throw error;
  }
}

function jsonAnswer(rejectedSpans: number, errorMessage: string): Buffer {
  return Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage } }));
}

/** `ExportTraceServiceResponse` with its one field, `partial_success`; empty where everything was taken. */
function protobufAnswer(rejectedSpans: number, errorMessage: string): Buffer {
  if (rejectedSpans === 0) return Buffer.alloc(0);
  const writer = Writer.create();
  writer.uint32(10).fork().uint32(8).int64(rejectedSpans).uint32(18).string(errorMessage).ldelim();
  return Buffer.from(writer.finish());
}
