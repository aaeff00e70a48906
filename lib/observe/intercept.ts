import type { Context, ContextManager } from "@opentelemetry/api";

/** A context, and what makes it the active one. */
export interface BoundContext {
  readonly contexts: Pick<ContextManager, "active" | "with">;
  readonly context: Context;
}

/** A method as it was found, called with whatever it is called with. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** One call of a method: with what `this`, and with which arguments. */
export type MethodCall = readonly [method: Method, self: unknown, args: unknown[]];

/** Stands in for a method of one object: calls it, or not, and returns what the caller gets. */
export type Interceptor = (method: Method, self: object, args: unknown[]) => unknown;

/**
 * A property's value, its own or inherited, read without running a getter: `undefined` where it is missing or has one.
 */
export function dataProperty(holder: object, key: PropertyKey): unknown {
  for (let at: unknown = holder; isObjectLike(at); at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

export function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

/** Whether an object has a method of this name; no getter is run. */
export function hasMethod(holder: object, name: PropertyKey): boolean {
  // A missing name is common, and `in` finds that out faster than a walk over the prototypes.
  return name in holder && isMethod(dataProperty(holder, name));
}

/** Whether a value can have properties of its own. */
export function isObjectLike(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

const apply = (method: Method, self: unknown, args: unknown[]): unknown => Reflect.apply(method, self, args);

/** Calls a method in a context; without one, where the caller is. */
export function callWithin(at: BoundContext | undefined, method: Method, self: unknown, args: unknown[]): unknown {
  return at === undefined
    ? apply(method, self, args)
    : at.contexts.with(at.context, apply, undefined, method, self, args);
}

/** Where the caller of an intercepted method is, for callbacks of its own. */
export function callerOf({ contexts }: BoundContext): BoundContext {
  return { contexts, context: contexts.active() };
}

/** Whether the method was put on this very object: by way of a Proxy, which hands out methods bound to its target. */
function isOwner(holder: unknown, name: PropertyKey, method: unknown): holder is object {
  return isObjectLike(holder) && Object.getOwnPropertyDescriptor(holder, name)?.value === method;
}

/**
 * Puts an interceptor in front of a method of one object, as the object's own property: its identity, prototype,
 * private fields and other methods stay. The method called with another `this` is the method as it was.
 * @returns `false` where there is no such method, or the object refuses (frozen): it is then as it was
 */
export function intercept(target: object, name: PropertyKey, interceptor: Interceptor): boolean {
  try {
    const method = dataProperty(target, name);
    if (!isMethod(method)) return false;
    const isEnumerable = Object.getOwnPropertyDescriptor(target, name)?.enumerable ?? false;
    const holder = {
      method(this: unknown, ...args: unknown[]): unknown {
        return this === target || isOwner(this, name, holder.method)
          ? interceptor(method, this, args)
          : Reflect.apply(method, this, args);
      },
    };
    return Reflect.defineProperty(target, name, {
      configurable: true,
      writable: true,
      enumerable: isEnumerable,
      value: holder.method,
    });
  } catch {
    return false;
  }
}

type Properties = Record<PropertyKey, unknown>;

/**
 * Reads properties of an object that it may not be called through: its methods get the object itself as `this`, whose
 * private fields no Proxy has. Each method stays one function.
 */
export class BoundReader {
  readonly #bound = new WeakMap<object, object>();

  read(holder: object, key: PropertyKey): unknown {
    const value = (holder as Properties)[key];
    if (typeof value !== "function") return value;
    let onHolder = this.#bound.get(value);
    if (onHolder === undefined) {
      onHolder = new Proxy(value, { apply: (method, _this, args) => Reflect.apply(method, holder, args) as unknown });
      this.#bound.set(value, onHolder);
    }
    return onHolder;
  }
}

/**
 * An object with properties of its own, which has everything else from another.
 * @param behind gives the other object, each time that it is asked for something
 */
export function fallThrough(own: object, behind: () => object): object {
  const reader = new BoundReader();
  const rest = new Proxy(
    // Nothing of an object's own goes before what the other has, its class included.
    Object.create(null) as object,
    {
      get: (target, key) => (key in target ? (target as Properties)[key] : reader.read(behind(), key)),
      has: (target, key) => key in target || key in behind(),
    },
  );
  return Object.assign(Object.create(rest) as object, own);
}
