import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { getEventListeners } from "node:events";
import { SpanExporterAdapter } from "../../../lib/telemetry/delivery/span-exporter-adapter.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import { HostLogger } from "../spans.js";

const spans = [{ name: "one" }, { name: "two" }] as ReadableSpan[];
const HOUR = 3_600_000;
const boom = (): never => {
  throw new Error("boom");
};
const rejecting = (): Promise<never> => Promise.reject(new Error("boom"));

type Export = (given: ReadableSpan[], done: (result: ExportResult) => void) => unknown;
const exporterThat = (exports: Export): SpanExporter => ({
  export: exports,
  shutdown: () => Promise.resolve(),
});

describe("what an exporter of the user's makes of a batch", () => {
  const taken = { exported: 2, rejected: 0, failed: 0 };
  const lost = { exported: 0, rejected: 0, failed: 2 };

  it.each<[string, Export, typeof taken, string | undefined]>([
    ["takes it", (_, done) => done({ code: ExportResultCode.SUCCESS }), taken, undefined],
    [
      "takes it, and is an async function",
      async (_, done) => done({ code: ExportResultCode.SUCCESS }),
      taken,
      undefined,
    ],
    ["takes it later", (_, done) => setImmediate(done, { code: ExportResultCode.SUCCESS }), taken, undefined],
    ["refuses it", (_, done) => done({ code: ExportResultCode.FAILED }), lost, "failed"],
    ["says nothing usable", (_, done) => done(undefined as never), lost, "failed"],
    ["throws", boom, lost, "failed"],
    ["rejects", rejecting, lost, "failed"],
  ])("that %s", async (_how, exports, result, complaint) => {
    using logger = new HostLogger();
    const { signal } = new AbortController();
    const adapter = new SpanExporterAdapter(exporterThat(exports), HOUR, new Warnings());
    expect(await adapter.export(spans, signal)).toEqual(result);
    const warnings = complaint === undefined ? [] : [`respan-instructor: the exporter ${complaint}; spans are lost`];
    expect(logger.warnings).toEqual(warnings);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("that takes too long, or is given up, is not waited for", async () => {
    using logger = new HostLogger();
    const never = exporterThat(() => undefined);
    expect(await new SpanExporterAdapter(never, 1, new Warnings()).export(spans, new AbortController().signal)).toEqual(
      lost,
    );
    const controller = new AbortController();
    const exporting = new SpanExporterAdapter(never, HOUR, new Warnings()).export(spans, controller.signal);
    controller.abort();
    expect(await exporting).toEqual(lost);
    expect(logger.warnings).toEqual([
      "respan-instructor: the exporter took too long; spans are lost",
      "respan-instructor: the exporter was given up; spans are lost",
    ]);
  });

  it("is given a list of its own", async () => {
    let given: ReadableSpan[] = [];
    const keeping = exporterThat((batch, done) => {
      given = batch;
      done({ code: ExportResultCode.SUCCESS });
    });
    await new SpanExporterAdapter(keeping, HOUR, new Warnings()).export(spans, new AbortController().signal);
    expect(given).toEqual(spans);
    expect(given).not.toBe(spans);
  });
});

describe("an exporter of the user's", () => {
  it("need not be one that can be flushed", async () => {
    const plain = exporterThat(() => undefined);
    await expect(new SpanExporterAdapter(plain, HOUR, new Warnings()).forceFlush()).resolves.toBeUndefined();
    let flushed = 0;
    const flushing = {
      ...plain,
      forceFlush: async (): Promise<void> => {
        flushed++;
      },
    };
    await new SpanExporterAdapter(flushing, HOUR, new Warnings()).forceFlush();
    expect(flushed).toBe(1);
  });

  it.each([
    ["throws", boom],
    ["rejects", rejecting],
  ])("whose shutdown %s is warned of", async (_how, shutdown) => {
    using logger = new HostLogger();
    const adapter = new SpanExporterAdapter({ ...exporterThat(() => undefined), shutdown }, HOUR, new Warnings());
    await expect(adapter.shutdown()).resolves.toBeUndefined();
    expect(logger.warnings).toEqual(["respan-instructor: the exporter failed to shut down"]);
  });
});
