/**
 * One contender of one case in a process of its own. Alone, for a profile:
 * `node --cpu-prof bench/runner/child.mjs '{"case":"01-nested-async","contender":"ours","seconds":5}'`
 */
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { Bench } from "tinybench";

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

/** Runs a variant for a time, in chunks of calls. */
async function run({ call, isSync = false, chunk = 200, units = 1 }, millis) {
  const bench = new Bench({ time: millis, iterations: 1, warmup: false, throws: true });
  let done = 0;
  bench.add("chunk", async () => {
    if (isSync) for (let index = 0; index < chunk; index++) call();
    else for (let index = 0; index < chunk; index++) await call();
    done += chunk;
    await breathe();
  });
  const cpu = process.cpuUsage();
  const before = waited();
  const [{ result }] = await bench.run();
  const others = waited() - before;
  await contender.flush();
  const { user, system } = process.cpuUsage(cpu);
  calls += done;
  return {
    nanos: ((result.latency.mean * 1e6) / chunk - others / done) / units,
    cpuNanos: ((user + system) * 1_000) / done / units,
  };
}

/**
 * Alternates calls with and without tracing in the same process and takes the median difference of the pairs. For costs
 * that are small compared with the call itself; a median, because a garbage collection may fall into either call.
 */
async function pairs({ call, base, units = 1 }, millis) {
  const differences = [];
  const plain = [];
  const time = async (one) => {
    const from = process.hrtime.bigint();
    const result = one();
    if (result instanceof Promise) await result;
    return Number(process.hrtime.bigint() - from);
  };
  const until = performance.now() + millis;
  for (let done = 0; done === 0 || performance.now() < until; done++) {
    const isTracedFirst = done % 2 === 0;
    const first = await time(isTracedFirst ? call : base);
    const second = await time(isTracedFirst ? base : call);
    differences.push(isTracedFirst ? first - second : second - first);
    plain.push(isTracedFirst ? second : first);
    if (done % 50 === 49) await breathe();
  }
  calls += plain.length;
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

const measured = (variant, millis) => (variant.base === undefined ? run(variant, millis) : pairs(variant, millis));

async function round(variant) {
  // Other processes used the processor's caches in the meantime.
  await measured(variant, roundMillis / 4);
  await turn();
  return measured(variant, roundMillis);
}

/** On a busy machine, warming up ends after this multiple of its time on a quiet one. */
const PATIENCE = 5;

/**
 * Runs a variant until it is compiled. Warming up is measured in processor time: on a busy machine, less would be
 * compiled in the same wall-clock time.
 */
async function warm(variant, millis) {
  const until = performance.now() + PATIENCE * millis;
  const from = process.cpuUsage();
  while (performance.now() < until) {
    const { user, system } = process.cpuUsage(from);
    if (user + system >= millis * 1_000) break;
    await measured(variant, millis / 10);
  }
}

if (task.seconds !== undefined) {
  for (const [name, variant] of Object.entries(variants)) {
    await warm(variant, warmMillis);
    console.log(name, await measured(variant, (task.seconds * 1_000) / Object.keys(variants).length));
  }
  process.exit();
}

for (const variant of Object.values(variants)) await warm(variant, warmMillis);
const spansBefore = contender.spans();
calls = 0;

process.on("message", async (message) => {
  try {
    if (message.round !== undefined) {
      process.send({ result: await round(variants[message.round]) });
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
