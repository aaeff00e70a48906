import { setTimeout as pause } from "node:timers/promises";
import { median, percentile, startDev, timed } from "./dev-process.mjs";
import { heldAndGone, requestBody, send } from "./spans.mjs";

const SPANS_PER_SECOND = 2_000;
const BATCH = 500;
const PROBE_MILLIS = 50;

/** A sender on the same machine, and what the API answers meanwhile. */
export async function steadyLoad(seconds) {
  const dev = await startDev();
  const delays = [];
  let isSending = true;
  const probing = (async () => {
    while (isSending) {
      delays.push(await timed(`${dev.address}/api/traces?limit=100`));
      const { traces } = await (await fetch(`${dev.address}/api/traces?limit=1`)).json();
      if (traces.length > 0) delays.push(await timed(`${dev.address}/api/traces/${traces[0].traceId}`));
      await pause(PROBE_MILLIS);
    }
  })();
  const start = performance.now();
  const batches = (SPANS_PER_SECOND * seconds) / BATCH;
  for (let batch = 0; batch < batches; batch++) {
    await pause(Math.max(0, start + (batch * BATCH * 1_000) / SPANS_PER_SECOND - performance.now()));
    await send(dev.address, requestBody(BATCH));
  }
  const took = (performance.now() - start) / 1_000;
  isSending = false;
  await probing;
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
