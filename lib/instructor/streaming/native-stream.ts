import type { Context } from "@opentelemetry/api";
import { partialOf } from "../../observe/growing.js";
import type { BoundContext } from "../../observe/intercept.js";
import type { StepName, StepObserver } from "../../observe/iterator.js";
import { observeSteps } from "../../observe/iterator.js";
import { whenDropped, forgetDropped } from "../../observe/watcher.js";
import { contexts } from "../../scope/propagate-attributes.js";
import { ChatCall } from "../call/chat-call.js";
import type { InstructorInstance } from "../call/instance.js";
import type { CallOrigin } from "../call/origin.js";
import { openStream } from "./provider-stream.js";
import type { StructuredRequest } from "../call/request.js";
import { withSchema } from "../call/request.js";
import type { Facade } from "../schema/facade.js";
import { standInFor } from "../call/stand-in.js";
import type { StreamTap } from "./stream-tap.js";

/**
 * Instructor's own stream of partial objects: nothing is sent before the first `next()`, and the generator is the very
 * one that Instructor made.
 * @param method Instructor's own method; what the instance has where it is not given
 */
export function streamStructured(
  origin: CallOrigin,
  request: StructuredRequest,
  options: unknown,
  facade: Facade | undefined,
  method: InstructorInstance["chatCompletionStream"] = origin.instance.chatCompletionStream,
): AsyncGenerator<object, void, unknown> {
  const life = new StreamLife(origin, request, options, contexts().active());
  const send = async (made: object, madeOptions: unknown): Promise<unknown> => {
    const sent = facade === undefined ? made : facade.mend(made);
    const { stream, tap } = await openStream(life.begin(), sent, madeOptions, true);
    life.tap = tap;
    return stream;
  };
  const standIn = standInFor(origin.instance, { send, allowsContent: () => life.allowsContent });
  const asked = facade === undefined ? request : withSchema(request, facade.schema);
  const generator = method.call(standIn, asked, options);
  observeSteps(generator, life);
  whenDropped(generator, life);
  return generator;
}

/** The call behind a generator of Instructor's, which begins with the generator's first step. */
class StreamLife implements StepObserver {
  tap: StreamTap | undefined;
  #call: ChatCall | undefined;
  #last: unknown;
  #isOver = false;

  /** Whether content may leave the process now, before the call has begun too. */
  get allowsContent(): boolean {
    return this.#call?.allowsContent ?? this.origin.allowsContent(contexts().active());
  }

  constructor(
    private readonly origin: CallOrigin,
    private readonly request: StructuredRequest,
    private readonly options: unknown,
    private readonly here: Context,
  ) {}

  begin(): ChatCall {
    if (this.#call === undefined) {
      this.#call = ChatCall.begin(this.origin, "instructor.create", this.request, this.options, true, this.here);
      this.#call.whatCame = () => this.#last;
    }
    return this.#call;
  }

  enter(step: StepName): BoundContext | undefined {
    if (step === "next" && !this.#isOver) this.begin().isWithConsumer = false;
    else if (step === "return" || this.#call === undefined) this.#leave();
    return this.#isOver ? undefined : this.#call?.surroundings;
  }

  item(value: unknown): void {
    this.#last = partialOf(value, this);
    this.begin().isWithConsumer = true;
  }

  finish(): void {
    this.#end();
    const { tap } = this;
    // Instructor reads the provider's stream in promises that nothing awaits: a failure is kept from them, and thrown here.
    if (tap?.end === "failed") {
      this.#call?.fail(tap.error, this.#last);
      throw tap.error;
    }
    if (tap?.end === "aborted") this.#call?.stop(this.#last, false);
    else this.#call?.succeed(this.#last);
  }

  fail(error: unknown): void {
    this.#end();
    this.#call?.fail(error, this.#last);
  }

  dropped(): void {
    this.#call?.stop(this.#last, false);
  }

  /** The consumer wants no more. */
  #leave(): void {
    this.#end();
    this.#call?.stop(this.#last, true);
  }

  #end(): void {
    this.#isOver = true;
    forgetDropped(this);
  }
}
