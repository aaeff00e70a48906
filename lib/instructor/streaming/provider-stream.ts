import { signalOf } from "../call/call-error.js";
import type { ChatCall } from "../call/chat-call.js";
import { StreamTap, signalOfStream, tapStream } from "./stream-tap.js";
import { withStreamUsage } from "./stream-usage.js";

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
  hidesFailure: boolean,
): Promise<ProviderStream> {
  const { completions } = call.origin.instance.client.chat;
  const asked = call.wantsStreamUsage ? withStreamUsage(request) : { request, isAdded: false };
  call.startAttempt(asked.request);
  let stream: unknown;
  try {
    stream = await completions.create(asked.request, options);
  } catch (error) {
    call.refused(error);
    throw error;
  }
  const tap = new StreamTap(call, asked.isAdded, signalOfStream(stream) ?? signalOf(options), undefined, hidesFailure);
  tapStream(stream, tap);
  return { stream, tap };
}
