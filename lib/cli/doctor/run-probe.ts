import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { PROBE_PATH } from "../assets.js";
import type { Manifest } from "../project/manifest.js";

const TIMEOUT_MILLIS = 60_000;

/** What `probe.js` reports. */
export interface ProbeReport {
  /** What this package said on the way, through OpenTelemetry's `diag`. */
  readonly warnings: readonly string[];
  /** Whether the modules that were loaded first constructed telemetry. */
  readonly hasTelemetry?: boolean;
  /** The class of the tracer provider that was registered before. */
  readonly provider?: string;
  /** Names of the spans of the structured call. */
  readonly spans?: readonly string[];
  readonly delivery?: {
    readonly exported: number;
    readonly rejected: number;
    readonly failed: number;
    readonly dropped: number;
  };
  readonly error?: string;
}

export interface ProbeSettings {
  readonly folder: string;
  readonly type: Manifest["type"];
  /** Modules that the program loads first. */
  readonly imports: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Runs the probe in the program's folder, module system and environment, in a process of its own. */
export async function probe(task: "call" | "send", settings: ProbeSettings): Promise<ProbeReport> {
  const { folder, type, imports, environment } = settings;
  const load = type === "module" ? "(name) => import(name)" : "async (name) => require(name)";
  const program = `const task = "${task}";\nconst load = ${load};\n${readFileSync(PROBE_PATH, "utf8")}`;
  const flags = [...imports.map((name) => `--import=${name}`), `--input-type=${type}`, "--eval", program];
  const child = spawn(process.execPath, flags, {
    cwd: folder,
    env: { ...environment },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MILLIS,
    killSignal: "SIGKILL",
  });
  // By the `stdio` above these are pipes that are read from.
  const [, , errors, reports] = child.stdio as unknown as [null, null, Readable, Readable];
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  const [stderr, text] = await Promise.all([textOf(errors), textOf(reports), ended]);
  try {
    return JSON.parse(text) as ProbeReport;
  } catch {
    return { warnings: [], error: lastLines(stderr) };
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const piece of stream.setEncoding("utf8")) text += String(piece);
  return text;
}

function lastLines(stderr: string): string {
  const error = /^\w*Error.*$/m.exec(stderr)?.[0];
  return error ?? (stderr.trim().split("\n").slice(-3).join(" ") || "the probe ended without a result");
}
