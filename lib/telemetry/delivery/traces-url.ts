/**
 * The address that spans are posted to: `/v2/traces` behind the base URL, whose path is `/api` by default. A base URL
 * that ends in `/traces` (a Collector or another store) is used as it is.
 */
export function tracesUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  url.hash = "";
  url.pathname = url.pathname.replace(/\/+$/, "");
  if (!isWholeTracesUrl(baseUrl)) url.pathname = `${url.pathname === "/" ? "/api" : url.pathname}/v2/traces`;
  return url;
}

/** Whether a base URL is the service's, which needs a key; another store's own address and the local page need none. */
export function isServiceUrl(baseUrl: string): boolean {
  return !isWholeTracesUrl(baseUrl) && !isLoopback(new URL(baseUrl).hostname);
}

/** Whether a base URL is the whole address of another store. */
export function isWholeTracesUrl(baseUrl: string): boolean {
  return /\/traces\/*$/.test(new URL(baseUrl).pathname);
}

const LOOPBACK = [
  /^(.+\.)?localhost$/i,
  /^127(\.\d{1,3}){3}$/,
  /^\[?::1\]?$/,
  /^\[?::ffff:(7f[\da-f]{2}:[\da-f]{1,4}|127\.[\d.]+)\]?$/i,
];

/** Whether a hostname, as a URL has it, means this very machine. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, "");
  return LOOPBACK.some((form) => form.test(name));
}

/** The address for a message: without credentials and query. */
export function shownUrl(url: URL): string {
  return url.origin + url.pathname;
}
