import { types } from "node:util";
import type { Method } from "../observe/intercept.js";
import { callWithin, isMethod } from "../observe/intercept.js";
import type { StepName, StepObserver } from "../observe/iterator.js";
import { observeSteps } from "../observe/iterator.js";
import { telling } from "../observe/thenable.js";
import { whenDropped } from "../observe/watcher.js";
import { slot } from "../scope/tracing.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import type { Entity, EntityCall } from "./entity.js";
import type { EntitySpan } from "./entity-span.js";
import { openEntitySpan } from "./entity-span.js";

/** A function that is traced. */
export interface TracedFunction {
  readonly entity: Entity;
  readonly fn: Method;
  /** What a call gives: a generator, a promise of an `async` function's own, or anything. */
  readonly kind: "generator" | "async" | "plain";
}

/** A function with what it gives, as the engine tells it; a wrapper has the function that it stands for as its prototype. */
export function tracedFunction(entity: Entity, fn: Method): TracedFunction {
  for (let at: unknown = fn; isMethod(at); at = Object.getPrototypeOf(at)) {
    if (types.isGeneratorFunction(at)) return { entity, fn, kind: "generator" };
    if (types.isAsyncFunction(at)) return { entity, fn, kind: "async" };
  }
  return { entity, fn, kind: "plain" };
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
  span: EntitySpan | undefined;
  readonly #entity: Entity;
  readonly #contexts: Contexts;
  /** How the generator was called, until its first step. */
  #call: EntityCall | undefined;

  constructor(entity: Entity, contexts: Contexts, call: EntityCall) {
    this.#entity = entity;
    this.#contexts = contexts;
    this.#call = call;
  }

  enter(step: StepName, generator: object): EntitySpan | undefined {
    const call = this.#call;
    this.#call = undefined;
    // `return` or `throw` before the first `next`: nothing of the body ever runs.
    if (call !== undefined && step === "next") this.#start(call, generator);
    return this.span;
  }

  item(value: unknown): void {
    this.span?.item(value);
  }

  finish(): void {
    this.span?.finish();
    this.span = undefined;
  }

  fail(error: unknown): void {
    this.span?.fail(error);
    this.span = undefined;
  }

  dropped(): void {
    this.finish();
  }

  #start(call: EntityCall, generator: object): void {
    const { tracing } = slot;
    // The context is of no use to another telemetry.
    if (tracing?.contexts !== this.#contexts) return;
    const context = this.outer?.span?.context ?? call.context;
    this.span = openEntitySpan(tracing, this.#entity, { ...call, context });
    this.span?.startItems();
    whenDropped(generator, this);
  }
}
