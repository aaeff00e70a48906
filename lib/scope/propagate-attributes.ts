import type { Context } from "@opentelemetry/api";
import { bindSteps, isGeneratorObject } from "../observe/iterator.js";
import { kindOf } from "../capture/user-values.js";
import type { PropagatedAttributes, SnakeCaseAttributes } from "./propagation.js";
import { changedScope, scopeChange } from "./propagation.js";
import { withScope } from "./scope.js";
import { standingScope, withBaggage } from "./standing-scope.js";
import type { Contexts } from "./tracing.js";
import { contexts, slot, untraced } from "./tracing.js";

/**
 * Runs `fn` in a scope: every span that starts inside has these attributes. An inner scope overrides identifiers and
 * merges metadata key by key. The scope holds across `await`, timers, event emitters and `Promise.all`, and does not
 * affect concurrent work.
 *
 * @param attributes customer, thread, metadata, …; see {@link PropagatedAttributes}. Names in snake case
 *   (`customer_identifier`) work too. An unknown name, or a value of a wrong type, is left out with a warning through
 *   `diag`
 * @param fn a sync, async or generator function; each step of a generator runs in the scope
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError if `fn` is not a function
 * @example
 * ```ts
 * await propagateAttributes({ customerIdentifier: "customer_123", metadata: { route: "invoices" } }, () => desk.extract(text));
 * ```
 */
export function propagateAttributes<R>(attributes: PropagatedAttributes & SnakeCaseAttributes, fn: () => R): R {
  requireFunction("propagateAttributes(attributes, fn)", fn);
  const where = contexts();
  const outer = where.active();
  const change = untraced(() => scopeChange(attributes, slot.tracing?.redactor));
  const scope = changedScope(standingScope(outer), change);
  const baggageMetadata = slot.tracing?.defaults.baggageMetadata;
  const base = baggageMetadata === undefined ? outer : withBaggage(outer, scope, baggageMetadata);
  return runIn(where, withScope(base, scope), fn);
}

/**
 * Refuses what is no function, with a message that names the parameter.
 * @param form how the one who takes it is called, with `fn` in its place
 * @throws TypeError
 */
export function requireFunction(form: string, fn: unknown): void {
  if (typeof fn !== "function") throw new TypeError(`${form}: fn must be a function, got ${kindOf(fn)}`);
}

/** Runs `fn` in a context; where it returns a generator, that generator's steps run there too. */
export function runIn<R>(where: Contexts, context: Context, fn: () => R): R {
  const result = where.with(context, fn);
  if (isGeneratorObject(result)) {
    bindSteps(result, (step, _name, iterator, args) =>
      where.with(context, Reflect.apply, undefined, step, iterator, args),
    );
  }
  return result;
}

/**
 * Binds a callback to the current scope and span, for callback APIs that lose `AsyncLocalStorage` (connection pools,
 * some native modules).
 * @returns a function that behaves as `fn`, with the same `this` and arguments
 * @throws TypeError if `fn` is not a function
 * @example `pool.query(sql, bindToScope((error, rows) => desk.extract(rows)))`
 */
export function bindToScope<This, Args extends unknown[], R>(
  fn: (this: This, ...args: Args) => R,
): (this: This, ...args: Args) => R {
  requireFunction("bindToScope(fn)", fn);
  const where = contexts();
  const here = where.active();
  return function (this: This, ...args: Args): R {
    return where.with(here, fn, this, ...args);
  };
}
