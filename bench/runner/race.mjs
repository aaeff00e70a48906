/** Races contenders: each in its own process, one round of each in turn, so that load on the machine affects all alike. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));

/** The time limit in milliseconds for a contender's start and for a round. */
const LIMIT = 120_000;

class Lane {
  /** @type {Record<string, { nanos: number[], cpuNanos: number[], baseNanos: number[] }>} */
  series = {};
  error;
  calls = 0;
  spans;
  bytes;
  #process;
  #said = "";
  #waiting;

  constructor(key) {
    this.key = key;
  }

  async start(task, url) {
    this.url = url;
    this.#process = fork(CHILD, [JSON.stringify({ ...task, url })], {
      // No collections are forced between rounds: they would throw away compiled code that a busy service keeps.
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    });
    this.#process.stderr.on("data", (chunk) => (this.#said = (this.#said + chunk).slice(-2_000)));
    this.#process.on("message", (message) => this.#waiting?.resolve(message));
    this.#process.on("exit", (code) => this.#waiting?.reject(new Error(`exited with ${code}: ${this.#said}`)));
    const ready = await this.#answer(() => undefined);
    if (ready !== undefined)
      for (const variant of ready.ready) this.series[variant] = { nanos: [], cpuNanos: [], baseNanos: [] };
  }

  async round(variant) {
    const answer = await this.#answer(() => this.#process.send({ round: variant }));
    if (answer === undefined) return;
    for (const [name, value] of Object.entries(answer.result)) this.series[variant][name].push(value);
  }

  async stop() {
    const answer = await this.#answer(() => this.#process.send({ stop: true }));
    if (answer !== undefined) ({ calls: this.calls, spans: this.spans } = answer.result);
    this.#process.kill("SIGKILL");
  }

  /** Adds the results of another process of the same contender. */
  add({ error, series, calls, spans }) {
    this.error ??= error;
    for (const [variant, values] of Object.entries(series)) {
      for (const [name, more] of Object.entries(values)) this.series[variant]?.[name].push(...more);
    }
    this.calls += calls;
    if (spans !== undefined) this.spans += spans;
  }

  async #answer(ask) {
    if (this.error !== undefined) return undefined;
    try {
      const message = await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        const timer = setTimeout(() => reject(new Error(`no answer in ${LIMIT} ms: ${this.#said}`)), LIMIT);
        timer.unref();
        ask();
      });
      if (message.error !== undefined) throw new Error(message.error);
      return message;
    } catch (error) {
      this.error = error.message;
      return undefined;
    } finally {
      this.#waiting = undefined;
    }
  }
}

/**
 * @param {{ case: string, lanes: { key: string, contender: string, settings?: object }[], pace: object, sink?: object,
 *   generations?: number }} options
 *   `sink`: the receiver to export to over HTTP; without one, in-process exporters drop the spans
 *   `generations`: how often the processes are started again, each time for its share of the rounds. Compiled code
 *   differs from one process to the next, so a figure from one process alone may be chance. Not with a sink.
 * @returns {Promise<Record<string, Lane>>} by key
 */
export async function race({ generations = 1, pace, ...options }) {
  const share = { ...pace, rounds: Math.ceil(pace.rounds / generations) };
  const results = await generation({ ...options, pace: share });
  for (let more = 1; more < generations; more++) {
    for (const [key, lane] of Object.entries(await generation({ ...options, pace: share }))) results[key].add(lane);
  }
  return results;
}

async function generation({ case: file, lanes, pace, sink }) {
  const { rounds, roundMillis, warmMillis } = pace;
  const running = lanes.map(({ key }) => new Lane(key));
  const waiting = lanes.map((lane, index) => [lane, running[index]]);
  const startSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [{ contender, settings }, lane] = next;
      const url = sink?.lane(`${file}-${lane.key}`);
      await lane.start({ case: file, contender, settings, roundMillis, warmMillis }, url);
    }
  };
  await Promise.all([startSome(), startSome()]);
  for (let round = 0; round < rounds; round++) {
    // Every other round backwards, so that no lane always follows the same one.
    const order = round % 2 === 0 ? running : [...running].reverse();
    for (const lane of order) for (const variant of Object.keys(lane.series)) await lane.round(variant);
  }
  for (const lane of running) {
    await lane.stop();
    if (lane.url !== undefined) lane.bytes = sink.bytes(lane.url);
  }
  return Object.fromEntries(running.map((lane) => [lane.key, lane]));
}
