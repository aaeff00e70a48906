import type { ExporterParts } from "./exporter-parts.js";

/** How many spans a receiver rejected in an answer that accepted the others, and why. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

/** Reads a partial success: Respan answers in JSON, other receivers in protobuf. `undefined` where there is none. */
export function readPartialSuccess(
  body: Uint8Array,
  contentType: string | undefined,
  serializer: ExporterParts["serializer"],
): PartialSuccess | undefined {
  try {
    const answer: unknown = isJson(contentType)
      ? JSON.parse(Buffer.from(body).toString("utf8"))
      : serializer.deserializeResponse(body);
    const partial = fieldOf(answer, "partialSuccess", "partial_success");
    if (typeof partial !== "object" || partial === null) return undefined;
    // In JSON, an int64 may be a string.
    const rejectedSpans = Number(fieldOf(partial, "rejectedSpans", "rejected_spans") ?? 0);
    const message = fieldOf(partial, "errorMessage", "error_message");
    return {
      rejectedSpans: Number.isSafeInteger(rejectedSpans) ? Math.max(0, rejectedSpans) : 0,
      message: typeof message === "string" ? message : "",
    };
  } catch {
    return undefined;
  }
}

/**
 * Whether the answer to a successful request can be a receiver's: a web server that answers every address with a page, or
 * an API that puts an error into the body, has taken no spans. An answer that is empty or cannot be read is a receiver's.
 */
export function isOtlpAnswer(body: Uint8Array, contentType: string | undefined): boolean {
  const text = Buffer.from(body).toString("utf8").trimStart();
  if (text === "") return true;
  if (text.startsWith("<") || /^[^;]*\bx?html\b/i.test(contentType ?? "")) return false;
  if (!isJson(contentType)) return true;
  try {
    const answer: unknown = JSON.parse(text);
    const isError = fieldOf(answer, "error", "errors") !== undefined;
    return !isError || fieldOf(answer, "partialSuccess", "partial_success") !== undefined;
  } catch {
    return true;
  }
}

const isJson = (contentType: string | undefined): boolean => /^[^;]*\bjson\b/i.test(contentType ?? "");

function fieldOf(value: unknown, name: string, snakeCaseName: string): unknown {
  // Reading a field of an unknown value gives an unknown value.
  const fields = Object(value) as Record<string, unknown>;
  return fields[name] ?? fields[snakeCaseName];
}
