// Mutation testing, room by room: a report for each in reports/mutation, and one table.
//   npm run mutation                        every room, every mutant
//   npm run mutation -- capture scope       some rooms
//   npm run mutation -- --every 5           every fifth mutant, with the interval that the whole score lies in
//   npm run mutation -- --every 5 --from 2  another fifth
//   npm run mutation -- capture --only lib/capture/cut.ts
//   npm run mutation -- capture --specs spec/capture/schema.spec.ts
//                                           what these alone notice: quick, after a survivor got its spec
//   npm run mutation -- --table             the table again, from the reports
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { rooms } from "./rooms.mjs";
import { tableOf } from "./score.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    only: { type: "string" },
    specs: { type: "string" },
    concurrency: { type: "string", default: "2" },
    table: { type: "boolean", default: false },
  },
});
const chosen = positionals.length > 0 ? positionals : Object.keys(rooms);
const reportOf = (room) => `reports/mutation/${room}.jsonl`;

// Fewer cases of each property than `npm test` tries: each mutant has them all to itself.
process.env.FUZZ_RUNS ??= "25";

const specs = readdirSync("spec", { recursive: true, encoding: "utf8" })
  .map((file) => `spec/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".spec.ts"))
  .toSorted();

async function run(room) {
  const { except = [], from, without = [], leftOut } = rooms[room];
  const isBelow = (paths) => (file) => paths.some((path) => file.startsWith(path));
  mkdirSync("reports/mutation", { recursive: true });
  rmSync(reportOf(room), { force: true });
  await new Stryker({
    mutate: [values.only ?? `lib/${room}/**/*.ts`, ...except.map((pattern) => `!${pattern}`)],
    testFiles: specs.filter(
      (file) => isBelow(values.specs === undefined ? from : [values.specs])(file) && !isBelow(without)(file),
    ),
    concurrency: Number(values.concurrency),
    jsonReporter: { fileName: `reports/mutation/${room}.json` },
    specs: {
      report: reportOf(room),
      leftOut: leftOut.map(({ source }) => source),
      every: Number(values.every),
      from: Number(values.from),
    },
  }).runMutationTest();
}

if (!values.table) for (const room of chosen) await run(room);

const scores = chosen.map((room) => {
  const lines = readFileSync(reportOf(room), "utf8").split("\n").filter(Boolean);
  return [room, lines.map((line) => JSON.parse(line))];
});
const { text, score } = tableOf(scores);
console.log(text);
if (score < 90) process.exitCode = 1;
