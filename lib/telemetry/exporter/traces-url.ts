import { isLoopback } from "./loopback.js";

/**
 * The address that spans are posted to: `/api` where the base URL has no path, `/v2/traces` behind it, and the URL as it
 * is where it ends in `/traces` already (a Collector or another store).
 */
export function tracesUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  url.hash = "";
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = isTracesPath(path) ? path : `${path === "" ? "/api" : path}/v2/traces`;
  return url;
}

/** Whether spans may go to a base URL without a key: to another store's own address, and to the local page. */
export function needsNoKey(baseUrl: string): boolean {
  return isWholeTracesUrl(baseUrl) || isLoopback(new URL(baseUrl).hostname);
}

/** Whether a base URL names the very address of some other store. */
function isWholeTracesUrl(baseUrl: string): boolean {
  return isTracesPath(new URL(baseUrl).pathname.replace(/\/+$/, ""));
}

/** The address for a message: without credentials and query. */
export function shownUrl(url: URL): string {
  return url.origin + url.pathname;
}

function isTracesPath(path: string): boolean {
  return path.endsWith("/traces");
}
