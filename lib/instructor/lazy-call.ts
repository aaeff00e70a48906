import { watchAbandonment } from "./abandonment.js";
import type { ChatCall } from "./chat-call.js";

/** The call of an iterable, which begins when the iterable is first advanced. */
export class LazyCall {
  private call: ChatCall | undefined;

  begin(call: ChatCall, whatCame: () => unknown): ChatCall {
    call.whatCame = whatCame;
    this.call = call;
    return call;
  }

  abandon(): void {
    this.call?.release();
  }
}

/** Hands a generator on, and ends its call once nobody can use it any more. */
export function watched<G extends object>(generator: G, call: LazyCall): G {
  watchAbandonment(generator, call);
  return generator;
}
