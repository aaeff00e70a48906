/**
 * A decorator-first tracing SDK for structured extraction with Instructor JS. Decorators open spans around methods,
 * each Instructor call is one chat span under them, and telemetry sends the spans to Respan.
 * @packageDocumentation
 */
export type { LimitsOption } from "./capture/bounds.js";
export type { RedactFunction, RedactOption, RedactRule, RedactRules } from "./capture/redact-option.js";
export { Agent, Task, Tool, withAgent, withTask, withTool, withWorkflow, Workflow } from "./decorators/decorators.js";
export type {
  AnyMethod,
  EntityDecorator,
  EntityFunction,
  EntityMethodDecorator,
  Fitting,
  MethodCall,
  MethodContext,
  MethodDescriptor,
  PlainMethodDecorator,
  Returned,
} from "./decorators/entity-decorator.js";
export type { CapturedResult, EntityKind, EntityOptions, PerCall } from "./decorators/entity-options.js";
export type { TraceMetadata } from "./decorators/trace-metadata.js";
export { getTraceMetadata } from "./decorators/trace-metadata.js";
export type {
  ChatClient,
  CompletionUsage,
  InstructorFields,
  InstructorInstrumentorOptions,
  InstructorLogger,
  Mode,
  PartialMeta,
  RequestOptions,
  ResultMeta,
  StructuredCreate,
  StructuredParams,
  StructuredResult,
  TracedInstructor,
  TracedInstructorConfig,
  TracedMethods,
  WithMeta,
} from "./instructor/client/client-types.js";
export { HookName } from "./instructor/call/hooks.js";
export type {
  HookAttempt,
  HookDetails,
  HookHandler,
  HookPayloads,
  HookRequest,
  HookUsage,
} from "./instructor/call/hooks.js";
export { InstructorInstrumentor } from "./instructor/instrumentor/instrumentor.js";
export type { AnySchema, DeepPartial, Input, Output, ResponseModel, SchemaLike } from "./instructor/schema/types.js";
export { createTracedInstructor } from "./instructor/client/traced-instructor.js";
export type { RespanParams, SpanUpdate } from "./scope/current-span.js";
export {
  addEvent,
  getCurrentSpanId,
  getCurrentTraceId,
  recordException,
  updateCurrentSpan,
} from "./scope/current-span.js";
export { bindToScope, propagateAttributes } from "./scope/propagate-attributes.js";
export type {
  Identifier,
  Metadata,
  MetadataValue,
  PromptReference,
  PropagatedAttributes,
  SnakeCaseAttributes,
} from "./scope/propagation.js";
export { runWithScope, serializeScope } from "./scope/serialized-scope.js";
export type { DeliveryCounts } from "./telemetry/delivery/batch-exporter.js";
export type { SpanPostprocess } from "./telemetry/telemetry-options.js";
export type { EditableSpan } from "./telemetry/telemetry-options.js";
export type { ShouldExportSpan } from "./telemetry/telemetry-options.js";
export { InvalidSettingError } from "./options/check-options.js";
export { RespanSpanProcessor } from "./telemetry/respan-span-processor.js";
export { RespanTelemetry } from "./telemetry/respan-telemetry.js";
export type {
  BaggageOption,
  ExportOptions,
  LogLevel,
  RespanTelemetryOptions,
  SpanNameStyle,
} from "./telemetry/telemetry-options.js";
export { SDK_VERSION } from "./wire/package.js";
