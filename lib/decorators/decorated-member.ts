import type { Method } from "../observe/intercept.js";
import { isMethod, isObjectLike } from "../observe/intercept.js";
import { DECORATOR } from "./entity-options.js";
import type { EntityKind } from "./entity-options.js";

/** A method that is being decorated, by either calling convention. */
export interface DecoratedMethod {
  readonly method: Method;
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
  const target = received.find(isMethod);
  if (received.length < 2 || target === second) throw targetRefusal(kind, target);
  return legacyMethod(kind, first, second, third);
}

function isStandardContext(value: unknown): value is StandardContext {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}

function standardMethod(kind: EntityKind, method: unknown, context: StandardContext): DecoratedMethod {
  const { name = "" } = context;
  const title = String(name);
  if (context.kind !== "method" || !isMethod(method)) {
    const what = context.kind === "accessor" ? "an accessor" : `a ${context.kind}`;
    throw refusal(kind, title, what);
  }
  return { method, key: name, title, legacy: undefined };
}

function legacyMethod(kind: EntityKind, owner: unknown, member: unknown, descriptor: unknown): DecoratedMethod {
  const holder: unknown = typeof owner === "object" && owner !== null ? owner.constructor : owner;
  const classTitle = isMethod(holder) ? nameOf(holder) : "";
  const key = isKey(member) ? member : typeof member === "number" ? String(member) : "constructor";
  const named = typeof key === "symbol" ? `[${String(key)}]` : `.${key}`;
  const title = classTitle === "" ? String(key) : classTitle + named;
  if (typeof descriptor === "number") throw refusal(kind, "", `parameter ${descriptor + 1} of ${title}`);
  const { value, get, set }: PropertyDescriptor = isObjectLike(descriptor) ? descriptor : {};
  if (get !== undefined) throw refusal(kind, title, "a getter");
  if (set !== undefined) throw refusal(kind, title, "a setter");
  if (!isMethod(value) || !isObjectLike(owner) || !isObjectLike(descriptor)) throw refusal(kind, title, "a field");
  return { method: value, key, title, legacy: { owner, descriptor } };
}

const isKey = (member: unknown): member is string | symbol => typeof member === "string" || typeof member === "symbol";

/** A class's or function's name; it may be anything that was put there. */
const nameOf = ({ name }: { readonly name: unknown }): string => (typeof name === "string" ? name : "");

/** Of `Workflow(fn)` and `Workflow("name", fn)`, too: what was wanted there is the function form. */
function targetRefusal(kind: EntityKind, target: Method | undefined): TypeError {
  const title = target === undefined ? "" : nameOf(target);
  if (target === undefined || /^class\b/.test(Function.prototype.toString.call(target)))
    return refusal(kind, title, "a class");
  return refusal(kind, title, `a function; with${DECORATOR[kind]}(options, fn, ...args) traces one`);
}

function refusal(kind: EntityKind, title: string, what: string): TypeError {
  const at = title === "" ? `it was put on ${what}` : `${title} is ${what}`;
  return new TypeError(`@${DECORATOR[kind]} decorates methods only; ${at}`);
}
