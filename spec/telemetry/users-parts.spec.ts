import { trace } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { withTask } from "../../lib/decorators/decorators.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { RespanTelemetryOptions } from "../../lib/telemetry/telemetry-options.js";
import { unhandledDuring } from "../decorators/unhandled.js";
import { OTLPReceiver } from "../harness/index.js";
import { HostLogger, setVariables } from "./spans.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

/** A function of the user's as it should not be, for any place that asks one. */
const faults: Record<string, () => unknown> = {
  throws: () => {
    throw new Error("boom");
  },
  "is async and rejects": async () => Promise.reject(new Error("boom")),
  "gives a promise that never settles": () => new Promise(() => undefined),
  "gives a thenable that throws": () => ({
    then: () => {
      throw new Error("boom");
    },
  }),
  "gives an object whose properties throw": () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("boom");
        },
      },
    ),
};
const all = Object.keys(faults);
// Its type is that of whichever copy of OpenTelemetry asks.
const SUCCESS = { code: ExportResultCode.SUCCESS } as never;

interface Outcome {
  readonly results: readonly unknown[];
  readonly counted: number;
  readonly arrived: readonly string[];
  readonly warnings: readonly string[];
}

/** Two decorated calls and another tracer's span, with a faulty part that the user passed. */
async function withPart(options: RespanTelemetryOptions): Promise<Outcome> {
  await using receiver = await OTLPReceiver.start();
  using logger = new HostLogger();
  // Only the user's exporter may never answer; on a busy machine a request takes its time.
  if (options.exporter !== undefined) setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "100" });
  const results: unknown[] = [];
  let counted = 0;
  const unhandled = await unhandledDuring(async () => {
    const telemetry = new RespanTelemetry({
      apiKey: "key",
      baseUrl: receiver.url,
      isAutoInstrument: false,
      flushTimeoutMillis: 2_000,
      ...options,
    });
    results.push(await withTask("one", async () => Promise.resolve(1)));
    results.push(withTask("two", () => 2));
    trace.getTracer("host").startSpan("GET /").end();
    await telemetry.flush();
    await telemetry.shutdown();
    const { exported, rejected, failed, dropped } = telemetry.stats();
    counted = exported + rejected + failed + dropped;
  });
  expect(unhandled).toEqual([]);
  expect(logger.errors).toEqual([]);
  return { results, counted, arrived: receiver.spans.map(({ name }) => name), warnings: logger.warnings };
}

describe("a function of the user's", () => {
  it.each(all)("shouldExportSpan that %s: nothing is exported, the calls go on", async (fault) => {
    const outcome = await withPart({ shouldExportSpan: faults[fault] as never });
    expect(outcome).toMatchObject({ results: [1, 2], counted: 0, arrived: [] });
    expect(outcome.warnings).toEqual([expect.stringMatching(/shouldExportSpan .*not exported/)]);
  });

  it.each(all)("spanPostprocess that %s: its spans are dropped and counted, the calls go on", async (fault) => {
    const outcome = await withPart({ spanPostprocess: faults[fault] });
    expect(outcome).toMatchObject({ results: [1, 2], counted: 2, arrived: [] });
    expect(outcome.warnings).toEqual([expect.stringMatching(/spanPostprocess .*not exported/)]);
  });

  it.each(all)("a sampler that %s: nothing is recorded, the calls go on, other tracers' spans too", async (fault) => {
    const sampler = { shouldSample: faults[fault] as never, toString: () => "mine" };
    const outcome = await withPart({ sampler });
    expect(outcome).toMatchObject({ results: [1, 2], counted: 0, arrived: [] });
    expect(outcome.warnings).toEqual([expect.stringMatching(/the sampler .*not recorded/)]);
  });
});

const resolved = (): Promise<void> => Promise.resolve();

describe("an exporter of the user's", () => {
  const good: SpanExporter = {
    export: (_spans, done) => done(SUCCESS),
    shutdown: resolved,
    forceFlush: resolved,
  };
  const counts = { results: [1, 2], counted: 2, arrived: [] };

  it.each(all)("whose export %s: its spans are counted as failed, the calls go on", async (fault) => {
    const outcome = await withPart({ exporter: { ...good, export: faults[fault] as never } });
    expect(outcome).toMatchObject(counts);
    expect(outcome.warnings).toEqual([expect.stringContaining("the exporter ")]);
  });

  it.each([undefined, null, {}, "success"])("that answers %j is taken to have failed", async (answer) => {
    const outcome = await withPart({ exporter: { ...good, export: (_spans, done) => done(answer as never) } });
    expect(outcome).toMatchObject(counts);
    expect(outcome.warnings).toEqual([expect.stringContaining("the exporter failed")]);
  });
});

describe("a program's logger that throws", () => {
  it("reaches neither the calls nor the telemetry", async () => {
    const { diag, DiagLogLevel } = await import("@opentelemetry/api");
    await using receiver = await OTLPReceiver.start();
    const boom = (): never => {
      throw new Error("the logger's own");
    };
    diag.setLogger({ error: boom, warn: boom, info: boom, debug: boom, verbose: boom }, DiagLogLevel.WARN);
    try {
      await using telemetry = new RespanTelemetry({
        apiKey: "key",
        baseUrl: receiver.url,
        isAutoInstrument: false,
        shouldExportSpan: faults.throws as never,
      });
      const { propagateAttributes } = await import("../../lib/scope/propagate-attributes.js");
      const nonsense = { nonsense: 1, customerIdentifier: 2 } as never;
      expect(propagateAttributes(nonsense, () => withTask("one", () => 1))).toBe(1);
      await telemetry.flush();
    } finally {
      diag.disable();
    }
  });
});
