import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/projects/run.js";
import type { Finished } from "../../scripts/projects/run.js";
import { bundle } from "../harness/bundle.js";

const ROOT = join(__dirname, "../..");

/** Samples that `npm run sample` runs. */
export const RUNNABLE: readonly string[] = readdirSync(join(ROOT, "samples"), { recursive: true, encoding: "utf8" })
  .filter((file) => /^[\w-]+\/index\.ts$/.test(file))
  .map((file) => file.split("/")[0] ?? "")
  .sort();

/** The samples, each bundled once as `npm run sample NAME` would run it: a bundle starts several times faster. */
export class BuiltSamples implements Disposable {
  // In the repository, so that their imports are found.
  readonly #folder = mkdtempSync(join(ROOT, "spec/samples/.built-"));

  constructor(names: readonly string[] = RUNNABLE) {
    mkdirSync(join(this.#folder, "entries"));
    const entries = names.map((name) => {
      const entry = join(this.#folder, "entries", `${name}.ts`);
      const load = `() => import("../../../../samples/${name}/index.js")`;
      writeFileSync(entry, `import { perform } from "../../../../samples/stage.js";\nvoid perform(${load});\n`);
      return entry;
    });
    bundle(entries, "--packages=external", `--outdir=${this.#folder}`);
  }

  /** Runs a sample to its end, against the embedded servers unless `env` names others. */
  run(name: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return run(process.execPath, [join(this.#folder, `${name}.js`)], { cwd: ROOT, env, limit: 60_000 });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
