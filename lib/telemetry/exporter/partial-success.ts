import type { ExporterParts } from "./exporter-parts.js";

/** What an answer says beside its status. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

/**
 * Reads what a receiver says of spans that it did not take: by the answer's content type, because Respan answers in
 * JSON and others in protobuf. An answer that cannot be read says nothing.
 */
export function readPartialSuccess(
  body: Uint8Array,
  contentType: string | undefined,
  serializer: ExporterParts["serializer"],
): PartialSuccess | undefined {
  try {
    const partial = isJson(contentType)
      ? jsonPartialSuccess(JSON.parse(Buffer.from(body).toString("utf8")))
      : (serializer.deserializeResponse(body).partialSuccess as Record<string, unknown> | undefined);
    if (partial === undefined) return undefined;
    const rejectedSpans = Number(partial.rejectedSpans ?? partial.rejected_spans ?? 0);
    const message = partial.errorMessage ?? partial.error_message;
    return {
      rejectedSpans: Number.isSafeInteger(rejectedSpans) ? Math.max(0, rejectedSpans) : 0,
      message: typeof message === "string" ? message : "",
    };
  } catch {
    return undefined;
  }
}

function isJson(contentType: string | undefined): boolean {
  return /^[^;]*\bjson\b/i.test(contentType ?? "");
}

function jsonPartialSuccess(answer: unknown): Record<string, unknown> | undefined {
  const fields = Object(answer) as Record<string, unknown>;
  const partial = fields.partialSuccess ?? fields.partial_success;
  return typeof partial === "object" && partial !== null ? (partial as Record<string, unknown>) : undefined;
}
