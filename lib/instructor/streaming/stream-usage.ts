/** A request for a stream, and whether its usage was asked for on behalf of the span alone. */
export interface UsageRequest {
  readonly request: object;
  readonly isAdded: boolean;
}

/** Asks for the usage of a stream, unless the caller has chosen either way. The given request stays as it is. */
export function withStreamUsage(request: object): UsageRequest {
  const { stream_options: options } = request as { stream_options?: object | null };
  if (options !== undefined && options !== null && "include_usage" in options) return { request, isAdded: false };
  return { request: { ...request, stream_options: { ...options, include_usage: true } }, isAdded: true };
}

interface UsageChunk {
  usage?: unknown;
  choices?: { delta?: object | null; finish_reason?: unknown }[] | null;
}

/** Whether a chunk carries the usage of the stream and no part of the answer; some providers put an empty part in it. */
export function isUsageAlone(chunk: unknown): boolean {
  const { choices, usage } = (chunk ?? {}) as UsageChunk;
  return Array.isArray(choices) && choices.every(isEmpty) && typeof usage === "object" && usage !== null;
}

function isEmpty({ delta, finish_reason: finishReason }: NonNullable<UsageChunk["choices"]>[number]): boolean {
  const says = Object.entries(delta ?? {}).some(([key, value]) => key !== "role" && value !== "" && value !== null);
  return !says && (finishReason ?? null) === null;
}
