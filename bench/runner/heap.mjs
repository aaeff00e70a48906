/** Measures the heap in a process of its own: `node --expose-gc heap.mjs '{"contender":"ours","of":"open","spans":20000}'`. */
import { setImmediate as turn } from "node:timers/promises";
import { ARGUMENT } from "../application.mjs";

const { contender: name, of, spans, steps } = JSON.parse(process.argv[2]);
const { start } = await import(`../contenders/${name}.mjs`);
const contender = await start({});

async function heap() {
  await contender.flush();
  for (let pass = 0; pass < 3; pass++) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Bytes that one call holds while it waits. */
async function open() {
  const wait = async (count) => {
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    const waiting = Array.from({ length: count }, () => contender.wait(gate));
    return { waiting, release };
  };
  const first = await wait(1_000);
  first.release();
  await Promise.all(first.waiting);
  const before = await heap();
  const { waiting, release } = await wait(spans);
  const after = await heap();
  release();
  await Promise.all(waiting);
  return (after - before) / spans;
}

/** The heap after each step of so many spans. */
async function growth() {
  const points = [];
  for (let step = 0; step < steps; step++) {
    for (let done = 0; done < spans; done++) {
      contender.sync(ARGUMENT);
      if (done % 200 === 199) await turn();
    }
    points.push(await heap());
  }
  return points;
}

process.stdout.write(JSON.stringify(of === "open" ? await open() : await growth()));
process.exit();
