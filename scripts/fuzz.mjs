// Runs every property test with 10,000 cases each (FUZZ_RUNS to choose another number).
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const specs = readdirSync(join(root, "spec"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".spec.ts"))
  .map((file) => join("spec", file))
  .filter((file) => readFileSync(join(root, file), "utf8").includes('from "fast-check"'));

const runs = process.env.FUZZ_RUNS ?? "10000";
console.log(`${runs} runs of each property in ${specs.length} files:\n  ${specs.join("\n  ")}`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/jest/bin/jest.js", "--testTimeout=1800000", "--runTestsByPath", ...specs],
  { cwd: root, stdio: "inherit", env: { ...process.env, FUZZ_RUNS: runs } },
);
process.exitCode = status ?? 1;
