// 1,000,000 spans through the real exporter to a receiver in another process: every span must arrive once and be counted
// once, and the heap must not grow after the first 100,000. `npm run soak [-- SPANS]`.
import { fork } from "node:child_process";
import { once } from "node:events";
import { RespanTelemetry, Task, Workflow, propagateAttributes } from "../lib/index.js";
import { OTLPReceiver } from "../spec/harness/otlp-receiver.js";

/** The heap may differ by this much between the first and the last tenth: what garbage collection leaves by chance. */
const HEAP_NOISE_BYTES = 8 * 1024 * 1024;

class Desk {
  @Workflow({ name: "soak" })
  async work(item: number): Promise<number> {
    return (await this.step(item)) + 1;
  }

  @Task({ name: "step", metadata: { part: "inner" } })
  async step(item: number): Promise<number> {
    return Promise.resolve(item);
  }
}

/** Child: receives, counts, keeps nothing but the ids. */
async function receive(): Promise<void> {
  const receiver = await OTLPReceiver.start();
  const seen = new Set<string>();
  let duplicates = 0;
  const take = (): void => {
    for (const { spanId } of receiver.spans) {
      if (seen.has(spanId)) duplicates++;
      seen.add(spanId);
    }
    receiver.clear();
  };
  const timer = setInterval(take, 20);
  process.on("message", () => {
    take();
    process.send?.({ received: seen.size, duplicates });
    clearInterval(timer);
    process.disconnect();
    void receiver.close();
  });
  process.send?.({ url: receiver.url });
}

function heapNow(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function send(total: number): Promise<void> {
  const child = fork(__filename, ["receive"], { execArgv: process.execArgv });
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  process.env.OTEL_BSP_MAX_QUEUE_SIZE = "8192";
  const telemetry = new RespanTelemetry({
    apiKey: "soak",
    baseUrl: url,
    isAutoInstrument: false,
    flushTimeoutMillis: 60_000,
  });
  const desk = new Desk();
  const tenth = total / 10;
  const heaps: number[] = [];
  const started = performance.now();
  for (let made = 0; made < total;) {
    const burst: Promise<number>[] = [];
    for (let index = 0; index < 1_000 && made < total; index++, made += 2) {
      burst.push(propagateAttributes({ customerIdentifier: `customer ${index}` }, () => desk.work(made)));
    }
    await Promise.all(burst);
    await telemetry.flush();
    if (Math.floor(made / tenth) > heaps.length) {
      heaps.push(heapNow());
      console.log(
        `${made} spans, heap ${((heaps.at(-1) ?? 0) / 1024 / 1024).toFixed(1)} MiB, ${JSON.stringify(telemetry.stats())}`,
      );
    }
  }
  const { exported, rejected, failed, dropped } = telemetry.stats();
  await telemetry.shutdown();
  const seconds = (performance.now() - started) / 1000;
  child.send("report");
  const [report] = (await once(child, "message")) as [{ received: number; duplicates: number }];
  const growth = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0);
  console.log(
    `${total} spans in ${seconds.toFixed(0)} s; received ${report.received}, twice ${report.duplicates}; heap grew by ${(growth / 1024 / 1024).toFixed(1)} MiB after the first tenth`,
  );
  const checks: [string, boolean][] = [
    ["every span is counted once", exported + rejected + failed + dropped === total],
    ["every span was exported", exported === total],
    ["every span arrived, once", report.received === total && report.duplicates === 0],
    ["the heap is flat after the first tenth", growth < HEAP_NOISE_BYTES],
  ];
  for (const [what, isTrue] of checks) console.log(`${isTrue ? "passed" : "FAILED"}  ${what}`);
  const missed = checks.filter(([, isTrue]) => !isTrue).length;
  console.log(`${checks.length - missed} passed, ${missed} failed`);
  process.exitCode = missed === 0 ? 0 : 1;
}

void (process.argv[2] === "receive" ? receive() : send(Number(process.argv[2] ?? 1_000_000)));
