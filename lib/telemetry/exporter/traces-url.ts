import { isLoopback } from "./loopback.js";

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

/** Whether a base URL is the service's, and neither another store's own address nor the local page's. */
export function isServiceUrl(baseUrl: string): boolean {
  return !isWholeTracesUrl(baseUrl) && !isLoopback(new URL(baseUrl).hostname);
}

/** Whether spans may go to a base URL without a key: to another store's own address, and to the local page. */
export function needsNoKey(baseUrl: string): boolean {
  return !isServiceUrl(baseUrl);
}

/** Whether a base URL is the whole address of another store. */
export function isWholeTracesUrl(baseUrl: string): boolean {
  return /\/traces\/*$/.test(new URL(baseUrl).pathname);
}

/** The address for a message: without credentials and query. */
export function shownUrl(url: URL): string {
  return url.origin + url.pathname;
}
