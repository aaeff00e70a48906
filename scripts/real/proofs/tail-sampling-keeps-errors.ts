import assert from "node:assert/strict";
import { Collector } from "../collector.js";
import type { Stage } from "./stage.js";
import { CONFIGURATIONS, workerEnvironment } from "./stage.js";

const PROCESSES = 4;
const CALLS = 100;

/** Each process has one call that fails: that trace arrives whole, of the others about a tenth do. */
export async function tailSamplingKeepsErrors(stage: Stage): Promise<string> {
  const { store, workers } = stage;
  const env = { STORE_TRACES_URL: store.tracesUrl, RESPAN_API_KEY: "key-of-the-collector", DECISION_WAIT: "2s" };
  await using collector = await Collector.start(await stage.collector(), `${CONFIGURATIONS}/tail-sampling.yaml`, env);
  const reports = await workers.run(
    PROCESSES,
    workerEnvironment(stage, collector.tracesUrl, { CALLS: String(CALLS), FAIL_AT: "42" }),
  );
  assert.deepEqual(
    reports.map(({ failed }) => failed),
    reports.map(() => 1),
    "each process had one call that failed",
  );
  // Stopping decides what is still waiting, and delivers it.
  await collector.stop();

  const spans = [...store.spans.values()];
  const failed = spans.filter(({ hasFailed }) => hasFailed);
  const traces = new Set(spans.map(({ traceId }) => traceId));
  const saw = `${traces.size} of ${PROCESSES * CALLS} traces arrived, ${failed.length / 2} of ${PROCESSES} that failed; ${store.orphans.length} spans without their parent`;
  assert.equal(failed.length, PROCESSES * 2, saw);
  assert.equal(new Set(failed.map(({ customer }) => customer)).size, PROCESSES, saw);
  assert.equal(store.orphans.length, 0, saw);
  assert.ok(traces.size < (PROCESSES * CALLS) / 2, saw);
  return saw;
}
