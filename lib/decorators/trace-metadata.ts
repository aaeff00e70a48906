import "reflect-metadata";
import type { AnyEntityOptions, EntityKind } from "./entity-options.js";

/** What a decorator was told about a method: its options as they were given, the name it goes by, and its kind. */
export interface TraceMetadata extends Omit<AnyEntityOptions, "name"> {
  readonly kind: EntityKind;
  /** The name, or the function that gives it. */
  readonly name: NonNullable<AnyEntityOptions["name"]>;
}

/** The same in every copy of this package. */
const TRACE_METADATA = Symbol.for("respan-instructor.trace-metadata");

/** Puts it on the wrapper; under legacy decorators on the member as well, for who wraps the wrapper and loses it. */
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
 * Reads what `@Workflow`, `@Task`, `@Agent` or `@Tool` was told about a method. With two of them on one method it is
 * the upper one's.
 *
 * @param target the class, for an instance method before a static one of the same name; or an object
 * @param member the method's name or symbol; private methods (`#extract`) cannot be asked for
 * @returns `undefined` where the method is not decorated, or overridden by one that is not
 * @example
 * ```ts
 * getTraceMetadata(SupportDesk, "extractTicket"); // { kind: "workflow", name: "support_ticket_extraction" }
 * ```
 */
export function getTraceMetadata(target: object, member: string | symbol): TraceMetadata | undefined {
  const prototype: unknown = typeof target === "function" ? target.prototype : undefined;
  return (
    (typeof prototype === "object" && prototype !== null ? metadataOf(prototype, member) : undefined) ??
    metadataOf(target, member)
  );
}

function metadataOf(holder: object, member: string | symbol): TraceMetadata | undefined {
  for (let at: object | null = holder; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, member);
    if (descriptor === undefined) continue;
    const method: unknown = descriptor.value;
    if (typeof method !== "function") return undefined;
    return (Reflect.getOwnMetadata(TRACE_METADATA, method) ?? Reflect.getOwnMetadata(TRACE_METADATA, at, member)) as
      TraceMetadata | undefined;
  }
  return undefined;
}
