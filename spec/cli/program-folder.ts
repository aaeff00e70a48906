import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { json, write } from "../../scripts/projects/installation.js";
import type { Files } from "../../scripts/projects/installation.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";
import type { BuiltCommand } from "./built-command.js";

const ROOT = join(__dirname, "../..");
const PEERS = ["@instructor-ai/instructor", "openai", "zod", "@opentelemetry/api"];

/** A program's folder, in which the built package and what it needs are installed. */
export class ProgramFolder implements Disposable {
  readonly #folder = new TemporaryFolder();

  /** @param manifest what differs from the `package.json` of a CommonJS program */
  constructor(command: BuiltCommand, manifest: object = {}, files: Files = {}, peers: readonly string[] = PEERS) {
    write(this.path, { "package.json": json({ name: "program", private: true, ...manifest }), ...files });
    this.link("respan-instructor", command.folder);
    for (const name of peers) this.link(name, join(ROOT, "node_modules", name));
  }

  get path(): string {
    return this.#folder.path;
  }

  /** Installs a package as it lies in another folder. */
  link(name: string, folder: string): void {
    const path = join(this.path, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(folder, path, "dir");
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
