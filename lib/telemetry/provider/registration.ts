import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Contexts } from "../../scope/tracing.js";
import { hasContextManager, hasTracerProvider } from "./host.js";

/** Where our spans stand in the process, and how to give back what was taken for that. */
export interface Registration {
  readonly contexts: Contexts;
  /** Whether our spans live beside a host's. */
  readonly isIsolated: boolean;
  readonly giveBack: () => void;
}

/**
 * Registers a provider for the process, with context manager and W3C propagators, where no OpenTelemetry SDK is
 * registered and the user does not object; else leaves the globals alone.
 */
export function register(provider: TracerProvider, mayRegister: boolean): Registration {
  if (!mayRegister || hasTracerProvider() || !trace.setGlobalTracerProvider(provider)) return beside();
  const givesBack = [() => trace.disable()];
  const contexts = contextsOfProcess(givesBack);
  if (propagation.setGlobalPropagator(w3cPropagator())) givesBack.push(() => propagation.disable());
  return { contexts, isIsolated: false, giveBack: () => givesBack.forEach((giveBack) => giveBack()) };
}

/** Contexts where our spans and a host's live in the same ones: through the API, where that carries any. */
export function contextsBesideHost(): Contexts {
  return hasContextManager() ? context : new AsyncLocalStorageContextManager().enable();
}

function beside(): Registration {
  return { contexts: contextsBesideHost(), isIsolated: true, giveBack: () => undefined };
}

function contextsOfProcess(givesBack: (() => void)[]): Contexts {
  if (hasContextManager()) return context;
  const manager = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(manager)) return manager;
  givesBack.push(() => context.disable());
  // The manager itself, and not the API in front of it: this is on the path of every traced call.
  return manager;
}

function w3cPropagator(): CompositePropagator {
  return new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });
}
