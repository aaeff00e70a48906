import { runCommand } from "../../lib/cli/run-command.js";
import { cleanEnvironment } from "../../scripts/projects/run.js";
import type { Finished } from "../../scripts/projects/run.js";

const exitCode = (): number => Number(process.exitCode ?? 0);

/**
 * Runs the command in this process, much faster than in its own: `BuiltCommand` and `DevProcess` show that it also runs
 * there. Its environment holds nothing of this package's but what is given.
 */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  cwd?: string,
): Promise<Omit<Finished, "signal">> {
  const printed = { stdout: "", stderr: "" };
  const streams = (["stdout", "stderr"] as const).map((name) =>
    jest.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    }),
  );
  const before = { env: process.env, cwd: process.cwd() };
  const wanted = Object.entries({ ...cleanEnvironment(), ...env }).filter(([, value]) => value !== undefined);
  process.env = Object.fromEntries(wanted);
  if (cwd !== undefined) process.chdir(cwd);
  try {
    process.exitCode = undefined;
    await runCommand(args);
    return { ...printed, code: exitCode() };
  } finally {
    process.exitCode = undefined;
    process.chdir(before.cwd);
    process.env = before.env;
    for (const stream of streams) stream.mockRestore();
  }
}
