import { signalOf } from "./call-error.js";
import type { ChatCall } from "./chat-call.js";
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
  const stream = await call.request(asked.request, () => completions.create(asked.request, options));
  const tap = new StreamTap(call, asked.isAdded, signalOfStream(stream) ?? signalOf(options), undefined, hidesFailure);
  tapStream(stream, tap);
  return { stream, tap };
}
