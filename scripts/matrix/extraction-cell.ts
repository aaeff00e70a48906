import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ExtractionServers } from "../projects/extraction-servers.js";
import type { Dependencies, Files, Installation } from "../projects/installation.js";
import { succeed } from "../projects/run.js";
import type { Cell } from "./cell.js";
import type { Runtime, Workshop } from "./workshop.js";

/** A project while it is being made. */
export interface Project {
  readonly folder: string;
  readonly installation: Installation;
  readonly workshop: Workshop;
}

/** A cell that runs `programs/extraction.*` and checks the spans. */
export interface ExtractionCell {
  readonly group: string;
  readonly name: string;
  readonly runtime?: Runtime;
  readonly type?: "module" | "commonjs";
  readonly dependencies?: Dependencies;
  readonly npmFlags?: readonly string[];
  /** Files of the project; `extraction.ts` is there unless it is given. */
  readonly files?: Files;
  /** Runs before the program; the returned text is shown. */
  readonly compile?: (project: Project) => Promise<string>;
  /** Arguments of the runtime, relative to the project. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The text of a program that projects run. */
export const program = (extension: "ts" | "mjs" | "cjs"): string =>
  readFileSync(join(process.cwd(), `scripts/projects/programs/extraction.${extension}`), "utf8");

export function extractionCell(options: ExtractionCell): Cell {
  const { group, name, runtime = "node20", type = "module", files, compile, command } = options;
  return {
    group,
    name,
    async run(workshop) {
      const binary = await workshop.runtime(runtime);
      const installation = await workshop.installation(options.dependencies, options.npmFlags);
      const folder = installation.project(`${group} ${name}`.replaceAll(/[^a-z0-9]+/gi, "-"), type, {
        "extraction.ts": program("ts"),
        ...files,
      });
      const said = await compile?.({ folder, installation, workshop });
      await using servers = await ExtractionServers.start();
      const env = { ...servers.environment, ...options.environment };
      const { stdout } = await succeed(binary, command, { cwd: folder, env, limit: 60_000 });
      return [servers.check(stdout), said].filter(Boolean).join("; ");
    },
  };
}
