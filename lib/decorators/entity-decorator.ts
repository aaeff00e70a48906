import { diag } from "@opentelemetry/api";
import { slot } from "../scope/tracing.js";
import { checkOptions, DECORATOR } from "./check-options.js";
import { decoratedMethod } from "./decorated-member.js";
import { Entity } from "./entity.js";
import type { AnyEntityOptions, CapturedResult, EntityKind, EntityOptions } from "./entity-options.js";
import { keepMetadata } from "./kept-metadata.js";
import { defineTraceMetadata } from "./trace-metadata.js";
import type { AnyFunction } from "./traced-call.js";
import { kindOf, noteKind, tracedCall } from "./traced-call.js";

/** Any method. */
export type AnyMethod = (this: never, ...args: never[]) => unknown;

/** What a standard decorator is told of a method; its compiler's own context type is assignable to it. */
export interface MethodContext<in This> {
  readonly kind: "method";
  readonly name: string | symbol;
  readonly access: {
    /** Whether an object has the member. */
    has(object: This): boolean;
  };
}

/** Holds the functions among the options against the method; anything but `unknown` is what does not fit. */
export type Fitting<Method extends AnyMethod, Args extends readonly unknown[], Result> = [Parameters<Method>] extends [
  Args,
]
  ? [CapturedResult<ReturnType<Method>>] extends [Result]
    ? unknown
    : "captureOutput takes a result that this method does not give"
  : "an option takes arguments that this method is not called with";

/** A decorator that can only stand on a method; the method keeps its exact type. */
export interface EntityMethodDecorator<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
> {
  /** As a standard decorator. */
  <Owner extends This, Method extends AnyMethod>(
    value: Method,
    context: MethodContext<Owner> & Fitting<Method, Args, Result>,
  ): Method;
  /** As a legacy decorator (`experimentalDecorators`). */
  <Method extends AnyMethod>(
    target: NoInfer<This> & object,
    key: (string | symbol) & Fitting<Method, Args, Result>,
    descriptor: TypedPropertyDescriptor<Method>,
  ): TypedPropertyDescriptor<Method>;
}

/** `@Task`, `@Task()`, `@Task("name")` and `@Task({ … })`, in standard and in legacy mode. */
export interface EntityDecorator extends EntityMethodDecorator {
  /** @param name the entity's name; without one, the method's */
  (name?: string): EntityMethodDecorator;
  /** @param options see {@link EntityOptions} */
  <This = unknown, Args extends readonly unknown[] = readonly unknown[], Result = unknown>(
    options: EntityOptions<This, Args, Result>,
  ): EntityMethodDecorator<This, Args, Result>;
}

/** `withTask(options, fn, ...args)`: the same for code without classes. */
export type EntityFunction = <Args extends unknown[], Result>(
  options: string | EntityOptions<undefined, Args, CapturedResult<Result>>,
  fn: (...args: Args) => Result,
  ...args: Args
) => Result;

/** Makes the decorator of a kind. */
export function entityDecorator(kind: EntityKind): EntityDecorator {
  const decorator = (...received: unknown[]): unknown => {
    const isBare = received.length >= 2 || typeof received[0] === "function";
    if (isBare) return decorate(kind, undefined, received);
    const options = received[0];
    return (...call: unknown[]): unknown => decorate(kind, options, call);
  };
  return Object.defineProperty(decorator, "name", { value: DECORATOR[kind], configurable: true }) as EntityDecorator;
}

function decorate(kind: EntityKind, given: unknown, received: readonly unknown[]): unknown {
  const { method, key, title, legacy } = decoratedMethod(kind, received);
  const where = `@${DECORATOR[kind]} on ${title}`;
  const options = checkOptions(given, where);
  const defaultName = memberName(key, method);
  const wrapper = keepMetadata(wrapped(new Entity(kind, options, defaultName, where), method, where), method);
  defineTraceMetadata({ ...options, kind, name: options.name ?? defaultName }, wrapper, legacy?.owner, key);
  return legacy === undefined ? wrapper : { ...legacy.descriptor, value: wrapper };
}

/** A method's name: of a symbol its description. */
function memberName(key: string | symbol, method: AnyFunction): string {
  const name = typeof key === "symbol" ? key.description : key;
  return name === undefined || name === "" ? functionName(method) : name;
}

const functionName = (fn: AnyFunction): string => (fn.name === "" ? "anonymous" : fn.name);

let isUntracedNoted = false;

/** Says once a process, at the level `debug`, why there is no span. */
function noteUntraced(where: string): void {
  isUntracedNoted = true;
  try {
    diag.debug(`respan-instructor: ${where}: called while no telemetry is active; it is not traced`);
  } catch {
    // The logger is the host's.
  }
}

function wrapped(entity: Entity, method: AnyFunction, where: string): AnyFunction {
  const traced = { entity, fn: method, kind: kindOf(method) };
  // A method, as what it stands for: without a `prototype` of its own, and not to be called with `new`.
  const { wrapper } = {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      const tracing = slot.tracing;
      if (tracing !== undefined) return tracedCall(tracing, traced, this, args);
      if (!isUntracedNoted) noteUntraced(where);
      return Reflect.apply(method, this, args);
    },
  };
  noteKind(wrapper, traced.kind);
  return wrapper;
}

/** Makes the function form of a kind. */
export function entityFunction(kind: EntityKind): EntityFunction {
  const where = `with${DECORATOR[kind]}`;
  const form = (given: unknown, fn: unknown, ...args: unknown[]): unknown => {
    if (typeof fn !== "function")
      throw new TypeError(`${where}: the second argument must be a function, got ${typeof fn}`);
    const options: AnyEntityOptions = checkOptions(given, where);
    const tracing = slot.tracing;
    if (tracing === undefined) {
      if (!isUntracedNoted) noteUntraced(where);
      return Reflect.apply(fn, undefined, args);
    }
    const called = fn as AnyFunction;
    const entity = new Entity(kind, options, functionName(called), where);
    return tracedCall(tracing, { entity, fn: called, kind: kindOf(called) }, undefined, args);
  };
  return Object.defineProperty(form, "name", { value: where, configurable: true }) as EntityFunction;
}
