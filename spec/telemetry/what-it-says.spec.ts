import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ReadableSpan, Span } from "@opentelemetry/sdk-trace";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { ExportOptions } from "../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../harness/index.js";
import { HostLogger, setVariables } from "./spans.js";

type Running = RespanTelemetry | RespanSpanProcessor;
const WAYS: readonly (readonly [string, (options: ExportOptions) => Running])[] = [
  ["RespanTelemetry", (options) => new RespanTelemetry({ isAutoInstrument: false, ...options })],
  ["RespanSpanProcessor", (options) => new RespanSpanProcessor(options)],
];

/** What is said from the construction to the end of the shutdown. */
async function saidBy(make: () => Running, use: (running: Running) => unknown = () => undefined): Promise<string[]> {
  using logger = new HostLogger();
  const running = make();
  await use(running);
  await running.shutdown();
  expect(logger.errors).toEqual([]);
  return logger.warnings.map((line) => line.replace("respan-instructor: ", ""));
}

describe.each(WAYS)("what %s says", (_name, make) => {
  it("of a standard variable that cannot be used", async () => {
    setVariables({ OTEL_BSP_MAX_QUEUE_SIZE: "many", OTEL_BSP_SCHEDULE_DELAY: "soon" });
    expect(await saidBy(() => make({ apiKey: "key" }))).toEqual([
      "environment variable OTEL_BSP_MAX_QUEUE_SIZE must be a whole number of at least 1; 2048 is used",
      "environment variable OTEL_BSP_SCHEDULE_DELAY must be a whole number of at least 0; 5000 is used",
    ]);
  });

  it("of a key that is missing", async () => {
    setVariables({ RESPAN_API_KEY: undefined });
    expect(await saidBy(() => make({}))).toEqual([
      'no API key: set the option "apiKey" or the variable RESPAN_API_KEY; nothing is exported',
    ]);
    expect(await saidBy(() => make({ headers: { "x-tenant": "blue" } }))).toHaveLength(1);
  });

  it.each<[string, ExportOptions]>([
    ["headers carry another credential", { headers: { "x-tenant": "blue", AUTHORIZATION: "Basic x" } }],
    ["another store is named", { baseUrl: "http://127.0.0.1:1/v1/traces" }],
    ["spans go elsewhere", { exporter: new InMemorySpanExporter() }],
    ["it is disabled", { isEnabled: false }],
    ["there is one", { apiKey: "key" }],
  ])("is nothing where a key is not missed: %s", async (_why, options) => {
    setVariables({ RESPAN_API_KEY: undefined });
    expect(await saidBy(() => make(options))).toEqual([]);
  });

  it("of two of them that are active at once, where each would take all", async () => {
    const said = await saidBy(
      () => make({ apiKey: "key" }),
      async () => {
        await make({ apiKey: "key" }).shutdown();
      },
    );
    expect(said).toEqual(
      _name === "RespanTelemetry"
        ? ["another RespanTelemetry is active; new spans go to this one until it is shut down"]
        : [],
    );
  });

  it("is nothing where all is well, and counts nothing", async () => {
    await using receiver = await OTLPReceiver.start();
    const nothing = { exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 };
    const said = await saidBy(
      () => make({ apiKey: "key", baseUrl: receiver.url }),
      async (running) => {
        expect(await running.flush()).toEqual(nothing);
        expect(running.stats()).toEqual(nothing);
        await Promise.all([running.shutdown(), running.shutdown()]);
      },
    );
    expect(said).toEqual([]);
    expect(receiver.requests).toEqual([]);
  });
});

describe("a span that cannot be read", () => {
  const hostile = new Proxy({}, { get: () => JSON.parse("{") as never }) as Span & ReadableSpan;

  it("is lost by the processor, which says so once for its start and once for its end, and goes on", async () => {
    await using receiver = await OTLPReceiver.start();
    const said = await saidBy(
      () => new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url }),
      (running) => {
        const processor = running as RespanSpanProcessor;
        for (let at = 0; at < 2; at++) {
          expect(() => processor.onStart(hostile, ROOT_CONTEXT)).not.toThrow();
          expect(() => processor.onEnd(hostile)).not.toThrow();
        }
      },
    );
    expect(said).toEqual([
      "a span that started could not be read; it may lack its scope",
      "a span that ended could not be read; it is lost",
    ]);
  });

  it("is nothing to a processor that is disabled", async () => {
    const processor = new RespanSpanProcessor({ isEnabled: false });
    processor.onStart(hostile, ROOT_CONTEXT);
    processor.onEnd(hostile);
    await processor.forceFlush();
    expect(processor.stats()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    await processor.shutdown();
  });
});
