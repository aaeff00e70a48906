/**
 * The allocations of two nested decorated calls (case 1), in bytes per call and by place, garbage included:
 * `node bench/allocations.mjs ours`, or `floor`, or any other of bench/contenders that has the case.
 */
import { Session } from "node:inspector/promises";
import { setImmediate as turn } from "node:timers/promises";
import { ARGUMENT } from "./application.mjs";

const WARMING = 60_000;
const MEASURED = 40_000;
const SHOWN = 30;

const { start } = await import(`./contenders/${process.argv[2] ?? "ours"}.mjs`);
const contender = await start({});

async function run(calls) {
  for (let done = 0; done < calls; done++) {
    await contender.nested(ARGUMENT);
    if (done % 200 === 199) await turn();
  }
}

await run(WARMING);
const session = new Session();
session.connect();
await session.post("HeapProfiler.startSampling", {
  samplingInterval: 4_096,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
});
await run(MEASURED);
const { profile } = await session.post("HeapProfiler.stopSampling");

const bytes = new Map();
const add = ({ callFrame: { functionName, url, lineNumber }, selfSize, children }) => {
  const place = `${functionName} ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
  bytes.set(place, (bytes.get(place) ?? 0) + selfSize);
  children.forEach(add);
};
add(profile.head);
const places = [...bytes].toSorted(([, a], [, b]) => b - a);
const all = places.reduce((sum, [, size]) => sum + size, 0);
console.log(`${Math.round(all / MEASURED)} B a call`);
for (const [place, size] of places.slice(0, SHOWN)) console.log(`${Math.round(size / MEASURED)} B  ${place}`);
process.exit();
