import { slot, hasTracerProvider } from "../../scope/tracing.js";
import type { InstructorFactory, InstructorInstance } from "../call/instance.js";
import { isInstructorInstance, STRUCTURED_METHODS, isStandIn } from "../call/instance.js";
import { streamStructured } from "../streaming/native-stream.js";
import type { InstructorOrigin, Ownership } from "../call/origin.js";
import { CallOrigin, vetoOf, shared } from "../call/origin.js";
import type { StructuredRequest } from "../call/request.js";
import { warnOnce } from "../../observe/warn-once.js";
import type { InstructorInstrumentorOptions } from "../client/client-types.js";
import { converterForRequest } from "../schema/zod4-json-schema.js";
import { runStructured } from "../call/structured-call.js";

type TraceContent = NonNullable<InstructorInstrumentorOptions["traceContent"]>;

type MethodName = (typeof STRUCTURED_METHODS)[number];

/** What is laid over one of Instructor's prototypes, and who wants it there. */
interface Patch {
  /** Each with what it wants of streams. */
  readonly owners: Map<object, boolean | undefined>;
  readonly traceContent: TraceContent;
  readonly originals: Pick<InstructorInstance, MethodName>;
  readonly patched: Pick<InstructorInstance, MethodName>;
  /** Streams that were begun through it and are on their way. */
  readonly streams: Ownership["streams"];
}

/** The prototype that all clients of one build of Instructor share; a probe client leads to it. */
export function prototypeOf(factory: InstructorFactory): object {
  const probe = factory({ client: { chat: { completions: { create: () => undefined } } }, mode: "TOOLS" });
  const prototype = Object.getPrototypeOf(probe) as object | null;
  if (prototype === null || !isInstructorInstance(prototype)) {
    throw new Error(
      "InstructorInstrumentor: this version of @instructor-ai/instructor is not supported; 1.6 and 1.7 are",
    );
  }
  return prototype;
}

/**
 * Adds an owner to what is laid over a prototype, and lays it there for the first one.
 * @throws Error when it is there with another `traceContent`
 */
export function joinPatch(prototype: object, owner: object, options: InstructorInstrumentorOptions): void {
  const { traceContent = true, streamUsage } = options;
  const existing = shared.patches.get(prototype) as Patch | undefined;
  if (existing !== undefined && existing.owners.size > 0) {
    if (existing.traceContent !== traceContent) {
      throw new Error(
        "InstructorInstrumentor.activate: another instrumentor is active with a different traceContent; deactivate it first",
      );
    }
    existing.owners.set(owner, streamUsage);
    return;
  }
  const patch = makePatch(prototype as InstructorInstance, traceContent);
  patch.owners.set(owner, streamUsage);
  try {
    Object.assign(prototype, patch.patched);
  } catch (error) {
    restore(prototype as InstructorInstance, patch);
    throw error;
  }
  shared.patches.set(prototype, patch);
}

/** Takes off an owner that joined; after the last one the prototype is as it was, but for what others put on top. */
export function leavePatch(prototype: object, owner: object): void {
  const patch = shared.patches.get(prototype) as Patch;
  patch.owners.delete(owner);
  if (patch.owners.size > 0) return;
  for (const stream of [...patch.streams]) stream.release();
  restore(prototype as InstructorInstance, patch);
}

/** Whether calls of all clients with this prototype are traced. */
export function isPatched(prototype: object): boolean {
  const patch = shared.patches.get(prototype) as Patch | undefined;
  return patch !== undefined && patch.owners.size > 0;
}

function restore(prototype: InstructorInstance, { patched, originals }: Patch): void {
  for (const name of STRUCTURED_METHODS) {
    if (prototype[name] === patched[name]) Object.assign(prototype, { [name]: originals[name] });
  }
}

const deliver = (result: object): object => result;

function makePatch(prototype: InstructorInstance, traceContent: TraceContent): Patch {
  const originals = {
    chatCompletionStandard: prototype.chatCompletionStandard,
    chatCompletionStream: prototype.chatCompletionStream,
  };
  const owners: Patch["owners"] = new Map();
  // Of several, the latest that says anything.
  const streamUsage = (): boolean | undefined => [...owners.values()].findLast((wanted) => wanted !== undefined);
  const streams: Patch["streams"] = new Set();
  const ownership: Ownership = { streams, isTraced: () => owners.size > 0 };
  const origins = new WeakMap<object, InstructorOrigin>();
  const isIdle = (instance: object): boolean => {
    if (owners.size === 0 || isStandIn(instance)) return true;
    if (slot.tracing !== undefined) return false;
    warnOfForeignProvider();
    return true;
  };
  const originOf = (instance: InstructorInstance): InstructorOrigin => {
    let origin = origins.get(instance);
    if (origin === undefined) {
      origin = new CallOrigin(instance, { decide: vetoOf(traceContent), ownership, streamUsage });
      origins.set(instance, origin);
    }
    return origin;
  };
  const patched = {
    chatCompletionStandard(this: InstructorInstance, params: object, options?: unknown): Promise<object> {
      if (isIdle(this)) return originals.chatCompletionStandard.call(this, params, options);
      const request = params as StructuredRequest;
      const converter = converterForRequest(request);
      if (converter !== undefined)
        return converter.then(() => patched.chatCompletionStandard.call(this, params, options));
      const call = { origin: originOf(this), api: "instructor.create", request, options } as const;
      return runStructured({ ...call, facade: undefined, isNative: true, deliver }, originals.chatCompletionStandard);
    },
    chatCompletionStream(this: InstructorInstance, params: object, options?: unknown) {
      const { chatCompletionStream: method } = originals;
      if (isIdle(this)) return method.call(this, params, options);
      const request = params as StructuredRequest;
      const call = { origin: originOf(this), request, options } as const;
      return streamStructured({ ...call, facade: undefined, isNative: true }, method);
    },
  };
  return { owners, traceContent, originals, patched, streams };
}

/** Says why calls are not traced where an OpenTelemetry SDK is registered, and this package exports no spans. */
function warnOfForeignProvider(): void {
  if (!hasTracerProvider()) return;
  warnOnce(
    "foreign-provider",
    "an Instructor call is not traced: an OpenTelemetry provider is registered, but neither a RespanTelemetry nor a " +
      "RespanSpanProcessor is active; give the provider a RespanSpanProcessor, or construct a RespanTelemetry",
  );
}
