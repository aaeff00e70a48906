import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { adapted, NO_COUNTS, sumOfCounts } from "../../../lib/telemetry/delivery/batch-exporter.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import { HostLogger } from "../spans.js";

const spans = [{ name: "one" }, { name: "two" }] as ReadableSpan[];
const HOUR = 3_600_000;
const SUCCESS: ExportResult = { code: ExportResultCode.SUCCESS };
const boom = (): never => {
  throw new Error("boom");
};
const rejecting = (): Promise<never> => Promise.reject(new Error("boom"));

type Export = (given: ReadableSpan[], done: (result: ExportResult) => void) => unknown;
const batchExporter = (exports: Export, parts: Partial<SpanExporter> = {}, millis = HOUR) =>
  adapted({ export: exports, shutdown: () => Promise.resolve(), ...parts }, millis, new Warnings());
const { signal } = new AbortController();

describe("what an exporter of the user's makes of a batch", () => {
  const taken = { exported: 2, rejected: 0, failed: 0 };
  const lost = { exported: 0, rejected: 0, failed: 2 };

  it.each<[string, Export, typeof taken, string | undefined]>([
    ["takes it", (_, done) => done(SUCCESS), taken, undefined],
    ["takes it, and is an async function", async (_, done) => done(SUCCESS), taken, undefined],
    ["takes it later", (_, done) => setImmediate(done, SUCCESS), taken, undefined],
    ["takes it, and fails afterwards", (_, done) => (done(SUCCESS), done({ code: 1 }), boom()), taken, undefined],
    ["refuses it", (_, done) => done({ code: ExportResultCode.FAILED }), lost, "failed"],
    ["says nothing usable", (_, done) => done(undefined as never), lost, "failed"],
    ["throws", boom, lost, "failed"],
    ["rejects", rejecting, lost, "failed"],
  ])("that %s", async (_how, exports, result, complaint) => {
    using logger = new HostLogger();
    expect(await batchExporter(exports).export(spans, signal)).toEqual(result);
    const warnings = complaint === undefined ? [] : [`respan-instructor: the exporter ${complaint}; spans are lost`];
    expect(logger.warnings).toEqual(warnings);
  });

  it("that takes too long is not waited for", async () => {
    using logger = new HostLogger();
    expect(await batchExporter(() => undefined, {}, 1).export(spans, signal)).toEqual(lost);
    expect(logger.warnings).toEqual(["respan-instructor: the exporter took too long; spans are lost"]);
  });

  it("is given a list of its own", async () => {
    let given: ReadableSpan[] = [];
    await batchExporter((batch, done) => {
      given = batch;
      done(SUCCESS);
    }).export(spans, signal);
    expect(given).toEqual(spans);
    expect(given).not.toBe(spans);
  });
});

describe("an exporter of the user's", () => {
  it("is flushed, where it can be", async () => {
    await expect(batchExporter(() => undefined).forceFlush?.()).resolves.toBeUndefined();
    const forceFlush = jest.fn(() => Promise.resolve());
    await batchExporter(() => undefined, { forceFlush }).forceFlush?.();
    expect(forceFlush).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["throws", boom],
    ["rejects", rejecting],
  ])("whose shutdown %s is warned of", async (_how, shutdown) => {
    using logger = new HostLogger();
    await expect(batchExporter(() => undefined, { shutdown }).shutdown()).resolves.toBeUndefined();
    expect(logger.warnings).toEqual(["respan-instructor: the exporter failed to shut down"]);
  });
});

describe("the counts of several deliveries", () => {
  it("add up", () => {
    const counts = { exported: 1, rejected: 2, failed: 3, dropped: 4, pending: 5 };
    const doubled = { exported: 2, rejected: 4, failed: 6, dropped: 8, pending: 10 };
    expect(sumOfCounts([counts, NO_COUNTS, counts])).toEqual(doubled);
    expect(sumOfCounts([])).toEqual(NO_COUNTS);
  });
});
