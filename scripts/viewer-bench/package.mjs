import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, ROOT, startDev, timed } from "./dev-process.mjs";

/** From the start of the process to the page in hand. */
export async function starting() {
  const times = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const dev = await startDev();
    await timed(`${dev.address}/`);
    times.push(performance.now() - start);
    await dev.stop();
  }
  return [{ what: "start to first page", value: median(times), unit: "ms", bar: 1_000 }];
}

/** The size that the command and its page add to the package. */
export function packing() {
  const folder = mkdtempSync(join(tmpdir(), "respan-viewer-"));
  for (const path of ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "dist"]) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  const all = pack(folder).size;
  rmSync(join(folder, "dist/cli"), { recursive: true });
  const without = pack(folder).size;
  rmSync(folder, { recursive: true });
  return [
    { what: "the packed package", value: all / 1_000, unit: "kB" },
    { what: "  of which command and page", value: (all - without) / 1_000, unit: "kB", bar: 400 },
  ];
}

/** `npx` in an empty folder, with nothing of it on the machine yet. */
export async function installing() {
  const folder = mkdtempSync(join(tmpdir(), "respan-viewer-"));
  const { filename } = pack(ROOT, ["--pack-destination", folder]);
  const empty = join(folder, "empty");
  const cache = join(folder, "cache");
  mkdirSync(empty);
  const start = performance.now();
  const npx = ["npx", "--yes", "--cache", cache, "--package", join(folder, filename), "respan-instructor"];
  const dev = await startDev(npx, empty);
  const seconds = (performance.now() - start) / 1_000;
  await dev.stop();
  const megabytes = sizeOf(join(cache, "_npx")) / 1e6;
  rmSync(folder, { recursive: true, force: true });
  return [
    { what: "npx in an empty folder, to the printed address", value: seconds, unit: "s" },
    { what: "  installed", value: megabytes, unit: "MB" },
  ];
}

function pack(folder, options = ["--dry-run"]) {
  const printed = execFileSync("npm", ["pack", "--json", ...options], { cwd: folder, encoding: "utf8" });
  // A list, or since npm 11 an object by package name.
  return Object.values(JSON.parse(printed))[0];
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
