import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import { slot } from "../scope/tracing.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import type { Consumption } from "./consumption.js";
import { finishWhenDropped, forgetDropped } from "./consumption.js";
import type { Entity } from "./entity.js";
import type { EntitySpan } from "./entity-span.js";
import { openEntitySpan } from "./entity-span.js";
import { observeSteps } from "./observed-steps.js";
import { settle, settleAsync } from "./settlement.js";

/** Any function, whatever its arguments. */
export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** How a call of a function ends: on return, with its promise, or step by step. */
export type Course = "plain" | "async" | "generator";

/** What a function is, told by the engine; a name or a tag could be anybody's. */
export function courseOf(fn: AnyFunction): Course {
  if (types.isGeneratorFunction(fn)) return "generator";
  return types.isAsyncFunction(fn) ? "async" : "plain";
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
  if (course === "generator") {
    const generator = Reflect.apply(fn, self, args as never[]) as object;
    observeSteps(generator, new GeneratorRun(entity, context, contexts, self, args));
    return generator;
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
  return course === "async" ? settleAsync(span, result as Promise<unknown>) : settle(span, result);
}

/** One run of a decorated generator: its span opens with the first `next`, under the span where it was called. */
class GeneratorRun implements Consumption {
  private span: EntitySpan | undefined;
  private isOver = false;

  constructor(
    private readonly entity: Entity,
    private context: Context | undefined,
    private readonly contexts: Contexts,
    private self: unknown,
    private args: unknown[] | undefined,
  ) {}

  enter(step: string, generator: object): EntitySpan | undefined {
    if (this.span === undefined && !this.isOver) this.start(step, generator);
    return this.isOver ? undefined : this.span;
  }

  item(value: unknown): void {
    this.span?.item(value);
  }

  finish(): void {
    this.isOver = true;
    forgetDropped(this);
    this.span?.finish();
  }

  fail(error: unknown): void {
    this.isOver = true;
    forgetDropped(this);
    this.span?.fail(error);
  }

  private start(step: string, generator: object): void {
    const { context, args, self } = this;
    this.context = this.args = this.self = undefined;
    const tracing = slot.tracing;
    // `return` or `throw` before the first `next`: nothing of the body ever runs.
    if (step === "next" && context !== undefined && args !== undefined && tracing?.contexts === this.contexts) {
      this.span = openEntitySpan(tracing, this.entity, context, self, args);
    }
    if (this.span === undefined) {
      this.isOver = true;
    } else {
      this.span.startItems();
      finishWhenDropped(generator, this);
    }
  }
}
