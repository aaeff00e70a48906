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
    const isJson = /^[^;]*\bjson\b/i.test(contentType ?? "");
    const answer: unknown = isJson
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

function fieldOf(value: unknown, name: string, snakeCaseName: string): unknown {
  // Reading a field of an unknown value gives an unknown value.
  const fields = Object(value) as Record<string, unknown>;
  return fields[name] ?? fields[snakeCaseName];
}
