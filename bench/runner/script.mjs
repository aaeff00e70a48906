/** Runs a script in a fresh process and reads the JSON that it writes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * @param {string[]} args Node's own arguments and the script's
 * @param {string} [cwd]
 * @param {Record<string, string>} [env] further variables
 */
export async function script(args, cwd, env) {
  const { stdout } = await run(process.execPath, args, {
    cwd,
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...env },
    maxBuffer: 10_000_000,
    timeout: 300_000,
  });
  // Some peers greet on stdout: what was asked for is the last line.
  return JSON.parse(stdout.trim().split("\n").at(-1));
}
