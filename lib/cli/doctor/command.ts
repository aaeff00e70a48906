import type { Command } from "commander";
import { collected, commandOf } from "../command.js";
import { doctor } from "./doctor.js";
import type { DoctorOptions } from "./doctor.js";

export function doctorCommand(): Command {
  return commandOf("doctor", "Checks the tracing of a project; exit code 1 if spans would be lost.", [
    "doctor",
    "doctor --env-file .env --send",
    "doctor packages/api --import ./dist/tracing.js",
    "doctor --json",
  ])
    .argument("[folder]", "the program's folder", ".")
    .option("--env-file <file>", "also read variables from this file; repeatable", collected, [])
    .option("--import <module>", "load this module first, as the program does; repeatable", collected, [])
    .option("--send", "send one span and show the answer")
    .option("--json", "print the findings as JSON")
    .action(async (folder: string, options: DoctorOptions) => {
      process.exitCode = await doctor(folder, options);
    });
}
