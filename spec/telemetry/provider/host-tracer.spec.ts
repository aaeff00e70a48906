import { ROOT_CONTEXT } from "@opentelemetry/api";
import { AlwaysOffSampler, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { NO_COUNTS } from "../../../lib/telemetry/delivery/batch-exporter.js";
import {
  HostTracer,
  livingProcessors,
  noteStarted,
  registerProcessor,
} from "../../../lib/telemetry/provider/host-tracer.js";
import type { LivingProcessor } from "../../../lib/telemetry/provider/host-tracer.js";
import { readSettings } from "../../../lib/telemetry/settings/settings.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import { HostLogger } from "../spans.js";

const UNSEEN =
  "respan-instructor: a span is not exported because its tracer provider has no RespanSpanProcessor: pass one to the provider's constructor";

/** A `RespanSpanProcessor` as the registry sees it. */
class Living implements LivingProcessor, SpanProcessor, Disposable {
  readonly #unregister = registerProcessor(this);
  flush = () => Promise.resolve(this.stats());
  stats = () => NO_COUNTS;
  has = () => false;
  onStart = () => noteStarted(this);
  onEnd = () => undefined;
  forceFlush = () => Promise.resolve();
  shutdown = () => Promise.resolve();
  [Symbol.dispose] = () => this.#unregister();
}

const providerWith = (...spanProcessors: SpanProcessor[]) => new NodeTracerProvider({ spanProcessors });
const settings = readSettings({}, {});
const tracerOf = (provider: NodeTracerProvider) => new HostTracer(settings, () => provider, new Warnings());
const start = ({ tracing }: HostTracer) => tracing.startSpan("work", {}, ROOT_CONTEXT, undefined).isRecording();

describe("spans in another SDK's provider", () => {
  it("are assigned to the processors that the provider has", () => {
    using logger = new HostLogger();
    using inside = new Living();
    using outside = new Living();
    const tracer = tracerOf(providerWith(inside));
    expect(tracer.processors).toEqual([inside, outside]);
    expect(start(tracer)).toBe(true);
    expect(tracer.processors).toEqual([inside]);
    expect(logger.warnings).toEqual([]);
  });

  it("cause one warning if no processor receives them, though another provider has one", () => {
    using logger = new HostLogger();
    using elsewhere = new Living();
    providerWith(elsewhere);
    const tracer = tracerOf(providerWith());
    for (let span = 0; span < 3; span++) expect(start(tracer)).toBe(true);
    expect(logger.warnings).toEqual([UNSEEN]);
    expect(tracer.processors).toEqual([elsewhere]);
  });

  it("say nothing if they are not recorded", () => {
    using logger = new HostLogger();
    using processor = new Living();
    const provider = new NodeTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors: [processor] });
    const tracer = tracerOf(provider);
    expect(start(tracer)).toBe(false);
    expect(logger.warnings).toEqual([]);
  });

  it("are distinguished from those that another processor starts meanwhile", () => {
    using logger = new HostLogger();
    using elsewhere = new Living();
    using processor = new Living();
    const other = providerWith(elsewhere);
    const starting = new Living();
    starting.onStart = () => {
      other.getTracer("other").startSpan("beside").end();
    };
    const tracer = tracerOf(providerWith(starting, processor));
    start(tracer);
    expect(tracer.processors).toContain(processor);
    starting[Symbol.dispose]();
    expect(logger.warnings).toEqual([]);
  });
});

describe("the processors that live", () => {
  it("are known to every copy of this package, until they are shut down", () => {
    const processor = new Living();
    const slot = (globalThis as unknown as Record<symbol, { living: Set<unknown> }>)[
      Symbol.for("respan-instructor.processors.1")
    ];
    expect(slot?.living).toBe(livingProcessors);
    expect([...livingProcessors]).toEqual([processor]);
    processor[Symbol.dispose]();
    expect([...livingProcessors]).toEqual([]);
  });
});
