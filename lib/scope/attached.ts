import type { Attributes, Span } from "@opentelemetry/api";
import { sharedState } from "../wire/package.js";

/**
 * What this package itself put on a span. Everything else on it was put there by others, through OpenTelemetry's API,
 * and is held to the content policy and masked when the span is exported.
 */
export interface Attached {
  /** Attributes of the span and of its events, each object as it was given to the span. */
  readonly attributes: Attributes[];
  /** Its names, the names of its events, and messages of its status. */
  readonly texts: string[];
  /** Whether content may leave with the span; `false` until the span has ended and no veto came. */
  allowsContent: boolean;
}

/** One copy of this package may export what another has opened. */
const attached = sharedState("attached.1", () => new WeakMap<object, Attached>());

/** What was attached to a span; `undefined` where that is nothing. */
export function attachedTo(span: object): Attached | undefined {
  return attached.get(span);
}

/** Notes what a span is given that is no content, or content that may leave. */
export function noteAttached(span: object, attributes?: Attributes, text?: string): Attached {
  let own = attached.get(span);
  if (own === undefined) attached.set(span, (own = { attributes: [], texts: [], allowsContent: false }));
  if (attributes !== undefined) own.attributes.push(attributes);
  if (text !== undefined) own.texts.push(text);
  return own;
}

/** Sets attributes that are no content, or content that may leave. */
export function attach(span: Span, attributes: Attributes): void {
  noteAttached(span, attributes);
  span.setAttributes(attributes);
}
