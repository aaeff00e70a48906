import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import type { StepObserver } from "../observe/iterator.js";
import { observeSteps } from "../observe/iterator.js";
import { whenDropped, forgetDropped } from "../observe/watcher.js";
import { slot } from "../scope/tracing.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import type { Entity } from "./entity.js";
import type { EntitySpan } from "./entity-span.js";
import { openEntitySpan } from "./entity-span.js";

/** Any function, whatever its arguments. */
export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** How a call of a function ends: on return, with its promise, or step by step, that perhaps under another of ours. */
export type Course = "plain" | "async" | "generator" | "decorated generator";

/** The course of what is decorated already, for who decorates it again. */
const courses = new WeakMap<AnyFunction, Course>();

/** What a function is, told by the engine; a name or a tag could be anybody's. */
export function courseOf(fn: AnyFunction): Course {
  const known = courses.get(fn);
  if (known !== undefined) return known;
  if (types.isGeneratorFunction(fn)) return "generator";
  return types.isAsyncFunction(fn) ? "async" : "plain";
}

/** Tells what a wrapper is, which the engine cannot. */
export function setCourse(wrapper: AnyFunction, course: Course): void {
  courses.set(wrapper, course === "generator" ? "decorated generator" : course);
}

/** Calls a function in a span of its own; what it returns and throws is what it would have. */
export function tracedCall(
  tracing: Tracing,
  entity: Entity,
  course: Course,
  fn: AnyFunction,
  self: unknown,
  args: unknown[],
): unknown {
  const { contexts } = tracing;
  const context = contexts.active();
  if (course === "generator" || course === "decorated generator") {
    const run = new GeneratorRun(entity, contexts, { context, self, args }, enclosing);
    const outer = enclosing;
    enclosing = course === "generator" ? undefined : run;
    try {
      const generator = Reflect.apply(fn, self, args as never[]) as object;
      observeSteps(generator, run);
      return generator;
    } finally {
      enclosing = outer;
    }
  }
  const span = openEntitySpan(tracing, entity, context, self, args);
  if (span === undefined) return Reflect.apply(fn, self, args as never[]);
  let result: unknown;
  try {
    result = contexts.with(span.context, Reflect.apply, undefined, fn as never, self, args);
  } catch (error) {
    span.fail(error);
    throw error;
  }
  return course === "async" ? afterSettling(span, result as Promise<unknown>) : span.returned(result);
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

/** How a generator was called, until its first step. */
interface Call {
  readonly context: Context;
  readonly self: unknown;
  readonly args: unknown[];
}

/** One run of a decorated generator: its span opens with the first `next`, under the span where it was called. */
class GeneratorRun implements StepObserver {
  /** From the first step to the last. */
  private span: EntitySpan | undefined;

  constructor(
    private readonly entity: Entity,
    private readonly contexts: Contexts,
    private call: Call | undefined,
    private readonly outer: GeneratorRun | undefined,
  ) {}

  enter(step: string, generator: object): EntitySpan | undefined {
    const { call } = this;
    if (call !== undefined) {
      this.call = undefined;
      // `return` or `throw` before the first `next`: nothing of the body ever runs.
      if (step === "next") this.start(call, generator);
    }
    return this.span;
  }

  item(value: unknown): void {
    this.span?.item(value);
  }

  finish(): void {
    this.end()?.finish();
  }

  fail(error: unknown): void {
    this.end()?.fail(error);
  }

  dropped(): void {
    this.finish();
  }

  private end(): EntitySpan | undefined {
    const { span } = this;
    this.span = undefined;
    forgetDropped(this);
    return span;
  }

  private start({ context, self, args }: Call, generator: object): void {
    const { tracing } = slot;
    // The context is of no use to another telemetry.
    if (tracing?.contexts !== this.contexts) return;
    this.span = openEntitySpan(tracing, this.entity, this.outer?.span?.context ?? context, self, args);
    if (this.span === undefined) return;
    this.span.startItems();
    whenDropped(generator, this);
  }
}
