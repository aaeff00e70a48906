import { spawn } from "node:child_process";

/** The result of a finished command. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Added to {@link cleanEnvironment}; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which the command is stopped. Default: five minutes. */
  readonly limit?: number;
}

/** Variables that would change a project's behavior: those of this package, of npm and of the test runner. */
const FOREIGN =
  /^(RESPAN_|OTEL_|OPENAI_|TRACELOOP_|npm_|JEST_|NODE_OPTIONS$|NODE_ENV$|NODE_PATH$|INIT_CWD$|NO_COLOR$)/i;

/** The environment of this process without those variables. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
}

/** Runs a command to its end and returns its output. An exit code other than 0 is not an error here. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    const limit = options.limit ?? 300_000;
    const timer = setTimeout(() => {
      output.stderr += `\n(stopped after ${limit} ms)`;
      child.kill("SIGKILL");
    }, limit);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output });
    });
  });
}

/** Runs a command that must succeed. */
export async function succeed(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const finished = await run(command, args, options);
  if (finished.code === 0) return finished;
  throw new CommandFailed([command, ...args].join(" "), finished);
}

/** A command ended with a code other than 0. */
export class CommandFailed extends Error {
  constructor(
    command: string,
    readonly finished: Finished,
  ) {
    const said = tail(`${finished.stdout}\n${finished.stderr}`);
    super(`${command} ended with ${finished.signal ?? String(finished.code)}:\n${said}`);
    this.name = "CommandFailed";
  }
}

/** The last lines of a text. */
export function tail(text: string, lines = 25): string {
  return text.trim().split("\n").slice(-lines).join("\n");
}
