import { diag } from "@opentelemetry/api";
import type { Method } from "../observe/intercept.js";
import { isMethod } from "../observe/intercept.js";
import { slot } from "../scope/tracing.js";
import { checkOptions, DECORATOR } from "./entity-options.js";
import { decoratedMethod } from "./decorated-member.js";
import { Entity } from "./entity.js";
import type { CapturedResult, EntityKind, EntityOptions } from "./entity-options.js";
import { defineTraceMetadata, keepMetadata } from "./trace-metadata.js";
import { tracedCall, tracedFunction } from "./traced-call.js";

/** Any method. */
export type AnyMethod = (this: never, ...args: never[]) => unknown;

/** The context of a standard decorator; the compiler's own type is assignable to it. */
export interface MethodContext<in This> {
  readonly kind: "method";
  readonly name: string | symbol;
  readonly access: {
    /** Whether an object has the member. */
    has(object: This): boolean;
  };
}

/** The descriptor of a legacy decorator; the compiler's `TypedPropertyDescriptor` is assignable to it. */
export interface MethodDescriptor<Method> extends Omit<PropertyDescriptor, "value" | "get" | "set"> {
  /** The method. */
  value?: Method;
}

/** The arguments of a decorator on a method of `This`, in either mode. */
export type MethodCall<Method, This, Target extends object> =
  | readonly [value: Method, context: MethodContext<This>]
  | readonly [target: Target, key: string | symbol, descriptor: MethodDescriptor<Method>];

/**
 * A decorator for methods, which keep their types. The compiler infers the type parameters from the method, so that
 * functions in the options are typed. One signature serves both decorator modes, because the compiler would infer from
 * only one of two.
 */
export type EntityMethodDecorator<This, Args extends readonly unknown[], Result> = (
  ...call: MethodCall<Fitting<This, Args, Result>, This, This & object>
) => void;

/** A method that options fit; written in method form, so that one which asks for more than they do is taken too. */
export type Fitting<This, Args extends readonly unknown[], Result> = {
  /** The method. */
  method(this: This, ...args: Args): Returned<Result>;
}["method"];

/** What gives results of a type: the opposite of {@link CapturedResult}, from which the compiler can infer. */
export type Returned<Result> =
  | Result
  | PromiseLike<Result>
  | AsyncIterable<Result>
  | Iterator<Result, unknown, never>
  | PromiseLike<AsyncIterable<Result>>;

/** A decorator without functions in its options. */
export type PlainMethodDecorator = (...call: MethodCall<AnyMethod, never, object>) => void;

/**
 * `@Task`, `@Task()`, `@Task("name")` and `@Task({ … })`, with standard or legacy decorators. The method keeps its
 * results, errors and type. Without telemetry a decorator does nothing.
 * @throws TypeError when the class is defined, if it decorates anything but a method or an option is wrong
 */
export interface EntityDecorator {
  /** Opens a span around each call of the method, with the method's name. */
  (...call: MethodCall<AnyMethod, never, object>): void;
  /**
   * Opens a span around each call of the method.
   * @param name the entity's name. Default: the method's name
   */
  (name?: string): PlainMethodDecorator;
  /**
   * Opens a span around each call of the method.
   * @param options name, customer, metadata, capture; see {@link EntityOptions}
   */
  <This, Args extends readonly unknown[], Result>(
    options: EntityOptions<This, Args, Result>,
  ): EntityMethodDecorator<This, Args, Result>;
}

/**
 * `withTask(options, fn, ...args)`, for code without classes: calls `fn` with `args` in a span and returns its result.
 * @param options the name, or {@link EntityOptions}. Default name: the function's, or `anonymous`
 * @param fn a sync, async or generator function
 * @throws what `fn` throws, and TypeError if an option is wrong
 */
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
  const name = typeof key === "symbol" ? key.description : key;
  const defaultName = name === undefined || name === "" ? functionName(method) : name;
  const wrapper = keepMetadata(wrapped(new Entity(kind, options, defaultName, where), method), method);
  defineTraceMetadata({ ...options, kind, name: options.name ?? defaultName }, wrapper, legacy?.owner, key);
  return legacy === undefined ? wrapper : { ...legacy.descriptor, value: wrapper };
}

const functionName = (fn: Method): string => (fn.name === "" ? "anonymous" : fn.name);

let isUntracedNoted = false;

/** Says once a process, at the level `debug`, why there is no span. */
function noteUntraced(where: string): void {
  isUntracedNoted = true;
  try {
    diag.debug(`respan-instructor: ${where}: called while no telemetry is active; it is not traced`);
  } catch {
    // The host's logger threw.
  }
}

function wrapped(entity: Entity, method: Method): Method {
  const traced = tracedFunction(entity, method);
  // A method, as what it stands for: without a `prototype` of its own, and not to be called with `new`.
  const { wrapper } = {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      const tracing = slot.tracing;
      if (tracing !== undefined) return tracedCall(tracing, traced, this, args);
      if (!isUntracedNoted) noteUntraced(entity.where);
      return Reflect.apply(method, this, args);
    },
  };
  return wrapper;
}

/** Makes the function form of a kind. */
export function entityFunction(kind: EntityKind): EntityFunction {
  const where = `with${DECORATOR[kind]}`;
  const form = (given: unknown, fn: unknown, ...args: unknown[]): unknown => {
    if (!isMethod(fn)) throw new TypeError(`${where}: the second argument must be a function, got ${typeof fn}`);
    const options = checkOptions(given, where);
    const tracing = slot.tracing;
    if (tracing !== undefined) {
      const traced = tracedFunction(new Entity(kind, options, functionName(fn), where), fn);
      return tracedCall(tracing, traced, undefined, args);
    }
    if (!isUntracedNoted) noteUntraced(where);
    return Reflect.apply(fn, undefined, args);
  };
  // It is typed for its callers, who may be of plain JavaScript and give anything.
  return Object.defineProperty(form, "name", { value: where, configurable: true }) as EntityFunction;
}
