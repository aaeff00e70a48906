import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import type { Method } from "../observe/intercept.js";
import { callWithin } from "../observe/intercept.js";
import type { StepObserver } from "../observe/iterator.js";
import { observeSteps } from "../observe/iterator.js";
import { telling } from "../observe/thenable.js";
import { whenDropped, forgetDropped } from "../observe/watcher.js";
import { slot } from "../scope/tracing.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import type { Entity, EntityCall } from "./entity.js";
import type { EntitySpan } from "./entity-span.js";
import { openEntitySpan } from "./entity-span.js";

/** What a call of a function gives: a generator, a promise of an `async` function's own, or anything. */
export type FunctionKind = "generator" | "async" | "plain";

/** A function that is traced. */
export interface TracedFunction {
  readonly entity: Entity;
  readonly fn: Method;
  readonly kind: FunctionKind;
}

/** Kinds of wrappers, all of which the engine takes for plain functions. */
const wrapperKinds = new WeakMap<Method, FunctionKind>();

/** What a function is, told by the engine; a name or a tag can be anything. */
export function kindOf(fn: Method): FunctionKind {
  if (types.isGeneratorFunction(fn)) return "generator";
  return types.isAsyncFunction(fn) ? "async" : (wrapperKinds.get(fn) ?? "plain");
}

/** Notes that a wrapper gives what its function does. */
export function noteKind(wrapper: Method, kind: FunctionKind): void {
  wrapperKinds.set(wrapper, kind);
}

/** Calls a function in a span of its own; what it returns and throws is what it would have. */
export function tracedCall(tracing: Tracing, traced: TracedFunction, instance: unknown, args: unknown[]): unknown {
  const { contexts } = tracing;
  const { entity, fn, kind } = traced;
  const call: EntityCall = { context: contexts.active(), instance, args };
  if (kind === "generator") {
    const generator = Reflect.apply(fn, instance, args);
    if (types.isGeneratorObject(generator)) observeRun(generator, new GeneratorRun(entity, contexts, call));
    return generator;
  }
  const span = openEntitySpan(tracing, entity, call);
  if (span === undefined) return Reflect.apply(fn, instance, args);
  let result: unknown;
  try {
    result = callWithin(span, fn, instance, args);
  } catch (error) {
    span.fail(error);
    throw error;
  }
  // Only the caller gets the promise of an async function: nothing has to be remembered of it.
  return kind === "async" && types.isPromise(result) ? result.then(...telling(span)) : span.returned(result);
}

/** The outermost run of each generator so far. */
const runs = new WeakMap<object, GeneratorRun>();

function observeRun(generator: object, run: GeneratorRun): void {
  const inner = runs.get(generator);
  if (inner !== undefined) inner.outer = run;
  runs.set(generator, run);
  observeSteps(generator, run);
}

/** One run of a decorated generator: its span opens with the first `next`, under the span where it was called. */
class GeneratorRun implements StepObserver {
  /** The run of a second decorator above, whose span this one's hangs on. */
  outer: GeneratorRun | undefined;
  /** From the first step to the last. */
  #span: EntitySpan | undefined;
  readonly #entity: Entity;
  readonly #contexts: Contexts;
  /** How the generator was called, until its first step. */
  #call: EntityCall | undefined;

  constructor(entity: Entity, contexts: Contexts, call: EntityCall) {
    this.#entity = entity;
    this.#contexts = contexts;
    this.#call = call;
  }

  /** Where the body runs; `undefined` while it does not. */
  get context(): Context | undefined {
    return this.#span?.context;
  }

  enter(step: string, generator: object): EntitySpan | undefined {
    const call = this.#call;
    this.#call = undefined;
    // `return` or `throw` before the first `next`: nothing of the body ever runs.
    if (call !== undefined && step === "next") this.#start(call, generator);
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
    const context = this.outer?.context ?? call.context;
    this.#span = openEntitySpan(tracing, this.#entity, { ...call, context });
    if (this.#span === undefined) return;
    this.#span.startItems();
    whenDropped(generator, this);
  }
}
