import { intercept, isObjectLike } from "../../observe/intercept.js";
import { whenFailed } from "../../observe/stream-events.js";
import type { NativeCall } from "./native-call.js";

/** What the streams of OpenAI's helpers have in common. */
interface Runner {
  on(event: string, listener: (value: unknown) => void): unknown;
  done(): Promise<unknown>;
  readonly errored?: boolean;
}

/**
 * Ends a call when the stream of a helper ends, which is after the helper has read the whole answer: what it cannot
 * parse is an error of its own. No listener here changes what the caller hears.
 * @param callOf gives the call, once the helper has sent its request
 */
export function watchRunner(stream: object, callOf: () => NativeCall | undefined): void {
  const runner = stream as Runner;
  let result: unknown;
  let failure: { readonly error: unknown } | undefined;
  runner.on("finalChatCompletion", (completion) => (result = completion));
  whenFailed(runner, ["error", "abort"], (error) => (failure = { error }));
  // Who leaves a loop over the stream has what they wanted; the stream is aborted all the same.
  intercept(runner, Symbol.asyncIterator, (iterate, self, args) => {
    const iterator: unknown = Reflect.apply(iterate, self, args as never[]);
    const onReturn = (leave: () => unknown, at: object): unknown => {
      callOf()?.leave();
      return Reflect.apply(leave, at, []);
    };
    if (isObjectLike(iterator)) intercept(iterator, "return", onReturn);
    return iterator;
  });
  runner.on("end", () => {
    const call = callOf();
    if (failure !== undefined) call?.fail(failure.error);
    // The caller listens to no error, and has been told by an unhandled rejection.
    else if (runner.errored === true) runner.done().catch((error: unknown) => call?.fail(error));
    else call?.succeed(result);
  });
}
