import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { median, percentile, startDev } from "./dev-process.mjs";
import { heldAndGone, requestBody, send } from "./spans.mjs";

const SPANS_PER_SECOND = 2_000;
const BATCH = 500;

/** A sender on the same machine, and what the API answers meanwhile. */
export async function steadyLoad(seconds) {
  const dev = await startDev();
  const probe = new Worker(new URL("probe.mjs", import.meta.url), { workerData: { address: dev.address } });
  const start = performance.now();
  const batches = (SPANS_PER_SECOND * seconds) / BATCH;
  for (let batch = 0; batch < batches; batch++) {
    await pause(Math.max(0, start + (batch * BATCH * 1_000) / SPANS_PER_SECOND - performance.now()));
    await send(dev.address, requestBody(BATCH));
  }
  const took = (performance.now() - start) / 1_000;
  probe.postMessage("stop");
  const [delays] = await once(probe, "message");
  const { held, gone } = await heldAndGone(dev.address);
  const megabytes = dev.megabytes();
  await dev.stop();
  const sent = batches * BATCH;
  return [
    { what: `${sent} spans of 1 KiB sent in`, value: took, unit: "s", bar: seconds * 1.05 },
    { what: "  neither held nor counted as gone", value: sent - held - gone, unit: "spans", bar: 0 },
    { what: "  counted as gone", value: gone, unit: "spans" },
    { what: "  the API's answer meanwhile, median", value: median(delays), unit: "ms" },
    { what: "  99 of 100", value: percentile(delays, 99), unit: "ms", bar: 100 },
    { what: "  slowest", value: Math.max(...delays), unit: "ms" },
    { what: "  memory at the end", value: megabytes, unit: "MB" },
  ];
}
