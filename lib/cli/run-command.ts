import { CommanderError } from "commander";
import { SDK_NAME, SDK_VERSION } from "../wire/package.js";
import { commandOf } from "./command.js";
import { devCommand } from "./dev/command.js";
import { doctorCommand } from "./doctor/command.js";
import { setupCommand } from "./setup/command.js";
import { print, sentence } from "./terminal.js";
import { tracesCommand } from "./traces/command.js";

/** Runs `npx respan-instructor` with these arguments; the result is `process.exitCode`. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const program = commandOf(SDK_NAME, "Tools for programs that are traced with respan-instructor.", [
    "setup --dry-run",
    "doctor",
    "dev",
    "traces show latest",
  ])
    .version(SDK_VERSION)
    .addCommand(setupCommand())
    .addCommand(doctorCommand())
    .addCommand(devCommand())
    .addCommand(tracesCommand());
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Already printed.
      process.exitCode = error.exitCode;
      return;
    }
    print(process.stderr, error instanceof Error ? sentence(error.message) : String(error));
    process.exitCode = 1;
  }
}
