import { existsSync } from "node:fs";

const ARGS = "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update";

export const CHROMIUM_ARGS = ARGS.split(" ");

/** The path of Chromium. If there is none, prints how to get it and sets exit code 1. */
export function chromiumPath(): string | undefined {
  const path = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (existsSync(path)) return path;
  console.error(`Chromium is not at ${path}: install it ("apt-get install chromium"), or set CHROMIUM.`);
  process.exitCode = 1;
  return undefined;
}
