import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { SpanProcessors } from "../../../lib/telemetry/provider/own-provider.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import { HostLogger } from "../spans.js";

const METHODS = ["onStart", "onEnding", "onEnd", "forceFlush", "shutdown"] as const;
type Method = (typeof METHODS)[number];

const span = { name: "work" } as Span & ReadableSpan;

/** Notes what it is told, and fails where it is asked to. */
class Told implements SpanProcessor {
  readonly heard: unknown[][] = [];

  constructor(readonly fault?: Partial<Record<Method, () => unknown>>) {}

  onStart(...told: unknown[]): void {
    return this.#hear("onStart", told) as undefined;
  }
  onEnding(...told: unknown[]): void {
    return this.#hear("onEnding", told) as undefined;
  }
  onEnd(...told: unknown[]): void {
    return this.#hear("onEnd", told) as undefined;
  }
  async forceFlush(): Promise<void> {
    await this.#hear("forceFlush", []);
  }
  async shutdown(): Promise<void> {
    await this.#hear("shutdown", []);
  }

  #hear(method: Method, told: unknown[]): unknown {
    this.heard.push([method, ...told]);
    return this.fault?.[method]?.();
  }
}

async function tellAll(processors: SpanProcessors): Promise<void> {
  processors.onStart(span, ROOT_CONTEXT);
  processors.onEnding(span);
  processors.onEnd(span);
  await processors.forceFlush();
  await processors.shutdown();
}

const ALL = [["onStart", span, ROOT_CONTEXT], ["onEnding", span], ["onEnd", span], ["forceFlush"], ["shutdown"]];
const boom = (): never => {
  throw new Error("boom");
};

function of(...given: SpanProcessor[]): SpanProcessors {
  const processors = new SpanProcessors(new Warnings());
  for (const processor of given) processors.add(processor);
  return processors;
}

describe("the processors of a provider", () => {
  it("are told of everything, those that were added later too", async () => {
    using logger = new HostLogger();
    const [first, second, late] = [new Told(), new Told(), new Told()];
    const given = [first, second];
    const processors = of(...given);
    given.length = 0;
    processors.add(late);
    await tellAll(processors);
    for (const { heard } of [first, second, late]) expect(heard).toEqual(ALL);
    expect(logger.warnings).toEqual([]);
  });

  it("need not want to know that a span is about to end", async () => {
    using logger = new HostLogger();
    const watcher = new Told();
    const plain = { onStart: boom, onEnd: () => undefined, forceFlush: async () => {}, shutdown: async () => {} };
    await tellAll(of({ ...plain, onStart: () => undefined }, watcher));
    expect(watcher.heard).toEqual(ALL);
    expect(logger.warnings).toEqual([]);
  });

  it.each<[Method, string]>([
    ["onStart", "started"],
    ["onEnding", "was ending"],
    ["onEnd", "ended"],
    ["forceFlush", "was flushed"],
    ["shutdown", "was flushed"],
  ])("cost the others nothing where one fails in %s, of which is warned once", async (method, when) => {
    using logger = new HostLogger();
    const watcher = new Told();
    const processors = of(new Told({ [method]: boom }), watcher);
    await tellAll(processors);
    await tellAll(processors);
    expect(watcher.heard).toEqual([...ALL, ...ALL]);
    expect(logger.warnings).toEqual([`respan-instructor: a span processor failed when a span ${when}`]);
  });

  it("are warned of for each moment at which they fail", async () => {
    using logger = new HostLogger();
    const failing = Object.fromEntries(METHODS.map((method) => [method, boom]));
    await tellAll(of(new Told(failing)));
    expect(logger.warnings.map((line) => line.replace(/.*a span /, ""))).toEqual([
      "started",
      "was ending",
      "ended",
      "was flushed",
    ]);
  });

  it("must not be async where nobody waits", async () => {
    using logger = new HostLogger();
    const rejecting = (): Promise<never> => Promise.reject(new Error("boom"));
    const processors = of(new Told({ onStart: rejecting, onEnd: rejecting }));
    await tellAll(processors);
    expect(logger.warnings).toEqual([
      "respan-instructor: a span processor returned a promise but must not be async; the promise is not awaited, and its errors are lost",
    ]);
  });
});
