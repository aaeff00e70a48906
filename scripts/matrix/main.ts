/** `npm run test:matrix`: installs the packed package into real little projects and runs each. */
import { parseArgs } from "node:util";
import { pack } from "../projects/pack.js";
import { TemporaryFolder } from "../projects/temporary-folder.js";
import type { Cell, Outcome } from "./cell.js";
import { Missing } from "./cell.js";
import { bundleCells } from "./cells/bundles.js";
import { compilerCells } from "./cells/compilers.js";
import { moduleCells } from "./cells/modules.js";
import { openaiHelperCells } from "./cells/openai-helpers.js";
import { openTelemetryCells } from "./cells/opentelemetry.js";
import { packageCells } from "./cells/package.js";
import { providerCells } from "./cells/providers.js";
import { runtimeCells } from "./cells/runtimes.js";
import { versionCells } from "./cells/versions.js";
import { zeroCodeCells } from "./cells/zero-code.js";
import { table } from "./table.js";
import { Workshop } from "./workshop.js";

const CELLS: readonly Cell[] = [
  ...packageCells,
  ...runtimeCells,
  ...zeroCodeCells,
  ...moduleCells,
  ...compilerCells,
  ...bundleCells,
  ...versionCells,
  ...openaiHelperCells,
  ...providerCells,
  ...openTelemetryCells,
];

const USAGE = `usage: npm run test:matrix -- [--only PATTERN] [--jobs 1|2] [--list]
  --only PATTERN  only the projects whose "group name" matches this regular expression
  --jobs N        projects at once (default 2, the most)
  --list          prints the projects and does nothing`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      jobs: { type: "string", default: "2" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const pattern = new RegExp(values.only, "i");
  const cells = CELLS.filter(({ group, name }) => pattern.test(`${group} ${name}`));
  if (values.list) {
    for (const { group, name } of cells) console.log(`${group}  ${name}`);
    return;
  }
  using folder = new TemporaryFolder();
  const workshop = new Workshop(folder.path, await pack(process.cwd(), folder.path));
  const outcomes = await runAll(cells, workshop, Math.min(2, Math.max(1, Number(values.jobs) || 2)));
  report(outcomes);
}

async function runAll(cells: readonly Cell[], workshop: Workshop, jobs: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = cells.entries();
  const worker = async (): Promise<void> => {
    for (const [index, cell] of waiting) {
      const outcome = await runOne(cell, workshop);
      outcomes[index] = outcome;
      process.stderr.write(outcome.result === "passed" ? "." : `\n${cell.group} ${cell.name}: ${outcome.saw}\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  process.stderr.write("\n");
  return outcomes;
}

async function runOne(cell: Cell, workshop: Workshop): Promise<Outcome> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1_000;
  try {
    return { cell, result: "passed", saw: await cell.run(workshop), seconds: seconds() };
  } catch (error) {
    const saw = error instanceof Error ? error.message : String(error);
    return { cell, result: error instanceof Missing ? "missing" : "failed", saw, seconds: seconds() };
  }
}

function report(outcomes: readonly Outcome[]): void {
  console.log(table(outcomes));
  const bad = outcomes.filter(({ result }) => result !== "passed");
  const missing = bad.filter(({ result }) => result === "missing");
  if (missing.length > 0) console.log(`\nmissing here: ${missing.map(({ saw }) => saw.split("\n")[0]).join("; ")}`);
  console.log(`\n${outcomes.length - bad.length} passed, ${bad.length} failed`);
  if (bad.length > 0 || outcomes.length === 0) process.exitCode = 1;
}

void main();
