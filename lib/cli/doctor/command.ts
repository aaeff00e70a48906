import type { Command } from "commander";
import { collected, commandOf } from "../command.js";
import { doctor } from "./doctor.js";
import type { DoctorOptions } from "./doctor.js";

export function doctorCommand(): Command {
  return commandOf(
    "doctor",
    "Checks what a program in a folder has for tracing; exit code 1 where spans would be lost.",
    ["doctor", "doctor --env-file .env --send", "doctor packages/api --import ./dist/tracing.js", "doctor --json"],
  )
    .argument("[folder]", "the program's folder", ".")
    .option("--env-file <file>", "read variables from this file too; may be given again", collected, [])
    .option("--import <module>", "load this module first, as the program does; may be given again", collected, [])
    .option("--send", "send one span, and tell what the server answered")
    .option("--json", "print the findings as JSON")
    .action(async (folder: string, options: DoctorOptions) => {
      process.exitCode = await doctor(folder, options);
    });
}
