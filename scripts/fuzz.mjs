// Runs every property test with 10,000 cases each (FUZZ_RUNS to choose another number; arguments choose among the files).
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Whether a file of `spec`, or one that it imports from there, states a property. */
function hasProperty(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  if (text.includes("fc.assert(")) return true;
  return [...text.matchAll(/from "(\.[^"]+)"/g)].some(([, path]) =>
    hasProperty(resolve(dirname(file), `${path.replace(/\.js$/, "")}.ts`), seen),
  );
}

const wanted = process.argv.slice(2);
const specs = readdirSync(join(root, "spec"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".spec.ts"))
  .map((file) => join(root, "spec", file))
  .filter((file) => hasProperty(file))
  .map((file) => relative(root, file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

const runs = process.env.FUZZ_RUNS ?? "10000";
console.log(`${runs} runs of each property in ${specs.length} files:\n  ${specs.join("\n  ")}`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/jest/bin/jest.js", "--verbose", "--testTimeout=1800000", "--runTestsByPath", ...specs],
  { cwd: root, stdio: "inherit", env: { ...process.env, FUZZ_RUNS: runs } },
);
process.exitCode = status ?? 1;
