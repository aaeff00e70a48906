import { join } from "node:path";
import { write } from "../projects/installation.js";
import { run } from "../projects/run.js";
import type { Project } from "./extraction-cell.js";

/** The project's other imports alone: their errors are not caused by this package. */
const WITHOUT_US = `import OpenAI from "openai";
import { z } from "zod";
export const client: OpenAI | undefined = undefined;
export const schema = z.object({ customer: z.string() });
`;

/**
 * Compiles a project with its `tsc` and its `tsconfig.json`. An error in the project or in this package's declarations
 * fails the cell; so does an error in another package's declarations that appears only together with this package.
 * @returns how many errors the project's other dependencies have of their own
 */
export async function tsc({ folder, installation }: Project): Promise<string> {
  const errors = errorsOf(await compile(folder, installation.bin("tsc"), ["-p", "."]));
  if (errors.length === 0) return "types clean";
  const baseline = new Set(await errorsWithoutUs(folder, installation.bin("tsc")));
  const added = errors.filter((error) => !baseline.has(error));
  if (added.length > 0) throw new Error(`type errors with this package:\n${added.slice(0, 10).join("\n")}`);
  return `types add no error (${errors.length} of other packages' own)`;
}

async function errorsWithoutUs(folder: string, command: string): Promise<string[]> {
  write(folder, {
    "baseline/index.ts": WITHOUT_US,
    "baseline/tsconfig.json": JSON.stringify({
      extends: "../tsconfig.json",
      compilerOptions: { noEmit: true, rootDir: "." },
      include: ["*.ts"],
    }),
  });
  const errors = errorsOf(await compile(folder, command, ["-p", join("baseline", "tsconfig.json")]));
  return errors;
}

async function compile(cwd: string, command: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(command, [...args, "--pretty", "false"], { cwd });
  return `${stdout}\n${stderr}`;
}

const errorsOf = (output: string): string[] => output.split("\n").filter((line) => line.includes("error TS"));
