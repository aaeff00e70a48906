import { resolve } from "node:path";
import { isLoopback } from "../../telemetry/delivery/traces-url.js";
import { RESPAN_BASE_URL } from "../../wire/environment.js";
import { DEFAULT_PORT } from "../dev/dev.js";
import { HttpSource } from "./http-source.js";
import { StoreSource } from "./store-source.js";
import type { TraceSource } from "./trace-source.js";

/** The options of every command that reads traces. */
export interface SourceOptions {
  readonly url?: string;
  readonly token?: string;
  readonly store?: string;
}

/** @throws Error where there is nothing to read from */
export function openSource({ url, token, store }: SourceOptions): Promise<TraceSource> {
  if (store !== undefined) {
    if (url !== undefined) throw new Error("--url and --store cannot be given together");
    return StoreSource.open(resolve(store));
  }
  return Promise.resolve(new HttpSource(url ?? defaultAddress(process.env), token));
}

/** The program beside this command may have been told where `dev` is. */
function defaultAddress(env: NodeJS.ProcessEnv): string {
  const baseUrl = env[RESPAN_BASE_URL]?.trim() ?? "";
  if (URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname)) return new URL(baseUrl).origin;
  return `http://127.0.0.1:${DEFAULT_PORT}`;
}
