import type { Context, ContextManager } from "@opentelemetry/api";
import { context as api } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Contexts } from "../../scope/tracing.js";
import { hasContextManager, registeredApi } from "./host.js";

/**
 * The contexts of a host: its context manager where it has registered one, which may happen after we were constructed
 * (a span processor is constructed before the SDK that it goes into), and one of our own as long as it has not.
 */
export class HostContexts implements Contexts {
  #own: Contexts | undefined;
  #registered: unknown;
  #standing: Contexts | undefined;

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

  #contexts(): Contexts {
    const registered = registeredApi()?.context;
    if (registered !== this.#registered || this.#standing === undefined) {
      this.#registered = registered;
      this.#standing = hasContextManager()
        ? // The manager itself, and not the API in front of it: this is on the path of every traced call.
          ((registered as ContextManager | undefined) ?? api)
        : (this.#own ??= new AsyncLocalStorageContextManager().enable());
    }
    return this.#standing;
  }
}
