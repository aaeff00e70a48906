import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { json, write } from "../projects/installation.js";
import { succeed } from "../projects/run.js";
import { CACHE } from "../real/cache.js";
import type { Kind } from "./kinds.js";

/** The package of each; npm is there with Node. */
const PACKAGES: Readonly<Record<Exclude<Kind["manager"], "npm">, string>> = {
  pnpm: "pnpm@12",
  yarn: "yarn@1",
  "yarn-berry": "@yarnpkg/cli-dist@4",
  bun: "bun@1",
};

/** The folder of a package manager's command, which is installed from npm where it is not there yet. */
export async function managerFolder(manager: Kind["manager"]): Promise<string> {
  if (manager === "npm") return dirname(process.execPath);
  const folder = join(CACHE, "managers", manager);
  const commands = join(folder, "node_modules", ".bin");
  if (existsSync(commands)) return commands;
  mkdirSync(folder, { recursive: true });
  write(folder, { "package.json": json({ private: true }) });
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  await succeed("npm", ["install", ...flags, PACKAGES[manager]], { cwd: folder });
  return commands;
}
