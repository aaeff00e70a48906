import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "./manifest.js";
import { nearest } from "./manifest.js";

export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

const LOCK_FILES: Readonly<Record<string, PackageManager>> = {
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "bun.lockb": "bun",
  "package-lock.json": "npm",
};

/** The package manager of a project: `packageManager`, else the nearest lock file's, else npm. */
export function packageManagerOf({ folder, packageManager }: Manifest): PackageManager {
  const [named] = (packageManager ?? "").split("@");
  if (named === "npm" || named === "pnpm" || named === "yarn" || named === "bun") return named;
  const names = Object.keys(LOCK_FILES);
  const locked = nearest(folder, (at) => names.some((name) => existsSync(join(at, name))));
  const lockFile = locked === undefined ? undefined : names.find((name) => existsSync(join(locked, name)));
  return LOCK_FILES[lockFile ?? ""] ?? "npm";
}

/** The command that adds packages to a project. */
export function addCommand(manager: PackageManager, packages: readonly string[]): string[] {
  return [manager, manager === "npm" ? "install" : "add", ...packages];
}
