import { Option } from "commander";
import type { Command } from "commander";
import { collected, commandOf, wholeNumber } from "../command.js";
import { assertTraces } from "./assert.js";
import type { Expectations } from "./assert.js";
import { exportTraces } from "./export.js";
import type { ExportOptions } from "./export.js";
import { listTraces } from "./list.js";
import { showTrace } from "./show.js";
import type { ShowOptions } from "./show.js";
import { openSource } from "./open-source.js";
import type { SourceOptions } from "./open-source.js";
import type { TraceSearch } from "./trace-source.js";
import { waitForTrace } from "./wait.js";
import type { WaitOptions } from "./wait.js";

interface Json {
  readonly json?: boolean;
}

export function tracesCommand(): Command {
  return commandOf("traces", "Reads the traces of a running `dev`, or of a folder that it wrote to.", [
    "traces list",
    "traces show latest",
    "traces wait --name support_ticket_extraction",
    "traces assert --expect-workflow support_ticket_extraction --expect-span instructor.create --max-errors 0",
  ])
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(waitCommand())
    .addCommand(assertCommand())
    .addCommand(exportCommand());
}

function listCommand(): Command {
  const command = searching(
    commandOf("list", "Lists traces, newest first.", [
      "traces list",
      "traces list --workflow support_ticket_extraction --status error",
      "traces list --store .traces --json",
    ]),
  );
  return reading(command)
    .option("--limit <number>", "maximum number of traces", wholeNumber(1, 10_000), 20)
    .option("--json", "print the answer of GET /api/traces")
    .action(async (options: SourceOptions & TraceSearch & Json) => {
      process.exitCode = await listTraces(await openSource(options), searchIn(options), options.json === true);
    });
}

function showCommand(): Command {
  const command = commandOf("show", "Shows one trace as a tree of its spans.", [
    "traces show latest",
    "traces show latest --content",
    "traces show 0af7651916cd43dd8448eb211c80319c --json",
  ]);
  return reading(command)
    .argument("<id>", "the trace's id; `latest` is the newest one")
    .option("--content", "also show inputs and outputs")
    .option("--json", "print the answer of GET /api/traces/:id")
    .action(async (id: string, options: SourceOptions & ShowOptions) => {
      process.exitCode = await showTrace(await openSource(options), id, options);
    });
}

function waitCommand(): Command {
  const command = commandOf("wait", "Waits for a trace and prints its id; exit code 1 if none arrives.", [
    "traces wait --name support_ticket_extraction",
    "traces wait --name instructor.create --new --timeout 60",
  ]);
  return reading(command)
    .requiredOption("--name <name>", "name of its workflow, or of one of its spans")
    .option("--timeout <seconds>", "how long to wait", wholeNumber(0), 30)
    .option("--new", "ignore traces that already exist")
    .option("--json", "print its summary as JSON")
    .action(async (options: SourceOptions & WaitOptions) => {
      process.exitCode = await waitForTrace(() => openSource(options), options);
    });
}

function assertCommand(): Command {
  const command = searching(
    commandOf("assert", "Checks traces; prints what is missing, with exit code 1.", [
      "traces assert --expect-workflow support_ticket_extraction --max-errors 0",
      "traces assert --expect-span instructor.create --store .traces",
    ]),
  );
  return reading(command)
    .option("--expect-workflow <name>", "require a trace of this workflow; repeatable", collected, [])
    .option("--expect-span <name>", "require a span of this name in one of those traces; repeatable", collected, [])
    .option("--max-errors <number>", "maximum number of failed spans", wholeNumber(0))
    .option("--json", "print the result as JSON")
    .action(async (options: SourceOptions & TraceSearch & Expectations & Json) => {
      process.exitCode = await assertTraces(await openSource(options), searchIn(options), options);
    });
}

function exportCommand(): Command {
  const command = searching(
    commandOf("export", "Writes structured calls that failed or needed a correction, with their input and schema.", [
      "traces export > calls.jsonl",
      "traces export --format vitest --output extractions.spec.ts",
    ]),
  );
  return reading(command)
    .addOption(new Option("--format <format>", "rows, or test cases").choices(["jsonl", "vitest"]).default("jsonl"))
    .option("--output <file>", "write to this file")
    .action(async (options: SourceOptions & TraceSearch & ExportOptions) => {
      process.exitCode = await exportTraces(await openSource(options), searchIn(options), options);
    });
}

function reading(command: Command): Command {
  return command
    .option("--url <address>", "address of `dev`; default: RESPAN_BASE_URL if it is local, else port 4319")
    .option("--token <token>", "token that `dev --host` printed")
    .option("--store <folder>", "read this folder of `dev --store` instead");
}

function searching(command: Command): Command {
  return command
    .option("--workflow <name>", "only traces of this workflow")
    .option("--customer <id>", "only traces of this customer")
    .option("--thread <id>", "only traces of this thread")
    .option("--service <name>", "only traces of this service")
    .addOption(new Option("--status <status>", "only traces with this status").choices(["ok", "error"]))
    .option("--text <text>", "only traces with this text in names, attributes or events");
}

/** What of the options is a search, for everything else among them would be sent as well. */
function searchIn({ workflow, customer, thread, service, status, text, limit }: TraceSearch): TraceSearch {
  const search = { workflow, customer, thread, service, status, text };
  return limit === undefined ? search : { ...search, limit };
}
