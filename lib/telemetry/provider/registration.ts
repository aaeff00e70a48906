import { context, propagation, trace } from "@opentelemetry/api";
import type { TextMapPropagator } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Contexts } from "../../scope/tracing.js";
import { HostContexts } from "./host-contexts.js";
import { hasContextManager, hasTracerProvider } from "../../scope/host.js";

/** Where our spans stand in the process, and how to give back what was taken for that. */
export interface Registration {
  readonly contexts: Contexts;
  /** Whether our spans live beside a host's. */
  readonly isIsolated: boolean;
  readonly giveBack: () => void;
}

/**
 * Registers a provider for the process, with context manager and propagator, where no OpenTelemetry SDK is registered
 * and the user does not object; else leaves the globals alone.
 */
export function register(
  provider: NodeTracerProvider,
  propagator: TextMapPropagator,
  mayRegister: boolean,
): Registration {
  if (!mayRegister || hasTracerProvider() || !trace.setGlobalTracerProvider(provider)) {
    return { contexts: new HostContexts(), isIsolated: true, giveBack: () => undefined };
  }
  const givesBack = [() => trace.disable()];
  const contexts = contextsOfProcess(givesBack);
  // A propagator that stands is left alone: replacing it fails, and the API complains of the attempt.
  const hasPropagator = propagation.fields().length > 0;
  if (!hasPropagator && propagation.setGlobalPropagator(propagator)) givesBack.push(() => propagation.disable());
  return {
    contexts,
    isIsolated: false,
    giveBack: () => {
      for (const giveBack of givesBack) giveBack();
    },
  };
}

function contextsOfProcess(givesBack: (() => void)[]): Contexts {
  if (hasContextManager()) return context;
  const manager = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(manager)) return manager;
  givesBack.push(() => context.disable());
  // The manager itself, and not the API in front of it: this is on the path of every traced call.
  return manager;
}
