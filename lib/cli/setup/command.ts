import { Option } from "commander";
import type { Command } from "commander";
import { commandOf } from "../command.js";
import { FRAMEWORKS } from "../project/framework.js";
import { setup } from "./setup.js";
import type { SetupOptions } from "./setup.js";

export function setupCommand(): Command {
  return commandOf("setup", "Installs missing packages and adds a tracing file; does not change source files.", [
    "setup --dry-run",
    "setup",
    "setup packages/api --framework express",
  ])
    .argument("[folder]", "the program's folder", ".")
    .option("--dry-run", "show the command and the files as a patch, and change nothing")
    .option("--no-install", "do not install packages")
    .addOption(new Option("--framework <name>", "in place of the one that is found").choices(FRAMEWORKS))
    .action(async (folder: string, options: SetupOptions) => {
      process.exitCode = await setup(folder, options);
    });
}
