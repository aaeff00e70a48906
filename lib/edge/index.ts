/**
 * The package where there is no Node: decorators and traced clients hand calls through untraced.
 */
export { Agent, Task, Tool, withAgent, withTask, withTool, withWorkflow, Workflow } from "../decorators/decorators.js";
export { getTraceMetadata } from "../decorators/trace-metadata.js";
export { HookName } from "../instructor/call/hooks.js";
export { InstructorInstrumentor } from "../instructor/instrumentor/instrumentor.js";
export { createTracedInstructor } from "../instructor/client/traced-instructor.js";
export {
  addEvent,
  getCurrentSpanId,
  getCurrentTraceId,
  recordException,
  updateCurrentSpan,
} from "../scope/current-span.js";
export { bindToScope, propagateAttributes } from "../scope/propagate-attributes.js";
export { runWithScope, serializeScope } from "../scope/serialized-scope.js";
export { InvalidSettingError } from "../options/check-options.js";
export { RespanSpanProcessor, RespanTelemetry } from "./no-telemetry.js";
export { SDK_VERSION } from "../wire/package.js";
