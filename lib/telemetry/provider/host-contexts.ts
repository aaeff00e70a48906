import type { Context } from "@opentelemetry/api";
import { context as api } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Contexts } from "../../scope/tracing.js";
import { hasContextManager } from "../../scope/host.js";

/**
 * The host's contexts while it has a context manager, which it may register after we were constructed (a span processor
 * is constructed before its SDK) and take away again; contexts of our own while it has none.
 */
export class HostContexts implements Contexts {
  readonly #own = new AsyncLocalStorageContextManager().enable();

  active(): Context {
    return this.#current().active();
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#current().with(context, fn, thisArg, ...args);
  }

  bind<T>(context: Context, target: T): T {
    return this.#current().bind(context, target);
  }

  #current(): Contexts {
    return hasContextManager() ? api : this.#own;
  }
}
