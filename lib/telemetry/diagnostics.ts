import type { DiagLogger } from "@opentelemetry/api";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { format } from "node:util";
import type { LogLevel } from "./telemetry-options.js";

const MOST_WARNINGS = 100;

/** Warnings of one telemetry, through OpenTelemetry's `diag`, once for each cause. Messages hold no content. */
export class Warnings {
  readonly #said = new Set<string>();

  warn(cause: string, message: string): void {
    if (this.#said.has(cause) || this.#said.size >= MOST_WARNINGS) return;
    this.#said.add(cause);
    try {
      diag.warn(`respan-instructor: ${message}`);
    } catch {
      // The logger is the host's.
    }
  }
}

const LEVELS: Readonly<Record<LogLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** The logger that this package has set, and how many owners need it. */
let shared: { readonly registered: unknown; owners: number } | undefined;

/**
 * Writes messages of OpenTelemetry and this package to stderr where the host has set no logger.
 * @returns takes the logger back, unless the host has put one of its own in its place
 */
export function shareDiagLogger(logLevel: LogLevel): () => void {
  const standing = registeredLogger();
  if (shared !== undefined && shared.registered === standing) shared.owners++;
  else if (standing !== undefined) return () => undefined;
  else {
    diag.setLogger(stderrLogger(), { logLevel: LEVELS[logLevel], suppressOverrideMessage: true });
    shared = { registered: registeredLogger(), owners: 1 };
  }
  const mine = shared;
  let isBack = false;
  return () => {
    if (isBack) return;
    isBack = true;
    mine.owners--;
    if (mine.owners > 0) return;
    if (shared === mine) shared = undefined;
    if (mine.registered !== undefined && registeredLogger() === mine.registered) diag.disable();
  };
}

/** The API's own record of its logger: no function tells whether one is set, and setting ours would replace it. */
function registeredLogger(): unknown {
  const api: unknown = Reflect.get(globalThis, Symbol.for("opentelemetry.js.api.1"));
  return Reflect.get(Object(api), "diag");
}

/** The other side of a pipe may be gone: the error that follows would end the host, as it would not with `console`. */
function ignoreFailure(error: Error | null | undefined): void {
  if (error instanceof Error) process.stderr.once("error", () => undefined);
}

function stderrLogger(): DiagLogger {
  const at =
    (level: string) =>
    (message: string, ...details: unknown[]): void => {
      // The API tells the old logger of the new one, with a stack: a host that sets its own has done nothing wrong.
      if (message.startsWith("Current logger will be overwritten")) return;
      try {
        process.stderr.write(`${level} ${format(message, ...details)}\n`, ignoreFailure);
      } catch {
        // There is no stderr.
      }
    };
  return {
    error: at("[error]"),
    warn: at("[warn]"),
    info: at("[info]"),
    debug: at("[debug]"),
    verbose: at("[verbose]"),
  };
}
