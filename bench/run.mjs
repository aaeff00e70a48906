/**
 * Runs the benchmarks: `npm run bench`, or `npm run bench:quick` for ratios to the floor within a minute.
 *
 *   --quick        short rounds, no peers, only the cases that are quick; writes nothing
 *   --no-peers     only this package, hand-written OpenTelemetry and the untraced application
 *   --only 1,4     only these cases; writes nothing
 *   --no-build     measures `dist` as it is
 *
 * A whole run is kept in bench/results.json on Node 20 and in bench/results-node24.json on Node 24;
 * docs/benchmarks.md shows a column for each. `node bench/runner/page.mjs` writes the page from them again.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, versions } from "./runner/machine.mjs";
import { resultsFile, writePage } from "./runner/page.mjs";
import { race } from "./runner/race.mjs";
import { failure } from "./runner/rows.mjs";
import { Sink } from "./runner/sink.mjs";
import { textTable } from "./runner/table.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: "boolean", default: false },
    peers: { type: "boolean", default: true },
    only: { type: "string" },
    build: { type: "boolean", default: true },
  },
});
const isQuick = options.quick;
const hasPeers = options.peers && !isQuick;
const only = options.only?.split(",").map(Number);

if (!existsSync(`${HERE}node_modules/@opentelemetry/sdk-trace-node`)) {
  console.error("The peers are not installed. Run: npm ci --prefix bench");
  process.exit(1);
}
if (options.build) execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, stdio: "inherit" });

/** How long things are measured: at least ten rounds, always. */
const pace = isQuick
  ? { rounds: 10, roundMillis: 20, warmMillis: 250 }
  : { rounds: 10, roundMillis: 50, warmMillis: 1_000 };

const began = performance.now();
const sink = await Sink.start();
const rows = [];
const titles = {};

for (const file of readdirSync(`${HERE}cases`).sort()) {
  const number = Number(file.slice(0, 2));
  const { title, isQuick: isQuickCase, measure } = await import(`./cases/${file}`);
  if (only === undefined ? isQuick && !isQuickCase : !only.includes(number)) continue;
  const name = file.replace(/\.mjs$/, "");
  console.error(`${number}. ${title}`);
  titles[number] = title;
  try {
    const measured = await measure({
      isQuick,
      peers: hasPeers,
      pace,
      sink,
      race: (options) => race({ case: name, pace, ...options }),
    });
    rows.push(...measured.map((row) => ({ case: String(number), ...row })));
  } catch (error) {
    rows.push({ case: String(number), ...failure(title, error) });
  }
}

const minutes = ((performance.now() - began) / 60_000).toFixed(1);
const result = {
  date: new Date().toISOString().slice(0, 10),
  command: [
    "npm run",
    isQuick ? "bench:quick" : "bench",
    ...(process.argv.length > 2 && !isQuick ? ["--", ...process.argv.slice(2)] : []),
  ].join(" "),
  minutes,
  machine: machine(),
  versions: versions(),
  pace,
  titles,
  rows,
};

const missed = rows.filter(({ isMet }) => isMet === false);
const withTarget = rows.filter(({ isMet }) => isMet !== undefined);
console.log(
  `\n${result.machine.processor}, ${result.machine.memory}, ${result.machine.system}, Node ${result.machine.node}`,
);
console.log(
  Object.entries(result.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", "),
);
console.log(`${result.command}, ${pace.rounds} rounds, ${minutes} minutes\n`);
console.log(textTable(rows));
console.log(`\n${withTarget.length - missed.length} of ${withTarget.length} targets met`);

if (!isQuick && only === undefined && hasPeers) {
  writeFileSync(resultsFile(), `${JSON.stringify(result, null, 2)}\n`);
  writePage();
}
process.exit();
