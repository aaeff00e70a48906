export {
  addEvent,
  getCurrentSpanId,
  getCurrentTraceId,
  recordException,
  updateCurrentSpan,
} from "./scope/current-span.js";
export type { SpanUpdate } from "./scope/current-span.js";
export { bindToScope, propagateAttributes } from "./scope/propagate-attributes.js";
export type { MetadataValue, PropagatedAttributes } from "./scope/propagation.js";
export { runWithScope, serializeScope } from "./scope/serialized-scope.js";
export { SDK_VERSION } from "./wire/version.js";
