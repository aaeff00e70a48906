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
