import { contexts } from "../../scope/tracing.js";
import { ChatCall } from "./chat-call.js";
import type { CallStart } from "./chat-span.js";

/**
 * The call behind a generator: it begins with the first step, in the context in which the generator was made. It holds
 * no reference to the generator, so that it can wait for that to be dropped.
 */
export class LazyCall {
  /** `undefined` before the first step. */
  begun: ChatCall | undefined;
  readonly #context = contexts().active();

  /** Begins the call; a second time it is the same one. */
  begin(start: CallStart): ChatCall {
    return (this.begun ??= ChatCall.begin({ ...start, context: this.#context }));
  }

  /** The generator was collected. */
  dropped(): void {
    this.begun?.release();
  }
}
