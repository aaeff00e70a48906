import { DECORATOR } from "./check-options.js";
import type { EntityKind } from "./entity-options.js";
import type { AnyFunction } from "./traced-call.js";

/** A method that is being decorated, by either calling convention. */
export interface DecoratedMethod {
  readonly method: AnyFunction;
  readonly key: string | symbol;
  /** As messages call it: `SupportDesk.extract`, or `extract` where the convention does not tell the class. */
  readonly title: string;
  /** Under legacy decorators: the prototype or class that has it, and its descriptor. */
  readonly legacy: { readonly owner: object; readonly descriptor: PropertyDescriptor } | undefined;
}

interface StandardContext {
  readonly kind: string;
  readonly name?: string | symbol | undefined;
}

/**
 * Tells the two calling conventions apart and takes from them what is decorated.
 * @param received what the decorator was called with
 * @throws TypeError where that is not a method; it names the member, and the class where the convention tells it
 */
export function decoratedMethod(kind: EntityKind, received: readonly unknown[]): DecoratedMethod {
  const [first, second, third] = received;
  if (isStandardContext(second)) return standardMethod(kind, first, second);
  const [target] = received.filter((argument) => typeof argument === "function");
  if (received.length < 2 || target === second) throw targetRefusal(kind, target);
  return legacyMethod(kind, first, second, third);
}

function isStandardContext(value: unknown): value is StandardContext {
  return typeof value === "object" && value !== null && typeof (value as { kind?: unknown }).kind === "string";
}

function standardMethod(kind: EntityKind, method: unknown, context: StandardContext): DecoratedMethod {
  const { name = "" } = context;
  const title = memberTitle(undefined, name);
  if (context.kind !== "method" || typeof method !== "function") {
    const what = context.kind === "accessor" ? "an accessor" : `a ${context.kind}`;
    throw refusal(kind, title === "" ? undefined : title, what);
  }
  return { method: method as AnyFunction, key: name, title, legacy: undefined };
}

function legacyMethod(kind: EntityKind, owner: unknown, member: unknown, descriptor: unknown): DecoratedMethod {
  const holder = typeof owner === "function" ? owner : (owner as { constructor?: unknown } | null)?.constructor;
  const classTitle = typeof holder === "function" ? className(holder) : undefined;
  const key = typeof member === "symbol" ? member : String((member as PropertyKey | undefined) ?? "constructor");
  const title = memberTitle(classTitle, key);
  if (typeof descriptor === "number") throw refusal(kind, undefined, `parameter ${descriptor + 1} of ${title}`);
  if (typeof descriptor !== "object" || descriptor === null) throw refusal(kind, title, "a field");
  const { value, get, set } = descriptor as TypedPropertyDescriptor<unknown>;
  if (get !== undefined || set !== undefined) throw refusal(kind, title, get === undefined ? "a setter" : "a getter");
  if (typeof value !== "function") throw refusal(kind, title, "a field");
  return {
    method: value as AnyFunction,
    key,
    title,
    legacy: { owner: owner as object, descriptor: descriptor },
  };
}

function memberTitle(classTitle: string | undefined, key: string | symbol): string {
  if (classTitle === undefined) return String(key);
  return typeof key === "symbol" ? `${classTitle}[${String(key)}]` : `${classTitle}.${key}`;
}

const className = (constructor: { readonly name?: unknown }): string | undefined =>
  typeof constructor.name === "string" && constructor.name !== "" ? constructor.name : undefined;

/** Of `Workflow(fn)` and `Workflow("name", fn)`, too: what was wanted there is the function form. */
function targetRefusal(kind: EntityKind, target: unknown): TypeError {
  const title = typeof target === "function" ? className(target) : undefined;
  if (typeof target !== "function" || isClass(target)) return refusal(kind, title, "a class");
  return refusal(kind, title, `a function; with${DECORATOR[kind]}(options, fn, ...args) traces one`);
}

const isClass = (target: object): boolean => /^class\b/.test(Function.prototype.toString.call(target));

function refusal(kind: EntityKind, title: string | undefined, what: string): TypeError {
  const at = title === undefined ? `it was put on ${what}` : `${title} is ${what}`;
  return new TypeError(`@${DECORATOR[kind]} decorates methods only; ${at}`);
}
