import type { Command } from "commander";
import { commandOf, wholeNumber } from "../command.js";
import { DEFAULT_PORT, dev } from "./dev.js";
import type { DevOptions } from "./dev.js";

export function devCommand(): Command {
  return commandOf(
    "dev",
    "Shows traces on a local page, without an account: receives OTLP over HTTP and serves the page.",
    ["dev", "dev --open --store .traces", "dev --forward"],
  )
    .option(
      "-p, --port <number>",
      "port to listen on; the next free one is used if it is taken",
      wholeNumber(0, 65_535),
      DEFAULT_PORT,
    )
    .option("--host <address>", "address to listen on; any but a local one requires a token", "127.0.0.1")
    .option("--open", "open the page in the browser")
    .option("--store <folder>", "keep spans in this folder, and show them again at the next start")
    .option("--prices <file>", "your own prices, as JSON: dollars for a million tokens of each model")
    .option("--forward", "also send spans to Respan, with RESPAN_API_KEY (and RESPAN_BASE_URL)")
    .action(async (options: DevOptions) => {
      process.exitCode = await dev(options);
    });
}
