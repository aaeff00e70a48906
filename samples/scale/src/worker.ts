import { propagateAttributes, RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./desk.js";

/**
 * One of many processes. Its spans go to a Collector, whose address ends in `/traces`:
 *
 * `RESPAN_BASE_URL=http://127.0.0.1:4318/v1/traces CALLS=5000 node out/worker.js`
 */
const telemetry = new RespanTelemetry({ appName: "support-worker", flushTimeoutMillis: 60_000 });
const desk = new SupportDesk();
const worker = process.env.WORKER ?? "1";
const calls = Number(process.env.CALLS ?? 100);
const atOnce = Number(process.env.AT_ONCE ?? 16);

let made = 0;
let failed = 0;
async function work(): Promise<void> {
  while (made < calls) {
    const number = ++made;
    await propagateAttributes(
      { customerIdentifier: `customer_${worker}`, threadIdentifier: `${worker}-${number}`, metadata: { number } },
      async () => {
        // A message that the model refuses, to show a failed call in the store.
        const text = process.env.FAIL_AT === String(number) ? "refuse this" : `message ${number} of worker ${worker}`;
        await desk.extractTicket(text).catch(() => failed++);
      },
    );
  }
}
await Promise.all(Array.from({ length: atOnce }, work));
await telemetry.shutdown();
// The counts of all spans, including lost ones.
const { exported, rejected, failed: spansFailed, dropped } = telemetry.stats();
console.log(JSON.stringify({ worker, calls: made, failed, exported, rejected, spansFailed, dropped }));
