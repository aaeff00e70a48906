/**
 * Asks the API again and again, in a thread of its own so that making spans does not delay it; posts how long each answer
 * took, in milliseconds, once it is told to stop.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { timed } from "./dev-process.mjs";

const PROBE_MILLIS = 50;

const { address } = workerData;
const delays = [];
let isAsked = true;
parentPort.once("message", () => (isAsked = false));
while (isAsked) {
  delays.push(await timed(`${address}/api/traces?limit=100`));
  const { traces } = await (await fetch(`${address}/api/traces?limit=1`)).json();
  if (traces.length > 0) delays.push(await timed(`${address}/api/traces/${traces[0].traceId}`));
  await pause(PROBE_MILLIS);
}
parentPort.postMessage(delays);
