import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "./run.js";

/** The package as it would be published. */
export interface Packed {
  /** Path of the `.tgz`. */
  readonly tarball: string;
  readonly version: string;
  /** Bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Files that a build reads. */
const SOURCES = [
  "lib",
  "scripts/build.mjs",
  "scripts/build-cli.mjs",
  "scripts/build-page.mjs",
  "scripts/tsconfig.declarations.json",
  "package.json",
  "tsconfig.json",
];
const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE", "llms.txt", "SKILL.md", "docs"];

/**
 * Builds and packs the package as a release does, in a copy of the sources, so that no other `dist` is touched.
 * @param root the work tree
 * @param folder an empty folder, outside of it
 */
export async function pack(root: string, folder: string): Promise<Packed> {
  const copy = join(folder, "source");
  mkdirSync(copy, { recursive: true });
  for (const path of [...SOURCES, ...DOCUMENTS.filter((name) => existsSync(join(root, name)))]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
  await succeed("npm", ["run", "build", "--silent"], { cwd: copy });
  const { stdout } = await succeed("npm", ["pack", "--json", "--pack-destination", folder], { cwd: copy });
  const packed = packedOf(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))));
  return { ...packed, tarball: join(folder, packed.filename) };
}

type NpmPack = Omit<Packed, "tarball"> & { filename: string };

/** `npm pack --json` prints a list, or since npm 11 an object by package name. */
function packedOf(printed: unknown): NpmPack {
  const [packed] = Array.isArray(printed) ? (printed as NpmPack[]) : Object.values(printed as Record<string, NpmPack>);
  if (packed === undefined) throw new Error("npm pack printed no package");
  return packed;
}
