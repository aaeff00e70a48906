import type { TracerProvider } from "@opentelemetry/api";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";
import type { Scope } from "../../lib/scope/scope.js";
import { EMPTY_SCOPE } from "../../lib/scope/scope.js";
import { stampScope } from "../../lib/scope/standing-scope.js";
import { slot } from "../../lib/scope/tracing.js";
import { SDK_NAME } from "../../lib/wire/package.js";
import { eachTest } from "../harness/each-test.js";

const nothing = (): Promise<void> => Promise.resolve();
const stamping = { onStart: stampScope, onEnd: () => undefined, forceFlush: nothing, shutdown: nothing };

/** The real OpenTelemetry SDK in this process, with scopes stamped on its spans. */
export class InProcess implements Disposable {
  readonly exporter = new InMemorySpanExporter();
  readonly provider: TracerProvider;
  private readonly manager = new AsyncLocalStorageContextManager().enable();

  constructor(defaults: Scope = EMPTY_SCOPE) {
    this.provider = new NodeTracerProvider({
      spanProcessors: [stamping, new SimpleSpanProcessor(this.exporter)],
    });
    context.setGlobalContextManager(this.manager);
    propagation.setGlobalPropagator(
      new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    );
    trace.setGlobalTracerProvider(this.provider);
    const tracer = this.provider.getTracer(SDK_NAME);
    slot.tracing = {
      contexts: this.manager,
      isIsolated: false,
      defaults,
      redactor: DEFAULT_REDACTOR,
      usesLatestGenAi: false,
      open: new Set(),
      startSpan: (name, options, parent) => tracer.startSpan(name, options, parent),
    };
  }

  get spans(): ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  /** A span as a foreign instrumentation would make it. */
  foreignSpan(name: string): void {
    trace.getTracer("an-http-instrumentation").startSpan(name).end();
  }

  attributesOf(name: string): Record<string, unknown> {
    const found = this.spans.find((span) => span.name === name);
    if (found === undefined) throw new Error(`no span named ${name}`);
    return found.attributes;
  }

  [Symbol.dispose](): void {
    for (const open of slot.tracing?.open ?? []) open.end();
    slot.tracing = undefined;
    trace.disable();
    context.disable();
    propagation.disable();
  }
}

/** An SDK of its own for each test. */
export const eachInProcess = (keep: (host: InProcess) => void): void => eachTest(() => new InProcess(), keep);
