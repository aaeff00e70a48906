import { whenDropped } from "../../observe/watcher.js";
import type { ChatCall } from "./chat-call.js";

/** The call of an iterable, which begins when the iterable is first advanced. */
export class LazyCall {
  #call: ChatCall | undefined;

  begin(call: ChatCall, whatCame: () => unknown): ChatCall {
    call.whatCame = whatCame;
    this.#call = call;
    return call;
  }

  dropped(): void {
    this.#call?.release();
  }
}

/** Hands a generator on, and ends its call once the generator has been dropped. */
export function watched<G extends object>(generator: G, call: LazyCall): G {
  whenDropped(generator, call);
  return generator;
}
