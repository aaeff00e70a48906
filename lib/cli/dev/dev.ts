import { randomBytes } from "node:crypto";
import { isLoopback } from "../../telemetry/delivery/traces-url.js";
import { startViewer } from "../../viewer/viewer.js";
import type { Viewer } from "../../viewer/viewer.js";
import { RESPAN_API_KEY, RESPAN_BASE_URL } from "../../wire/environment.js";
import { PAGE_PATH } from "../assets.js";
import { print, sentence } from "../terminal.js";
import { openInBrowser } from "./open-in-browser.js";

export const DEFAULT_PORT = 4319;
const RESPAN_URL = "https://api.respan.ai/api";

export interface DevOptions {
  readonly port: number;
  readonly host: string;
  readonly open?: boolean;
  readonly store?: string;
  readonly forward?: boolean;
  readonly prices?: string;
}

/** `respan-instructor dev`: serves the local page until it is told to stop; answers the exit code. */
export async function dev(options: DevOptions): Promise<number> {
  const token = isLoopback(options.host) ? undefined : randomBytes(16).toString("hex");
  let viewer: Viewer;
  try {
    viewer = await startViewer({
      pagePath: PAGE_PATH,
      host: options.host,
      port: options.port,
      folder: options.store,
      prices: options.prices,
      token,
      forward: options.forward === true ? forwardingIn(process.env) : undefined,
      say: (message) => print(process.stderr, message),
    });
  } catch (error) {
    print(process.stderr, error instanceof Error ? sentence(error.message) : String(error));
    return 1;
  }
  const address = `http://${shownHost(options.host)}:${viewer.port}`;
  const page = token === undefined ? address : `${address}/?token=${token}`;
  if (options.port !== 0 && viewer.port !== options.port) {
    print(process.stdout, `Port ${options.port} is taken, so this is port ${viewer.port}.`);
  }
  // Before the address is printed: a script that waits for it may stop this at once.
  const stopped = stopSignal();
  print(process.stdout, `Traces are shown at ${page}`);
  print(process.stdout, "To send them here, set this for your program:");
  print(process.stdout, `  RESPAN_BASE_URL=${address}/api${token === undefined ? "" : ` RESPAN_API_KEY=${token}`}`);
  if (options.store !== undefined) print(process.stdout, `Spans are kept in ${options.store}`);
  print(process.stdout, "Press Ctrl+C to stop.");
  if (options.open === true) openInBrowser(page, (message) => print(process.stderr, message));
  await stopped;
  await viewer.close();
  return 0;
}

function forwardingIn(env: NodeJS.ProcessEnv): { baseUrl: string; apiKey: string | undefined } {
  const baseUrl = textIn(env, RESPAN_BASE_URL) ?? RESPAN_URL;
  const apiKey = textIn(env, RESPAN_API_KEY);
  if (!URL.canParse(baseUrl)) throw new Error(`${RESPAN_BASE_URL} is not an address: ${JSON.stringify(baseUrl)}`);
  // A Collector or another store, named by its whole address, may want no key.
  if (apiKey === undefined && !new URL(baseUrl).pathname.endsWith("/traces")) {
    throw new Error(`--forward needs a key: set ${RESPAN_API_KEY}`);
  }
  return { baseUrl, apiKey };
}

/** A variable that is set to nothing is not set. */
function textIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === "" ? undefined : text;
}

/** Settles at the first SIGINT or SIGTERM. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

/** An address that means every network is reached by this machine's own name. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
