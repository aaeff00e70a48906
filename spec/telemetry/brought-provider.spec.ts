import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { OptionName } from "../../lib/telemetry/settings/settings-table.js";
import type { ExportOptions } from "../../lib/telemetry/telemetry-options.js";
import { OpenAIServer, OTLPReceiver } from "../harness/index.js";
import { foreignClient } from "./foreign-client.js";
import { optionRows } from "./settings/reading.js";
import { HostLogger, open, record, within } from "./spans.js";

class Brought implements AsyncDisposable {
  readonly kept = new InMemorySpanExporter();
  readonly processor: RespanSpanProcessor;
  readonly provider: NodeTracerProvider;

  constructor(
    readonly receiver: OTLPReceiver,
    options: ExportOptions = {},
  ) {
    this.processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url, logLevel: "none", ...options });
    this.provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.kept), this.processor] });
  }

  telemetry(): RespanTelemetry {
    return new RespanTelemetry({ tracerProvider: this.provider, customerIdentifier: "ann", isAutoInstrument: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider.shutdown();
  }
}

describe("a shutdown of telemetry over a provider that was brought", () => {
  it("ends the spans that are still open, and sends them", async () => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver);
    const telemetry = brought.telemetry();
    open("still open");
    await telemetry.shutdown();
    expect(receiver.spans.map(({ name }) => name)).toEqual(["still open"]);
  });

  it("takes what spans inherit by it away, and leaves the provider running", async () => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver);
    const telemetry = brought.telemetry();
    const foreign = (name: string): void => {
      brought.provider
        .getTracer("my-llm")
        .startSpan(name, { attributes: { "gen_ai.system": "x" } })
        .end();
    };
    foreign("before");
    await telemetry.shutdown();
    foreign("after");
    await brought.processor.flush();
    expect(receiver.only("before").attributes).toMatchObject({ "respan.customer_params.customer_identifier": "ann" });
    expect(receiver.only("after").attributes).not.toHaveProperty(["respan.customer_params.customer_identifier"]);
  });

  it("says once that no processor can be added", async () => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver);
    using logger = new HostLogger();
    await using telemetry = brought.telemetry();
    const added = new InMemorySpanExporter();
    for (let at = 0; at < 2; at++) telemetry.addProcessor(new SimpleSpanProcessor(added));
    record("work");
    expect(added.getFinishedSpans()).toEqual([]);
    expect(logger.warnings).toEqual(["respan-instructor: a processor cannot be added to your own tracerProvider"]);
  });
});

describe("telemetry over a provider that was brought", () => {
  it("makes its span the active one, the parent of the program's own spans", async () => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver);
    const contextManager = new AsyncLocalStorageContextManager();
    context.setGlobalContextManager(contextManager.enable());
    try {
      await using telemetry = brought.telemetry();
      within("ours", () => {
        brought.provider.getTracer("host").startSpan("theirs").end();
      });
      await telemetry.flush();
    } finally {
      context.disable();
    }
    const [theirs, ours] = brought.kept.getFinishedSpans();
    expect([theirs?.name, ours?.name]).toEqual(["theirs", "ours"]);
    expect(theirs?.parentSpanContext?.spanId).toBe(ours?.spanContext().spanId);
  });

  it.each([true, false])("traces clients that others construct where isAutoInstrument is %s", async (isWanted) => {
    await using receiver = await OTLPReceiver.start();
    await using server = await OpenAIServer.start({ objects: { Ticket: { customer: "ACME" } } });
    await using brought = new Brought(receiver);
    await using telemetry = new RespanTelemetry({ tracerProvider: brought.provider, isAutoInstrument: isWanted });
    await foreignClient(server)();
    await telemetry.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(isWanted ? ["instructor.create"] : []);
  });
});

describe("options beside a provider that was brought", () => {
  const nothing = (): undefined => undefined;
  const part = { export: nothing, shutdown: nothing, shouldSample: nothing, addRequest: nothing, toString: () => "" };
  /** For each option: a value, and whether it may be given. */
  const OPTIONS: Record<Exclude<OptionName, "tracerProvider">, readonly [unknown, boolean]> = {
    isAutoInstrument: [false, true],
    customerIdentifier: ["c", true],
    customerEmail: ["c@example.com", true],
    customerName: ["C", true],
    threadIdentifier: ["t", true],
    sessionIdentifier: ["s", true],
    properties: [{ plan: "pro" }, true],
    metadata: [{ team: "desk" }, true],
    environment: ["staging", true],
    traceContent: [false, true],
    isEnabled: [true, true],
    logLevel: ["none", true],
    redact: [{ keys: ["ssn"] }, true],
    limits: [{ items: 10 }, true],
    propagateBaggage: [true, true],
    apiKey: ["another", false],
    baseUrl: ["http://127.0.0.1:1", false],
    appName: ["desk", false],
    isBatchingEnabled: [true, false],
    headers: [{}, false],
    resourceAttributes: [{}, false],
    exporter: [part, false],
    spanProcessors: [[], false],
    sampler: [part, false],
    sampleRate: [1, false],
    spanPostprocess: [nothing, false],
    shouldExportSpan: [nothing, false],
    spanNameStyle: ["legacy", false],
    registerGlobal: [false, false],
    compression: ["gzip", false],
    timeoutMillis: [1, false],
    flushTimeoutMillis: [1, false],
    maxQueueBytes: [1, false],
    httpAgent: [part, false],
  };

  it.each(
    optionRows().flatMap(({ option }) =>
      option === "tracerProvider" ? [] : [[option, OPTIONS[option][1], OPTIONS[option][0]] as const],
    ),
  )("%s: %s", async (option, isTaken, value) => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver);
    const construct = (): RespanTelemetry =>
      new RespanTelemetry({ tracerProvider: brought.provider, isAutoInstrument: false, [option]: value });
    if (isTaken) await construct().shutdown();
    else {
      expect(construct).toThrow(
        `option "${option}" cannot be given beside "tracerProvider"; it belongs to the RespanSpanProcessor or to the provider itself`,
      );
    }
  });

  it("key and address may be said twice in the same words", async () => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver);
    const tracerProvider = brought.provider;
    for (const options of [{ apiKey: "key" }, { baseUrl: receiver.url }]) {
      await new RespanTelemetry({ tracerProvider, isAutoInstrument: false, ...options }).shutdown();
    }
  });
});
