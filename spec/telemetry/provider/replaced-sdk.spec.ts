import type { Context, Span, SpanOptions } from "@opentelemetry/api";
import { context, diag, propagation, trace } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type * as library from "../../../lib/index.js";
import { OTLPReceiver } from "../../harness/index.js";
import { HostLogger } from "../spans.js";

/** A tool that puts a provider of its own in place of OpenTelemetry's, as dd-trace does. */
class ToolsProvider {
  /** All that the tool is given. */
  static given: unknown[] = [];
  readonly #processors: readonly SpanProcessor[];

  constructor({ spanProcessors = [] }: { spanProcessors?: readonly SpanProcessor[] } = {}) {
    this.#processors = spanProcessors;
  }

  getTracer() {
    return {
      startSpan: (name: string, options: SpanOptions = {}, parent: Context = context.active()): Span => {
        const span = new ToolsSpan(name, options) as unknown as Span;
        for (const processor of this.#processors) processor.onStart(span as never, parent);
        return span;
      },
    };
  }
}

/** Its spans answer OpenTelemetry's API, and cannot be read. */
class ToolsSpan {
  constructor(name: string, { attributes }: SpanOptions) {
    ToolsProvider.given.push(name, attributes);
  }
  spanContext = () => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 });
  isRecording = () => true;
  setAttribute = (...given: unknown[]) => this.#take(given);
  setAttributes = (...given: unknown[]) => this.#take(given);
  addEvent = (...given: unknown[]) => this.#take(given);
  setStatus = (...given: unknown[]) => this.#take(given);
  end = (): void => undefined;

  #take(given: unknown[]): this {
    ToolsProvider.given.push(...given);
    return this;
  }
}

jest.mock("@opentelemetry/sdk-trace-node", () => ({
  ...jest.requireActual<object>("@opentelemetry/sdk-trace-node"),
  // A getter, because this runs before the class is there.
  get NodeTracerProvider() {
    return ToolsProvider;
  },
}));

const MESSAGE =
  "respan-instructor: another tool replaces OpenTelemetry's tracer provider, as dd-trace does with DD_TRACE_OTEL_ENABLED; nothing is recorded or exported: unset that variable";

type Library = typeof library;

describe("where another tool replaces OpenTelemetry's provider", () => {
  beforeEach(() => {
    // What is said once in a process is said once in each test.
    jest.resetModules();
    ToolsProvider.given = [];
  });
  afterEach(() => {
    for (const api of [trace, context, propagation, diag]) api.disable();
  });

  const HOSTS: Record<string, (library: Library, receiver: OTLPReceiver) => () => Promise<unknown>> = {
    "of RespanTelemetry's own": ({ RespanTelemetry }, receiver) => {
      const telemetry = new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url, isAutoInstrument: false });
      return () => telemetry.shutdown();
    },
    "with registerGlobal: false": ({ RespanTelemetry }, receiver) => {
      const options = { apiKey: "key", baseUrl: receiver.url, isAutoInstrument: false, registerGlobal: false };
      const telemetry = new RespanTelemetry(options);
      return () => telemetry.shutdown();
    },
    "that is registered, with a RespanSpanProcessor": ({ RespanSpanProcessor }, receiver) => {
      const processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url });
      trace.setGlobalTracerProvider(new ToolsProvider({ spanProcessors: [processor] }) as never);
      return () => processor.shutdown();
    },
    "that was brought": ({ RespanTelemetry, RespanSpanProcessor }, receiver) => {
      const processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url });
      const tracerProvider = new ToolsProvider({ spanProcessors: [processor] }) as never;
      const telemetry = new RespanTelemetry({ tracerProvider, isAutoInstrument: false });
      return () => telemetry.shutdown().then(() => processor.shutdown());
    },
  };

  it.each(Object.keys(HOSTS))("%s, nothing is recorded, no content leaves, and it is said once", async (host) => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const loaded = await import("../../../lib/index.js");
    const shutdown = HOSTS[host]!(loaded, receiver);
    for (let call = 0; call < 2; call++) {
      const result = loaded.withWorkflow("answer", (question) => loaded.withTask("look_up", () => question), "secret");
      expect(result).toBe("secret");
    }
    await shutdown();
    expect(receiver.spans).toEqual([]);
    expect(JSON.stringify(ToolsProvider.given)).not.toContain("secret");
    expect(logger.warnings).toEqual([MESSAGE]);
    expect(logger.errors).toEqual([]);
  });
});
