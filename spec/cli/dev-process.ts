import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";
import { bundle } from "../harness/bundle.js";

const ROOT = join(__dirname, "../..");
const folder = new TemporaryFolder();
const COMMAND = join(folder.path, "main.js");

beforeAll(() => {
  bundle(["lib/cli/main.ts"], `--outfile=${COMMAND}`);
});
afterAll(() => {
  folder[Symbol.dispose]();
});

/** The command in a process of its own, with an environment that holds nothing else. */
export class DevProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<number | null>;
  #wake: () => void = () => undefined;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => this.#hear(() => (this.stdout += text)));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => this.#hear(() => (this.stderr += text)));
    this.#ended = once(this.#child, "close").then(([code]) => {
      this.#wake();
      return code as number | null;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What the pattern finds in what was printed, once it does. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout + this.stderr);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) throw new Error(`it ended, and said: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The server's address, once it is printed. */
  async address(): Promise<string> {
    const [, address = ""] = await this.says(/RESPAN_BASE_URL=(http:\/\/[\w.]+:\d+)\/api/);
    return address;
  }

  /** The exit code; null where a signal ended it. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }

  #hear(keep: () => void): void {
    keep();
    this.#wake();
  }
}
