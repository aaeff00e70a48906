import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { json, write } from "../../scripts/projects/installation.js";
import { run } from "../../scripts/projects/run.js";
import type { Finished } from "../../scripts/projects/run.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";

const ROOT = join(__dirname, "../..");

/** The package with its command and its CommonJS build, as little of it as a spec needs, in a folder of its own. */
export class BuiltCommand implements Disposable {
  readonly #folder = new TemporaryFolder();

  constructor() {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as object;
    // Both `import` and `require` get the one build that there is.
    write(this.folder, { "package.json": json({ ...manifest, exports: { ".": "./dist/cjs/index.js" } }) });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"), "dir");
    this.#bundle("lib/cli/main.ts", "dist/cli/main.js");
    this.#bundle("lib/index.ts", "dist/cjs/index.js", "--packages=external");
    cpSync(join(ROOT, "lib/cli/doctor/probe.js"), join(this.folder, "dist/cli/doctor/probe.js"));
  }

  /** The package's folder. */
  get folder(): string {
    return this.#folder.path;
  }

  /** Runs the command to its end; the environment holds nothing of this package's but what is given. */
  run(args: readonly string[], env: Record<string, string | undefined> = {}, cwd = this.folder): Promise<Finished> {
    return run(process.execPath, [join(this.folder, "dist/cli/main.js"), ...args], { cwd, env, limit: 60_000 });
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  #bundle(entry: string, out: string, ...flags: readonly string[]): void {
    const fixed = ["--bundle", "--platform=node", "--target=node20", "--format=cjs", "--log-level=error"];
    execFileSync(join(ROOT, "node_modules/esbuild/bin/esbuild"), [
      join(ROOT, entry),
      ...fixed,
      ...flags,
      `--outfile=${join(this.folder, out)}`,
    ]);
  }
}
