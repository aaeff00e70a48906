import { contexts } from "../../scope/tracing.js";
import { partialOf, forgetDropped, whenDropped } from "../../observe/watcher.js";
import type { BoundContext } from "../../observe/intercept.js";
import type { StepName, StepObserver } from "../../observe/iterator.js";
import { observeSteps } from "../../observe/iterator.js";
import type { ChatCall } from "../call/chat-call.js";
import { LazyCall } from "../call/chat-call.js";
import type { CallStart } from "../call/chat-span.js";
import type { InstructorInstance } from "../call/instance.js";
import { standInFor } from "../call/instance.js";
import type { InstructorOrigin } from "../call/origin.js";
import type { StructuredRequest } from "../call/request.js";
import { withSchema } from "../call/request.js";
import type { Facade } from "../schema/facade.js";
import { openStream } from "./stream-tap.js";
import type { StreamTap } from "./stream-tap.js";

/** A streamed call of Instructor's own, as a caller asks for it. */
export interface NativeStream extends Pick<CallStart, "options" | "isNative"> {
  readonly origin: InstructorOrigin;
  readonly request: StructuredRequest;
  /** What Instructor gets in place of a schema that it cannot read. */
  readonly facade: Facade | undefined;
}

/**
 * Instructor's own stream of partial objects: nothing is sent before the first `next()`, and the generator is the very
 * one that Instructor made.
 * @param method Instructor's own method; what the instance has where it is not given
 */
export function streamStructured(
  { origin, request, options, facade, isNative = false }: NativeStream,
  method: InstructorInstance["chatCompletionStream"] = origin.instance.chatCompletionStream,
): AsyncGenerator<object, void, unknown> {
  const asked = facade === undefined ? request : withSchema(request, facade.schema);
  const observer = new GeneratorObserver({
    origin,
    api: "instructor.create",
    request: asked,
    options,
    isStreaming: true,
    isNative,
  });
  const send = async (made: object, madeOptions: unknown): Promise<unknown> => {
    const sent = facade === undefined ? made : facade.fillIn(made);
    const { stream, tap } = await openStream(observer.begin(), sent, madeOptions, { hidesFailure: true });
    observer.tap = tap;
    return stream;
  };
  const standIn = standInFor(origin.instance, { send, allowsContent: () => observer.allowsContent });
  const generator = method.call(standIn, asked, options);
  observeSteps(generator, observer);
  whenDropped(generator, observer);
  return generator;
}

interface InstructorMeta {
  readonly _isValid?: unknown;
  readonly _activePath?: readonly unknown[];
  readonly _completedPaths?: readonly unknown[];
}

/** Whether Instructor found the last partial object to fit its schema, and the value that it read last to be complete. */
function isWhole(partial: unknown): boolean {
  const { _meta: meta } = (partial ?? {}) as { _meta?: InstructorMeta };
  if (meta?._isValid !== true) return false;
  const { _activePath: active = [], _completedPaths: completed = [] } = meta;
  return active.length === 0 || completed.some((path) => String(path) === String(active));
}

/** Tells the call behind a generator of Instructor's what becomes of it. */
class GeneratorObserver implements StepObserver {
  tap: StreamTap | undefined;
  /** Whether the generator is at its end, which may come before its first step. */
  #isDone = false;
  readonly #lazy = new LazyCall();
  readonly #start: CallStart;

  constructor(start: CallStart) {
    this.#start = start;
  }

  /** Whether content may leave the process now, before the call has begun too. */
  get allowsContent(): boolean {
    return this.#lazy.begun?.allowsContent ?? this.#start.origin.allowsContent(contexts().active());
  }

  begin(): ChatCall {
    return this.#lazy.begin(this.#start);
  }

  enter(step: StepName): BoundContext | undefined {
    if (step === "next" && !this.#isDone) this.begin().resume();
    else if (step === "return" || this.#lazy.begun === undefined) this.#leave();
    return this.#isDone ? undefined : this.#lazy.begun?.surroundings;
  }

  item(value: unknown): void {
    const call = this.begin();
    call.latest = partialOf(value, this);
    call.deliver();
  }

  finish(): void {
    this.#end();
    const call = this.begin();
    const { tap } = this;
    // Instructor reads the provider's stream in promises that nothing awaits: a failure is kept from them, and thrown here.
    if (tap?.end === "failed") {
      call.fail(tap.error);
      throw tap.error;
    }
    if (tap?.end === "aborted") call.stop({ isWanted: false });
    else call.succeed(tap?.fault(isWhole(call.latest)));
  }

  fail(error: unknown): void {
    this.#end();
    this.begin().fail(error);
  }

  dropped(): void {
    this.#lazy.dropped();
  }

  /** The consumer wants no more. */
  #leave(): void {
    this.#end();
    this.#lazy.begun?.stop({ isWanted: true });
  }

  #end(): void {
    this.#isDone = true;
    forgetDropped(this);
  }
}
