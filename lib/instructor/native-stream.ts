import type { Context } from "@opentelemetry/api";
import { contexts } from "../scope/propagate-attributes.js";
import { forgetAbandonment, watchAbandonment } from "./abandonment.js";
import { ChatCall } from "./chat-call.js";
import type { InstructorInstance } from "./instance.js";
import type { IterationObserver } from "./observed-iteration.js";
import { observeIteration } from "./observed-iteration.js";
import type { CallOrigin } from "./origin.js";
import { openStream } from "./provider-stream.js";
import type { StructuredRequest } from "./request.js";
import { withSchema } from "./request.js";
import type { Facade } from "./schema/facade.js";
import { standInFor } from "./stand-in.js";
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
  const standIn = standInFor(origin.instance, async (made, madeOptions) => {
    const sent = facade === undefined ? made : facade.mend(made);
    const { stream, tap } = await openStream(life.begin(), sent, madeOptions, true);
    life.tap = tap;
    return stream;
  });
  const asked = facade === undefined ? request : withSchema(request, facade.schema);
  const generator = method.call(standIn, asked, options);
  observeIteration(generator, life);
  watchAbandonment(generator, life);
  return generator;
}

/** The call behind a generator of Instructor's, which begins with the generator's first step. */
class StreamLife implements IterationObserver {
  tap: StreamTap | undefined;
  private call: ChatCall | undefined;
  private last: unknown;
  private isOver = false;
  private hasStarted = false;

  constructor(
    private readonly origin: CallOrigin,
    private readonly request: StructuredRequest,
    private readonly options: unknown,
    private readonly here: Context,
  ) {}

  begin(): ChatCall {
    if (this.call === undefined) {
      this.call = ChatCall.begin(this.origin, "instructor.create", this.request, this.options, true, this.here);
      this.call.whatCame = () => this.last;
    }
    return this.call;
  }

  advancing(): void {
    if (!this.isOver) this.begin().isWithConsumer = false;
  }

  run<R>(step: () => R): R {
    if (this.call === undefined || this.hasStarted) return step();
    // The first step sends the request and starts whatever reads the answer; the others wait for what has been read.
    this.hasStarted = true;
    return this.call.within(step);
  }

  yielded(value: unknown): boolean {
    this.last = value;
    if (this.call !== undefined) this.call.isWithConsumer = true;
    return true;
  }

  finished(): void {
    this.end();
    const { call, tap } = this;
    // Instructor reads the provider's stream in promises that nothing awaits: a failure is kept from them, and thrown here.
    if (tap?.end === "failed") {
      call?.fail(tap.error, this.last);
      throw tap.error;
    }
    if (tap?.end === "aborted") call?.stop(this.last, false);
    else call?.succeed(this.last);
  }

  returned(): void {
    this.end();
    this.call?.stop(this.last, true);
  }

  failed(error: unknown): boolean {
    this.end();
    this.call?.fail(error, this.last);
    return false;
  }

  private end(): void {
    this.isOver = true;
    forgetAbandonment(this);
  }

  abandon(): void {
    this.call?.stop(this.last, false);
  }
}
