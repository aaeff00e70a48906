import { existsSync } from "node:fs";
import { join } from "node:path";
import { Installation } from "../projects/installation.js";
import type { Dependencies } from "../projects/installation.js";
import type { Packed } from "../projects/pack.js";
import { succeed } from "../projects/run.js";
import { Missing } from "./cell.js";

/** Runtimes by the npm package that ships the binary, and the command in it. */
const RUNTIMES = {
  node20: ["node@20", "node"],
  node22: ["node@22", "node"],
  node24: ["node@24", "node"],
  node26: ["node@26", "node"],
  bun: ["bun@latest", "bun"],
  deno: ["deno@latest", "deno"],
} as const;

export type Runtime = keyof typeof RUNTIMES;

/** The versions of a current project; a cell overrides some. */
const USUAL: Dependencies = {
  openai: "^6",
  zod: "^3.25",
  "@instructor-ai/instructor": "~1.7.0",
  "@opentelemetry/api": "^1.9.0",
  typescript: "~6.0",
  "@types/node": "^20",
};

/** Makes what cells share, once each: installations by their dependencies, and runtimes. */
export class Workshop {
  readonly #installations = new Map<string, Promise<Installation>>();
  readonly #runtimes = new Map<Runtime, Promise<string>>();

  constructor(
    readonly folder: string,
    readonly packed: Packed,
  ) {}

  /** Installs the packed package with the usual and the given dependencies; `""` removes one. */
  installation(dependencies: Dependencies = {}, npmFlags: readonly string[] = []): Promise<Installation> {
    const all = Object.entries({ ...USUAL, ...dependencies, "respan-instructor": this.packed.tarball });
    const wanted = Object.fromEntries(all.filter(([, version]) => version !== "").sort());
    return once(this.#installations, JSON.stringify([wanted, npmFlags]), () =>
      Installation.of(join(this.folder, `installation-${this.#installations.size}`), wanted, npmFlags),
    );
  }

  /** Path of a runtime's binary. */
  runtime(name: Runtime): Promise<string> {
    return once(this.#runtimes, name, async () => {
      const [specifier, command] = RUNTIMES[name];
      if (name === `node${process.versions.node.split(".")[0]}`) return process.execPath;
      try {
        const [packageName, version] = specifier.split("@") as [string, string];
        const installation = await Installation.of(join(this.folder, name), { [packageName]: version });
        const path = installation.bin(command);
        if (!existsSync(path)) throw new Error(`${specifier} brought no ${command}`);
        await succeed(path, ["--version"], { cwd: this.folder });
        return path;
      } catch (error) {
        throw new Missing(`${name} (npm package ${specifier})`, error);
      }
    });
  }
}

function once<K, V>(made: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  let promise = made.get(key);
  if (promise === undefined) {
    promise = make();
    made.set(key, promise);
  }
  return promise;
}
