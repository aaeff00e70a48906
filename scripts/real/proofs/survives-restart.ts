import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Collector } from "../collector.js";
import type { Stage } from "./stage.js";
import { CONFIGURATIONS, workerEnvironment } from "./stage.js";

const SPANS_OF_A_CALL = 2;

/** Every span arrives at least once, or is counted by the process that made it. */
export async function survivesRestart(stage: Stage, size: { processes: number; calls: number }): Promise<string> {
  const { store, workers } = stage;
  const env = { STORE_TRACES_URL: store.tracesUrl, RESPAN_API_KEY: "key-of-the-collector" };
  await using collector = await Collector.start(await stage.collector(), `${CONFIGURATIONS}/gateway.yaml`, env);
  const made = size.processes * size.calls * SPANS_OF_A_CALL;
  const start = performance.now();
  const working = workers.run(
    size.processes,
    workerEnvironment(stage, collector.tracesUrl, { CALLS: String(size.calls) }),
  );
  working.catch(() => undefined);

  await Promise.race([store.waitFor(made / 3), working]);
  const before = store.spans.size;
  await collector.stop();
  const callsBefore = stage.openai.requests.length;
  await sleep(3_000);
  const meanwhile = stage.openai.requests.length - callsBefore;
  await collector.start();

  const reports = await working;
  const seconds = (performance.now() - start) / 1_000;
  await collector.stop();
  const total = (count: (report: (typeof reports)[number]) => number) =>
    reports.reduce((sum, each) => sum + count(each), 0);
  const [exported, dropped, failed, rejected] = [
    total((each) => each.exported),
    total((each) => each.dropped),
    total((each) => each.spansFailed),
    total((each) => each.rejected),
  ];
  const counted = dropped + failed + rejected;
  const missing = made - store.spans.size;
  const saw = [
    `${made} spans of ${made / SPANS_OF_A_CALL} calls in ${seconds.toFixed(0)} s; stopped after ${before} had arrived, ${meanwhile} calls were made meanwhile`,
    `at the store: ${store.spans.size} different, ${store.duplicates} twice, ${store.orphans.length} without their parent`,
    `counted by the processes: ${exported} exported, ${rejected} rejected, ${failed} failed, ${dropped} dropped`,
  ].join("\n");
  assert.equal(exported + counted, made, `not every span is counted\n${saw}`);
  assert.ok(meanwhile > 0, `no call was made while the Collector was down\n${saw}`);
  assert.ok(missing <= counted, `${missing} spans did not arrive, ${counted} are counted\n${saw}`);
  if (counted === 0) assert.equal(store.orphans.length, 0, saw);
  return `${saw}\n${missing} missing, ${counted} counted: nothing is lost silently`;
}
