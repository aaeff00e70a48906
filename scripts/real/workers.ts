import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Packed } from "../projects/pack.js";
import { lastJsonLine } from "../projects/last-json-line.js";
import { succeed } from "../projects/run.js";

type Environment = Readonly<Record<string, string>>;

/** The final report of a worker. */
export interface WorkerReport {
  readonly calls: number;
  /** Calls that failed. */
  readonly failed: number;
  readonly spansFailed: number;
  readonly exported: number;
  readonly rejected: number;
  readonly dropped: number;
}

/** The worker processes of `samples/scale`, with the packed package installed. */
export class Workers {
  readonly #said = new Set<string>();

  private constructor(private readonly folder: string) {}

  /** The package's diagnostic messages, each once. */
  get said(): string[] {
    return [...this.#said];
  }

  static async install(packed: Packed, folder: string): Promise<Workers> {
    cpSync(join(process.cwd(), "samples/scale"), folder, { recursive: true });
    const path = join(folder, "package.json");
    const text = readFileSync(path, "utf8").replace(
      /("respan-instructor": )"[^"]*"/,
      `$1${JSON.stringify(packed.tarball)}`,
    );
    writeFileSync(path, text);
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    await succeed("npm", ["install", ...flags], { cwd: folder });
    await succeed("npm", ["run", "build", "--silent"], { cwd: folder });
    return new Workers(folder);
  }

  /** Runs so many processes side by side to their end. */
  async run(count: number, env: Environment): Promise<WorkerReport[]> {
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const each = { ...env, WORKER: String(index + 1) };
        const { stdout, stderr } = await succeed(process.execPath, ["out/worker.js"], {
          cwd: this.folder,
          env: each,
          limit: 900_000,
        });
        // Instructor writes failed calls to the console; what is ours is shown, once.
        for (const line of stderr.split("\n").filter((text) => text.includes("respan-instructor:")))
          this.#said.add(line);
        const report = lastJsonLine(stdout);
        assert.equal(typeof report.exported, "number", stdout);
        return report as unknown as WorkerReport;
      }),
    );
  }
}
