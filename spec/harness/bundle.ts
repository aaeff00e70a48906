import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const FIXED = ["--bundle", "--platform=node", "--target=node20", "--format=cjs", "--log-level=error"];

/**
 * Bundles source files as CommonJS, for child processes: one file starts several times faster than the sources.
 * @param entries paths, from the root of the repository or absolute
 * @param flags of esbuild; `--outfile` or `--outdir` among them
 */
export function bundle(entries: readonly string[], ...flags: readonly string[]): void {
  execFileSync(join(ROOT, "node_modules/esbuild/bin/esbuild"), [...entries, ...FIXED, ...flags], { cwd: ROOT });
}
