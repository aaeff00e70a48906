import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";

/** How many spans a receiver rejected in an answer that accepted the others, and why. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

const ALL_ACCEPTED: PartialSuccess = { rejectedSpans: 0, message: "" };

/**
 * Reads the answer to a successful request: Respan answers in JSON, other receivers in protobuf. An empty or unreadable
 * answer means that all spans were accepted.
 * @returns `undefined` for an answer that no OTLP receiver gives: a page of HTML, or an error in JSON
 */
export function readOtlpAnswer(
  body: Buffer,
  contentType: string,
  serializer: Pick<typeof ProtobufTraceSerializer, "deserializeResponse">,
): PartialSuccess | undefined {
  const text = body.toString("utf8").trimStart();
  if (text === "") return ALL_ACCEPTED;
  if (text.startsWith("<") || /^[^;]*\bx?html\b/i.test(contentType)) return undefined;
  const isJson = /^[^;]*\bjson\b/i.test(contentType);
  let answer: unknown;
  try {
    answer = isJson ? JSON.parse(text) : serializer.deserializeResponse(body);
  } catch {
    return ALL_ACCEPTED;
  }
  const partial = fieldOf(answer, "partialSuccess", "partial_success");
  if (partial === undefined && isJson && fieldOf(answer, "error", "errors") !== undefined) return undefined;
  // In JSON, an int64 may be a string.
  const rejectedSpans = Number(fieldOf(partial, "rejectedSpans", "rejected_spans"));
  const message = fieldOf(partial, "errorMessage", "error_message");
  return {
    rejectedSpans: Number.isSafeInteger(rejectedSpans) ? Math.max(0, rejectedSpans) : 0,
    message: typeof message === "string" ? message : "",
  };
}

/** A field by its name in protobuf's JSON or by its name in a `.proto` file; `undefined` for null too. */
function fieldOf(value: unknown, name: string, protoName: string): unknown {
  const field = (key: string): unknown => Reflect.get(Object(value), key);
  return field(name) ?? field(protoName) ?? undefined;
}
