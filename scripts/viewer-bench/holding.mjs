import { startDev, timed } from "./dev-process.mjs";
import { heldAndGone, requestBody, send } from "./spans.mjs";

const SPANS = 100_000;
const BATCH = 500;

/** The memory for 100,000 spans of 1 KiB, and the response times of the API with them. */
export async function holding() {
  const dev = await startDev();
  for (let sent = 0; sent < SPANS; sent += BATCH) await send(dev.address, requestBody(BATCH));
  const { held } = await heldAndGone(dev.address);
  const list = await timed(`${dev.address}/api/traces?limit=100`);
  const search = await timed(`${dev.address}/api/traces?q=nowhere-to-be-found`);
  for (const path of ["quality", "costs", "calls"]) await timed(`${dev.address}/api/${path}`);
  // Results that the server caches count as well.
  const megabytes = dev.megabytes();
  await dev.stop();
  return [
    { what: `${SPANS} spans of 1 KiB: not held`, value: SPANS - held, unit: "spans", bar: 0 },
    { what: "  memory, after each question was asked", value: megabytes, unit: "MB", bar: 300 },
    { what: "  list of 100 traces", value: list, unit: "ms", bar: 100 },
    { what: "  search through every text", value: search, unit: "ms" },
  ];
}
