import { TraceFlags } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { ExportOptions } from "../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../harness/index.js";
import { open, record } from "./spans.js";

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
    await using telemetry = brought.telemetry();
    const added = new InMemorySpanExporter();
    expect(() => {
      telemetry.addProcessor(new SimpleSpanProcessor(added));
    }).not.toThrow();
    record("work");
    expect(added.getFinishedSpans()).toEqual([]);
  });
});

describe("spanPostprocess beside an exporter of the service's own", () => {
  it("changes the links of what is sent, and not those of the span", async () => {
    await using receiver = await OTLPReceiver.start();
    await using brought = new Brought(receiver, {
      spanPostprocess(span) {
        for (const { attributes } of span.links) if (attributes) attributes.secret = "gone";
      },
    });
    const context = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: TraceFlags.SAMPLED };
    const links = [{ context, attributes: { secret: "x" } }];
    brought.provider
      .getTracer("my-llm")
      .startSpan("chat", { links, attributes: { "gen_ai.system": "x" } })
      .end();
    await brought.processor.flush();
    expect(brought.kept.getFinishedSpans()[0]?.links[0]?.attributes).toEqual({ secret: "x" });
    expect(receiver.only("chat").links[0]?.attributes).toEqual({ secret: "gone" });
  });
});
