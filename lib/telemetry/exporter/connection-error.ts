/** Errors of the way to a receiver, which may be open again in a moment. A certificate that is wrong stays wrong. */
const CONNECTION_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "EMFILE",
]);

export function isConnectionError(code: string): boolean {
  return CONNECTION_ERRORS.has(code);
}
