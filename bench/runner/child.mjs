/**
 * One contender of one case in a process of its own. Alone, for a profile:
 * `node --cpu-prof bench/runner/child.mjs '{"case":"01-nested-async","contender":"ours","seconds":5}'`
 */
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

/**
 * What the process is told.
 * @typedef {object} Task
 * @property {string} case the file in bench/cases
 * @property {string} contender the file in bench/contenders
 * @property {object} [settings] passed to the contender and to the case
 * @property {string} [url] where to export to over HTTP; none: an in-process exporter that drops
 * @property {number} [roundMillis] how long a round takes, about
 * @property {number} [warmMillis] how long each variant runs before it is measured
 * @property {number} [seconds] runs for so long, without a runner, and prints what a call took
 */

/** @type {Task} */
const task = JSON.parse(process.argv[2]);
const { roundMillis = 60, warmMillis = 600 } = task;

const { prepare } = await import(`../cases/${task.case}.mjs`);
const { start } = await import(`../contenders/${task.contender}.mjs`);
const contender = await start({ url: task.url, ...task.settings });
const variants = await prepare(contender, task.settings ?? {});

/** Lets timers and exports run: each some hundred spans, as a busy service's event loop does. */
const breathe = task.url === undefined ? () => turn() : () => contender.flush();

let calls = 0;
async function run({ call, isSync = false, chunk = 200 }, count) {
  for (let done = 0; done < count;) {
    const end = Math.min(count, done + chunk);
    if (isSync) for (; done < end; done++) call();
    else for (; done < end; done++) await call();
    await breathe();
  }
  calls += count;
}

/**
 * Calls with and without tracing by turns in the same process: what one adds to the other, pair by pair, for figures
 * that are small beside what they are added to. The median of the pairs, because either one may meet a collection.
 */
async function pairs({ call, base, units = 1 }, count) {
  const differences = [];
  const plain = [];
  const time = async (one) => {
    const from = process.hrtime.bigint();
    const result = one();
    if (result instanceof Promise) await result;
    return Number(process.hrtime.bigint() - from);
  };
  for (let done = 0; done < count; done++) {
    const isTracedFirst = done % 2 === 0;
    const first = await time(isTracedFirst ? call : base);
    const second = await time(isTracedFirst ? base : call);
    differences.push(isTracedFirst ? first - second : second - first);
    plain.push(isTracedFirst ? second : first);
    if (done % 50 === 49) await breathe();
  }
  calls += count;
  return { nanos: median(differences) / units, baseNanos: median(plain) / units, cpuNanos: 0 };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * How long this thread has stood in line for a processor, in nanoseconds: what other programs of the machine cost a
 * round, and no part of what a call costs. Linux tells; elsewhere it is taken for nothing.
 */
function waited() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]);
  } catch {
    return 0;
  }
}

async function round(variant, count) {
  // The other processes had the processor's caches in the meantime.
  if (variant.base === undefined) await run(variant, Math.ceil(count / 4));
  await turn();
  if (variant.base !== undefined) return pairs(variant, Math.max(1, Math.round(count / 2)));
  const cpu = process.cpuUsage();
  const inLine = waited();
  const from = process.hrtime.bigint();
  await run(variant, count);
  await contender.flush();
  const nanos = Number(process.hrtime.bigint() - from) - (waited() - inLine);
  const { user, system } = process.cpuUsage(cpu);
  const unit = count * (variant.units ?? 1);
  return { nanos: nanos / unit, cpuNanos: ((user + system) * 1_000) / unit };
}

/** A machine that is busy with something else gives up at this many times what warming takes on a quiet one. */
const PATIENCE = 5;

/**
 * Runs a variant until it is compiled, and says how many calls make a round. What counts is the time that this process
 * had a processor: on a busy machine, less would have been compiled in the same time on the clock.
 */
async function warm(variant, millis) {
  const until = performance.now() + PATIENCE * millis;
  const from = process.cpuUsage();
  let count = 1;
  let perCall = 0;
  while (performance.now() < until) {
    const { user, system } = process.cpuUsage(from);
    if (user + system >= millis * 1_000) break;
    const began = performance.now();
    if (variant.base === undefined) await run(variant, count);
    else await pairs(variant, count);
    perCall = (performance.now() - began) / count;
    count = Math.max(1, Math.min(count * 2, Math.round(roundMillis / perCall)));
  }
  await contender.flush();
  return Math.max(1, Math.round(roundMillis / perCall));
}

if (task.seconds !== undefined) {
  for (const [name, variant] of Object.entries(variants)) {
    await warm(variant, (task.seconds * 1_000) / Object.keys(variants).length);
    const count = await warm(variant, warmMillis);
    console.log(name, await round(variant, count));
  }
  process.exit();
}

const counts = {};
for (const [name, variant] of Object.entries(variants)) counts[name] = await warm(variant, warmMillis);
const spansBefore = contender.spans();
calls = 0;

process.on("message", async (message) => {
  try {
    if (message.round !== undefined) {
      process.send({ result: await round(variants[message.round], counts[message.round]) });
    } else {
      await contender.flush();
      const spans = contender.spans();
      process.send({ result: { calls, spans: spans === undefined ? undefined : spans - spansBefore } }, () =>
        process.exit(),
      );
    }
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.send({ ready: Object.keys(variants) });
