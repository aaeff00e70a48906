import type { Context, ContextManager } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Contexts } from "../../scope/tracing.js";
import { hasContextManager, registeredApi } from "./host.js";

/**
 * The contexts of a host: its context manager where it has registered one, which may happen after we were constructed
 * (a span processor is constructed before the SDK that it goes into), and one of our own as long as it has not.
 */
export class HostContexts implements Contexts {
  #own: ContextManager | undefined;
  #registered: unknown;
  #standing: ContextManager | undefined;

  active(): Context {
    return this.#contexts().active();
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#contexts().with(context, fn, thisArg, ...args);
  }

  bind<T>(context: Context, target: T): T {
    return this.#contexts().bind(context, target);
  }

  #contexts(): ContextManager {
    const registered = registeredApi()?.context;
    if (registered !== this.#registered || this.#standing === undefined) {
      this.#registered = registered;
      this.#standing = hasContextManager()
        ? (registered as ContextManager)
        : (this.#own ??= new AsyncLocalStorageContextManager().enable());
    }
    return this.#standing;
  }
}
