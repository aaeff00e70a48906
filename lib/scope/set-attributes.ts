import type { Attributes, AttributeValue, Span } from "@opentelemetry/api";

/**
 * Sets attributes one by one. OpenTelemetry's `setAttributes` goes through them with `for...in`, which takes twice as
 * long as their keys do where there are more than a dozen.
 */
export function setAttributes(span: Span, attributes: Attributes): void {
  for (const name of Object.keys(attributes)) span.setAttribute(name, attributes[name] as AttributeValue);
}
