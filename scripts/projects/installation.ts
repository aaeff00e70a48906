import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { succeed } from "./run.js";

export type Dependencies = Readonly<Record<string, string>>;
export type Files = Readonly<Record<string, string>>;

/**
 * A folder with `node_modules`, and little projects beneath it that find their packages there, as the packages of a
 * workspace do.
 */
export class Installation {
  private constructor(readonly folder: string) {}

  /**
   * Installs from the registry (or npm's cache of it).
   * @param dependencies names and versions, paths of tarballs included
   * @param npmFlags for example `--legacy-peer-deps`
   */
  static async of(folder: string, dependencies: Dependencies, npmFlags: readonly string[] = []): Promise<Installation> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), json({ name: "installation", private: true, dependencies }));
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    // Several at once, on a busy machine or a slow line.
    await succeed("npm", ["install", ...flags, ...npmFlags], { cwd: folder, limit: 900_000 });
    return new Installation(folder);
  }

  /**
   * Unpacks a tarball beside the packages of another `node_modules`, which become links: quick, and without a registry.
   * @param nodeModules has all packages that the tarball needs, and not the package itself
   */
  static async linked(folder: string, name: string, tarball: string, nodeModules: string): Promise<Installation> {
    const own = join(folder, "node_modules", name);
    mkdirSync(own, { recursive: true });
    await succeed("tar", ["-xzf", tarball, "--strip-components=1", "-C", own], { cwd: folder });
    for (const entry of readdirSync(nodeModules)) {
      symlinkSync(join(nodeModules, entry), join(folder, "node_modules", entry));
    }
    return new Installation(folder);
  }

  /** Path of a command that the installation brought. */
  bin(name: string): string {
    return join(this.folder, "node_modules", ".bin", name);
  }

  /** Writes a project; its `package.json` is there from the start and says whether `.js` means ESM. */
  project(name: string, type: "module" | "commonjs", files: Files): string {
    const folder = join(this.folder, "projects", name);
    write(folder, { "package.json": json({ name: "project", private: true, type }), ...files });
    return folder;
  }
}

/** Writes files under a folder. */
export function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/** A value as the text of a JSON file. */
export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
