import { Command, InvalidArgumentError } from "commander";
import { SDK_NAME, SDK_VERSION } from "../wire/version.js";
import { DEFAULT_PORT, dev } from "./dev.js";
import type { DevOptions } from "./dev.js";

const program = new Command(SDK_NAME)
  .description("Tools for programs that are traced with respan-instructor.")
  .version(SDK_VERSION)
  .showHelpAfterError("Run with --help for the options.");

program
  .command("dev")
  .description("Shows traces on a local page, without an account: receives OTLP over HTTP and serves the page.")
  .option("-p, --port <number>", "port to listen on; the next free one is used if it is taken", portOf, DEFAULT_PORT)
  .option("--host <address>", "address to listen on; other than this machine's own asks for a token", "127.0.0.1")
  .option("--open", "open the page in the browser")
  .option("--store <folder>", "keep the spans in this folder, and show them again at the next start")
  .option("--prices <file>", "your own prices, as JSON: dollars for a million tokens of each model")
  .option("--forward", "also send the spans on to Respan, with RESPAN_API_KEY (and RESPAN_BASE_URL)")
  .action(async (options: DevOptions) => {
    process.exitCode = await dev(options);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}
