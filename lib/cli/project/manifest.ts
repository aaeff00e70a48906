import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a `package.json` says, as far as it is of use here. */
export interface Manifest {
  /** The folder that it is in. */
  readonly folder: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** What `.js` means in this project. */
  readonly type: "module" | "commonjs";
  readonly scripts: Readonly<Record<string, string>>;
  /** Every package that is declared, for production or development, and its range. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly packageManager: string | undefined;
}

/** The manifest of the folder, or of the nearest one above it. */
export function nearestManifest(folder: string): Manifest | undefined {
  const found = nearest(folder, (at) => existsSync(join(at, "package.json")));
  return found === undefined ? undefined : readManifest(found);
}

/** @throws Error where the file cannot be read */
export function readManifest(folder: string): Manifest {
  const path = join(folder, "package.json");
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(readFileSync(path, "utf8"))) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} cannot be read: ${String(error)}`, { cause: error });
  }
  return {
    folder,
    name: textOf(fields.name),
    version: textOf(fields.version),
    type: fields.type === "module" ? "module" : "commonjs",
    scripts: textsOf(fields.scripts),
    dependencies: {
      ...textsOf(fields.optionalDependencies),
      ...textsOf(fields.peerDependencies),
      ...textsOf(fields.devDependencies),
      ...textsOf(fields.dependencies),
    },
    peerDependencies: textsOf(fields.peerDependencies),
    engines: textsOf(fields.engines),
    packageManager: textOf(fields.packageManager),
  };
}

/** A package as a program in the folder finds it. */
export function installedPackage(folder: string, name: string): Manifest | undefined {
  const inModules = (at: string): string => join(at, "node_modules", name);
  const found = nearest(folder, (at) => existsSync(join(inModules(at), "package.json")));
  return found === undefined ? undefined : readManifest(inModules(found));
}

/** The folder itself or the nearest one above it for which something holds. */
export function nearest(folder: string, holds: (folder: string) => boolean): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (holds(at)) return at;
    if (at === dirname(at)) return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(Object(value) as Record<string, unknown>);
  return Object.fromEntries(entries.flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])));
}
