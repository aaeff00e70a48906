import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SDK_NAME, SDK_VERSION } from "../../wire/package.js";
import { addCommand } from "../project/package-manager.js";
import { exampleAddition, guideAddition } from "./guide.js";
import type { Project } from "./project.js";
import { tracingFile } from "./tracing-file.js";

/** A file that is made, or gets something at its end; what it holds stays. */
export interface Addition {
  /** From the project's folder. */
  readonly path: string;
  /** Undefined where the file is not there. */
  readonly before: string | undefined;
  readonly after: string;
}

export interface Plan {
  /** The package manager's command; empty where everything is declared. */
  readonly install: readonly string[];
  readonly additions: readonly Addition[];
  /** What is left to do. */
  readonly steps: readonly string[];
}

/** What a program needs; Zod 3, which Instructor understands by itself as well. */
const PACKAGES: Readonly<Record<string, string>> = {
  [SDK_NAME]: `^${SDK_VERSION}`,
  "@instructor-ai/instructor": "^1.7.0",
  "@opentelemetry/api": "^1.9.0",
  openai: "^6.0.0",
  zod: "^3.25.76",
};

/** What a set-up would do. It adds, and never changes what is there: after it, there is nothing left to add. */
export function planOf(project: Project): Plan {
  const { folder, manifest, packageManager } = project;
  const missing = Object.entries(PACKAGES).filter(([name]) => !(name in manifest.dependencies));
  const specs = missing.map(([name, range]) => `${name}@${range}`);
  const tracing = tracingFile(project);
  const textAt = (path: string): string | undefined =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
  const own = textAt(tracing.path);
  const isForeign = own !== undefined && !own.includes("RespanTelemetry");
  const wanted = [
    { path: tracing.path, before: own, added: own === undefined ? tracing.text : "" },
    addition(".env.example", textAt(".env.example"), exampleAddition),
    addition("AGENTS.md", textAt("AGENTS.md"), (text) => guideAddition(text, project, tracing)),
  ];
  return {
    install: specs.length === 0 ? [] : addCommand(packageManager, specs),
    additions: wanted
      .filter(({ added }) => added !== "")
      .map(({ path, before, added }) => ({ path, before, after: joined(before, added) })),
    steps: isForeign
      ? [`${tracing.path} is there, and stays as it is. What it lacks:\n\n${tracing.text}`, tracing.step]
      : [tracing.step],
  };
}

function addition(path: string, before: string | undefined, added: (before: string) => string) {
  return { path, before, added: added(before ?? "") };
}

/** An empty line stands between what was there and what is added. */
function joined(before: string | undefined, added: string): string {
  if (before === undefined || before === "") return added;
  return `${before}${before.endsWith("\n") ? "" : "\n"}\n${added}`;
}
