/**
 * One contender of one case in a process of its own. Alone, for a profile:
 * `node --cpu-prof bench/runner/child.mjs '{"case":"01-nested-async","contender":"ours","seconds":5}'`
 */
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

/**
 * The task of the process.
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

/** Lets timers and exports run every few hundred spans, as the event loop of a busy service does. */
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
 * Alternates calls with and without tracing in the same process and takes the median difference of the pairs. For costs
 * that are small compared with the call itself; a median, because a garbage collection may fall into either call.
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
 * How long this thread has waited for a processor, in nanoseconds: the share of other programs in a round, which is not
 * part of a call's cost. Known on Linux only; 0 elsewhere.
 */
function waited() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]);
  } catch {
    return 0;
  }
}

async function round(variant, count) {
  // Other processes used the processor's caches in the meantime.
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

/** On a busy machine, warming up ends after this multiple of its time on a quiet one. */
const PATIENCE = 5;

/**
 * Runs a variant until it is compiled, and returns the number of calls in a round. Warming up is measured in processor
 * time: on a busy machine, less would be compiled in the same wall-clock time.
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
