import { signalOf, PendingResponse } from "../call/transport.js";
import type { ChatCall } from "../call/chat-call.js";
import { StreamTap, signalOfStream, tapStream } from "./stream-tap.js";
import { isUsageRefused, withoutStreamUsage, withStreamUsage } from "./stream-usage.js";

/** A stream of a provider's, and who listens to it. */
export interface ProviderStream {
  readonly stream: unknown;
  readonly tap: StreamTap;
}

/**
 * Asks the provider for a stream, as an attempt of a call.
 * @param request in its final form
 * @param hidesFailure see {@link StreamTap}
 */
export async function openStream(
  call: ChatCall,
  request: object,
  options: unknown,
  { hidesFailure }: { readonly hidesFailure: boolean },
): Promise<ProviderStream> {
  const { completions } = call.origin.instance.client.chat;
  const asked = withStreamUsage(call, request);
  const sent = call.startAttempt(asked.request);
  let { isAdded: isUsageAdded } = asked;
  const send = (made: object): unknown => {
    const pending = completions.create(made, options);
    call.awaiting(PendingResponse.of(pending));
    return pending;
  };
  const again = (error: unknown): unknown => {
    if (!isUsageAdded || !isUsageRefused(error, call)) throw error;
    isUsageAdded = false;
    return send(call.sendsAgain(withoutStreamUsage(sent, { request })));
  };
  let stream: unknown;
  try {
    stream = await Promise.resolve(send(sent)).catch(again);
  } catch (error) {
    call.requestFailed(error);
    throw error;
  }
  const signal = signalOfStream(stream) ?? signalOf(options);
  const tap = new StreamTap(call, { isUsageAdded, signal, hidesFailure });
  tapStream(stream, tap);
  return { stream, tap };
}
