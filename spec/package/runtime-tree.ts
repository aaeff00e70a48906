import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package as it is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** A package and everything that it brings along, without what it leaves to its user (peers). */
export function runtimeTree(folder: string, found = new Map<string, InstalledPackage>()): InstalledPackage[] {
  if (!found.has(folder)) {
    const read = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as InstalledPackage;
    found.set(folder, { ...read, folder });
    for (const name of Object.keys({ ...read.dependencies, ...read.optionalDependencies })) {
      runtimeTree(resolved(name, folder), found);
    }
  }
  return [...found.values()];
}

/** As Node looks for it: in the nearest `node_modules` upwards. */
function resolved(name: string, from: string): string {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(folder)) return folder;
  }
  throw new Error(`${name} is not installed for ${from}`);
}
