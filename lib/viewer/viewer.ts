import { tracesUrl, isLoopback } from "../telemetry/delivery/traces-url.js";
import { OwnPrices } from "./cost/own-prices.js";
import { Prices } from "./cost/prices.js";
import { Forwarder } from "./forwarder.js";
import { readPage } from "./page-file.js";
import { ViewerServer } from "./server.js";
import { Segments } from "./store/segments.js";
import { DEFAULT_LIMITS, TraceStore } from "./store/trace-store.js";

export interface ViewerSettings {
  /** Where the built page is. */
  readonly pagePath: string;
  readonly host: string;
  readonly port: number;
  /** The folder that keeps the spans for the next start. */
  readonly folder?: string | undefined;
  /** A file with the user's own prices. */
  readonly prices?: string | undefined;
  readonly token?: string | undefined;
  readonly forward?: { readonly baseUrl: string; readonly apiKey: string | undefined } | undefined;
  /** Told, in a sentence, what the person at the terminal should know. */
  readonly say: (message: string) => void;
}

export interface Viewer {
  readonly port: number;
  readonly store: TraceStore;
  close(): Promise<void>;
}

/** The local page's server with all of its parts: store, folder, receiver and forwarding. */
export async function startViewer(settings: ViewerSettings): Promise<Viewer> {
  const { say, folder, host } = settings;
  const own = settings.prices === undefined ? undefined : OwnPrices.read(settings.prices);
  const store = new TraceStore(DEFAULT_LIMITS, new Prices(own));
  const segments = folder === undefined ? undefined : new Segments(folder);
  const forwarder = forwarderOf(settings);
  const keep = segments === undefined ? undefined : keeperOf(segments, say);
  const server = new ViewerServer({
    store,
    page: readPage(settings.pagePath),
    ...(settings.token !== undefined && { token: settings.token }),
    ...(keep !== undefined && { onSpans: keep }),
    onBody: (body) => forwarder?.add(body),
    onError: (error) => say(`A request failed: ${String(error)}`),
  });
  try {
    const unreadable = (await segments?.read((span) => store.add([span]))) ?? 0;
    if (unreadable > 0) say(`Lines of the store that could not be read and were skipped: ${unreadable}.`);
    await server.listen(host, settings.port);
    refuseToForwardToItself(settings, server.port);
  } catch (error) {
    await server.close();
    segments?.close();
    throw error;
  }
  return {
    port: server.port,
    store,
    close: async () => {
      await server.close();
      segments?.close();
    },
  };
}

/** A folder that cannot be written to any more ends the keeping, not the program. */
function keeperOf(
  segments: Segments,
  say: (message: string) => void,
): (spans: Parameters<Segments["append"]>[0]) => void {
  let isBroken = false;
  return (spans) => {
    if (isBroken) return;
    try {
      segments.append(spans);
    } catch (error) {
      isBroken = true;
      say(`The store cannot be written to, new spans are kept in memory only: ${String(error)}`);
    }
  };
}

function forwarderOf({ forward, say }: ViewerSettings): Forwarder | undefined {
  if (forward === undefined) return undefined;
  return new Forwarder({ url: tracesUrl(forward.baseUrl), apiKey: forward.apiKey, onFailure: say });
}

function refuseToForwardToItself({ forward }: ViewerSettings, port: number): void {
  if (forward === undefined) return;
  const url = tracesUrl(forward.baseUrl);
  if (isLoopback(url.hostname) && url.port === String(port)) {
    throw new Error("spans would be sent on to this very server: unset RESPAN_BASE_URL, or set it to another address");
  }
}
