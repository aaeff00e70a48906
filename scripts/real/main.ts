/**
 * `npm run test:real`: many processes, a real Collector that is restarted meanwhile, a real ClickHouse engine and a real
 * Arize Phoenix.
 */
import { parseArgs } from "node:util";
import { pack } from "../projects/pack.js";
import { TemporaryFolder } from "../projects/temporary-folder.js";
import { OpenAIServer, httpError, toolCall } from "../../spec/harness/index.js";
import type { Answer } from "../../spec/harness/index.js";
import { Collector } from "./collector.js";
import { ClickHouse } from "./clickhouse.js";
import { Phoenix } from "./phoenix.js";
import { clickhouseCountsTheSame } from "./proofs/clickhouse-counts-the-same.js";
import { phoenixShowsTheSame } from "./proofs/phoenix-shows-the-same.js";
import { survivesRestart } from "./proofs/survives-restart.js";
import { tailSamplingKeepsErrors } from "./proofs/tail-sampling-keeps-errors.js";
import type { Stage } from "./proofs/stage.js";
import { Store } from "./store.js";
import { Workers } from "./workers.js";

const USAGE = `usage: npm run test:real -- [--processes N] [--calls N] [--only TEXT]
  --processes N  worker processes at once (default 8)
  --calls N      traced calls of each (default 5000)
  --only TEXT    only the proofs whose name has this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      processes: { type: "string", default: "8" },
      calls: { type: "string", default: "5000" },
      only: { type: "string", default: "" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const size = { processes: Number(values.processes), calls: Number(values.calls) };
  using folder = new TemporaryFolder();
  await using openai = await OpenAIServer.start({ answer });
  await using store = await Store.start();
  const workers = await Workers.install(await pack(process.cwd(), folder.path), `${folder.path}/scale`);
  const stage: Stage = { openai, store, workers, folder: folder.path, collector: () => Collector.build() };

  let passed = 0;
  const all: [string, () => Promise<string>][] = [
    [
      `${size.processes} processes, ${size.calls} calls each, the Collector restarted`,
      () => survivesRestart(stage, size),
    ],
    ["tail sampling in the Collector keeps every error", () => tailSamplingKeepsErrors(stage)],
    [
      "ClickHouse counts the same as the local page",
      async () => clickhouseCountsTheSame(stage, await ClickHouse.install()),
    ],
    ["Arize Phoenix shows the same spans", async () => phoenixShowsTheSame(stage, await Phoenix.install())],
  ];
  const proofs = all.filter(([name]) => name.toLowerCase().includes(values.only.toLowerCase()));
  for (const [name, prove] of proofs) {
    store.clear();
    openai.clear();
    openai.answerWith(answer);
    console.log(`\n${name}`);
    try {
      console.log(indent(await prove()));
      passed++;
    } catch (error) {
      console.log(indent(`FAILED: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  if (workers.said.length > 0) console.log(`\nthe package said:\n${indent(workers.said.join("\n"))}`);
  console.log(`\n${passed} passed, ${proofs.length - passed} failed`);
  if (passed < proofs.length) process.exitCode = 1;
}

/** The model: an answer to every message but those that it is to refuse. */
function answer({ raw }: { raw: string }): Answer {
  if (raw.includes("refuse this")) return httpError(400, "refused");
  return toolCall({ arguments: { customer: "ACME", priority: "high", summary: "Cannot log in", products: [] } });
}

const indent = (text: string): string => text.replaceAll(/^/gm, "  ");

void main();
