import "reflect-metadata/lite";
import { isObjectLike, type Method } from "../observe/intercept.js";
import type { AnyEntityOptions, EntityKind } from "./entity-options.js";

/** A decorator's options as they were given, with the entity's name and kind. */
export interface TraceMetadata extends Omit<AnyEntityOptions, "name"> {
  readonly kind: EntityKind;
  /** The name, or the function that gives it. */
  readonly name: NonNullable<AnyEntityOptions["name"]>;
}

/** The same in every copy of this package. */
const TRACE_METADATA = Symbol.for("respan-instructor.trace-metadata");

/**
 * Stores it for the wrapper; under legacy decorators for the member as well, where another wrapper may replace ours.
 */
export function defineTraceMetadata(
  metadata: TraceMetadata,
  wrapper: object,
  owner: object | undefined,
  member: string | symbol,
): void {
  const frozen = Object.freeze({ ...metadata });
  Reflect.defineMetadata(TRACE_METADATA, frozen, wrapper);
  if (owner !== undefined) Reflect.defineMetadata(TRACE_METADATA, frozen, owner, member);
}

/**
 * Reads the options of `@Workflow`, `@Task`, `@Agent` or `@Tool` on a method. If there are two, the upper one's.
 *
 * @param target the class or an object; an instance method comes before a static one of the same name
 * @param member the method's name or symbol; private methods (`#extract`) are not supported
 * @returns `undefined` if the method is not decorated
 * @example
 * ```ts
 * getTraceMetadata(SupportDesk, "extractTicket"); // { kind: "workflow", name: "support_ticket_extraction" }
 * ```
 */
export function getTraceMetadata(target: object, member: string | symbol): TraceMetadata | undefined {
  const prototype: unknown = typeof target === "function" ? target.prototype : undefined;
  return metadataOf(prototype, member) ?? metadataOf(target, member);
}

function metadataOf(holder: unknown, member: string | symbol): TraceMetadata | undefined {
  for (let at: unknown = holder; isObjectLike(at); at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, member);
    if (descriptor === undefined) continue;
    const method: unknown = descriptor.value;
    if (typeof method !== "function") return undefined;
    // `reflect-metadata` types what it holds as `any`; under this key there is nothing else.
    return (Reflect.getOwnMetadata(TRACE_METADATA, method) ?? Reflect.getOwnMetadata(TRACE_METADATA, at, member)) as
      TraceMetadata | undefined;
  }
  return undefined;
}

/** Own properties of old-style functions that belong to the engine. */
const ENGINE_PROPERTIES = new Set<PropertyKey>(["arguments", "caller"]);

/**
 * Makes a wrapper look like its method: `name`, `length`, what was put on the function, what
 * `reflect-metadata` holds for it. Guards, routes and event handlers of frameworks are found that way.
 *
 * The method becomes the wrapper's prototype, so that what is put on the method later shows through as well, and an
 * async method still looks like one.
 */
export function keepMetadata<Wrapper extends Method>(wrapper: Wrapper, method: Method): Wrapper {
  for (const key of Reflect.ownKeys(wrapper)) {
    if (!Object.hasOwn(method, key)) Reflect.deleteProperty(wrapper, key);
  }
  for (const key of Reflect.ownKeys(method)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(method, key);
    if (descriptor !== undefined && !ENGINE_PROPERTIES.has(key)) Reflect.defineProperty(wrapper, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  Reflect.setPrototypeOf(wrapper, method);
  return wrapper;
}
