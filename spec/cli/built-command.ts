import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { json, write } from "../../scripts/projects/installation.js";
import { run } from "../../scripts/projects/run.js";
import type { Finished } from "../../scripts/projects/run.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";
import { bundle } from "../harness/bundle.js";

const ROOT = join(__dirname, "../..");

/** The package with its command and its two builds, as little of it as a spec needs, in a folder of its own. */
export class BuiltCommand implements Disposable {
  readonly #folder = new TemporaryFolder();

  constructor() {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as object;
    const exports = {
      ".": { import: "./dist/esm/index.mjs", require: "./dist/cjs/index.js" },
      "./testing": "./dist/esm/testing.mjs",
    };
    write(this.folder, { "package.json": json({ ...manifest, exports }) });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"), "dir");
    bundle(["lib/cli/main.ts"], `--outfile=${join(this.folder, "dist/cli/main.js")}`);
    bundle(["lib/index.ts"], `--outfile=${join(this.folder, "dist/cjs/index.js")}`, "--packages=external");
    this.#bundleModules("dist/esm");
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

  /** The ES module build, with the files that it has in place of others: see `scripts/build.mjs`. */
  #bundleModules(out: string): void {
    const instrumentor = join(ROOT, "lib/instructor/instrumentor");
    const program = `
      import { build } from "esbuild";
      const inPlace = { name: "in-place", setup(builder) {
        builder.onResolve({ filter: /\\/(load|other-build)\\.js$/ }, ({ path }) => ({
          path: ${JSON.stringify(instrumentor)} + "/" + path.split("/").pop().replace(".js", ".esm.ts"),
        }));
      } };
      await build({
        entryPoints: ["lib/index.ts", "lib/testing.ts"], outdir: ${JSON.stringify(join(this.folder, out))},
        outExtension: { ".js": ".mjs" }, splitting: true, bundle: true, packages: "external", platform: "node",
        target: "node20", format: "esm", plugins: [inPlace],
      });`;
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: ROOT });
  }
}
