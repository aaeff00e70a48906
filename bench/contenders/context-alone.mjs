/**
 * The application without any span, but with what every OpenTelemetry-based SDK brings: a registered context manager and
 * an active context. `AsyncLocalStorage` makes every promise of a process slower.
 */
import { ROOT_CONTEXT, context, createContextKey } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { start as startUntraced } from "./untraced.mjs";

export function start() {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const active = ROOT_CONTEXT.setValue(createContextKey("bench"), true);
  const untraced = startUntraced();
  return {
    ...untraced,
    structured: (fetch) => {
      const create = untraced.structured(fetch);
      return (request) => context.with(active, () => create(request));
    },
  };
}
