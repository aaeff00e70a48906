import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import type { StepObserver } from "../observe/iterator.js";
import { observeSteps } from "../observe/iterator.js";
import { whenDropped, forgetDropped } from "../observe/watcher.js";
import { slot } from "../scope/tracing.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import type { Entity, EntityCall } from "./entity.js";
import type { EntitySpan } from "./entity-span.js";
import { openEntitySpan } from "./entity-span.js";

/** Any function, whatever its arguments. */
export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/**
 * What a call of a function gives: its result, a promise of an `async` function's own, or a generator, which may be one
 * that one of this package's decorators has made.
 */
export type FunctionKind = "plain" | "async" | "generator" | "decorated generator";

/** A function that is traced. */
export interface TracedFunction {
  readonly entity: Entity;
  readonly fn: AnyFunction;
  readonly kind: FunctionKind;
}

/** Kinds of wrappers, which the engine cannot tell. */
const wrapperKinds = new WeakMap<AnyFunction, FunctionKind>();

/** What a function is, told by the engine; a name or a tag can be anything. */
export function kindOf(fn: AnyFunction): FunctionKind {
  const known = wrapperKinds.get(fn);
  if (known !== undefined) return known;
  if (types.isGeneratorFunction(fn)) return "generator";
  return types.isAsyncFunction(fn) ? "async" : "plain";
}

/** Notes what a wrapper gives: what its function does. */
export function noteKind(wrapper: AnyFunction, kind: FunctionKind): void {
  wrapperKinds.set(wrapper, kind === "generator" ? "decorated generator" : kind);
}

/** Calls a function in a span of its own; what it returns and throws is what it would have. */
export function tracedCall(tracing: Tracing, traced: TracedFunction, instance: unknown, args: unknown[]): unknown {
  const { contexts } = tracing;
  const { entity, fn, kind } = traced;
  const call: EntityCall = { context: contexts.active(), instance, args };
  if (kind === "generator" || kind === "decorated generator") {
    const run = new GeneratorRun(entity, contexts, call, enclosing);
    const outer = enclosing;
    enclosing = kind === "generator" ? undefined : run;
    try {
      const generator = Reflect.apply(fn, instance, args) as object;
      observeSteps(generator, run);
      return generator;
    } finally {
      enclosing = outer;
    }
  }
  const span = openEntitySpan(tracing, entity, call);
  if (span === undefined) return Reflect.apply(fn, instance, args);
  let result: unknown;
  try {
    result = contexts.with(span.context, Reflect.apply, undefined, fn as never, instance, args);
  } catch (error) {
    span.fail(error);
    throw error;
  }
  return kind === "async" ? afterSettling(span, result as Promise<unknown>) : span.returned(result);
}

/** The promise of an async function, which only its caller gets; see `observePromise` for why it is not the same one. */
function afterSettling(span: EntitySpan, promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      span.settle(value);
      return value;
    },
    (error: unknown) => {
      span.fail(error);
      throw error;
    },
  );
}

/** The run of a decorator above, while the generator that both of them trace is being made. */
let enclosing: GeneratorRun | undefined;

/** One run of a decorated generator: its span opens with the first `next`, under the span where it was called. */
class GeneratorRun implements StepObserver {
  /** From the first step to the last. */
  #span: EntitySpan | undefined;
  readonly #entity: Entity;
  readonly #contexts: Contexts;
  /** How the generator was called, until its first step. */
  #call: EntityCall | undefined;
  readonly #outer: GeneratorRun | undefined;

  constructor(entity: Entity, contexts: Contexts, call: EntityCall, outer: GeneratorRun | undefined) {
    this.#entity = entity;
    this.#contexts = contexts;
    this.#call = call;
    this.#outer = outer;
  }

  /** Where the body runs; `undefined` while it does not. */
  get context(): Context | undefined {
    return this.#span?.context;
  }

  enter(step: string, generator: object): EntitySpan | undefined {
    const call = this.#call;
    if (call !== undefined) {
      this.#call = undefined;
      // `return` or `throw` before the first `next`: nothing of the body ever runs.
      if (step === "next") this.#start(call, generator);
    }
    return this.#span;
  }

  item(value: unknown): void {
    this.#span?.item(value);
  }

  finish(): void {
    this.#end()?.finish();
  }

  fail(error: unknown): void {
    this.#end()?.fail(error);
  }

  dropped(): void {
    this.finish();
  }

  #end(): EntitySpan | undefined {
    const span = this.#span;
    this.#span = undefined;
    forgetDropped(this);
    return span;
  }

  #start(call: EntityCall, generator: object): void {
    const { tracing } = slot;
    // The context is of no use to another telemetry.
    if (tracing?.contexts !== this.#contexts) return;
    const context = this.#outer?.context ?? call.context;
    this.#span = openEntitySpan(tracing, this.#entity, { ...call, context });
    if (this.#span === undefined) return;
    this.#span.startItems();
    whenDropped(generator, this);
  }
}
