// What a reader has at hand on a page: what "Getting started" imported and made, and values of the reader's own.
import type OpenAIClass from "openai";
import type * as Respan from "respan-instructor";
import type * as Zod from "zod";

declare global {
  const OpenAI: typeof OpenAIClass;
  const z: typeof Zod.z;
  const RespanTelemetry: typeof Respan.RespanTelemetry;
  const RespanSpanProcessor: typeof Respan.RespanSpanProcessor;
  const Workflow: typeof Respan.Workflow;
  const Task: typeof Respan.Task;
  const Agent: typeof Respan.Agent;
  const Tool: typeof Respan.Tool;
  const withWorkflow: typeof Respan.withWorkflow;
  const withTask: typeof Respan.withTask;
  const withAgent: typeof Respan.withAgent;
  const withTool: typeof Respan.withTool;
  const createTracedInstructor: typeof Respan.createTracedInstructor;
  const InstructorInstrumentor: typeof Respan.InstructorInstrumentor;
  const HookName: typeof Respan.HookName;
  const propagateAttributes: typeof Respan.propagateAttributes;
  const bindToScope: typeof Respan.bindToScope;
  const serializeScope: typeof Respan.serializeScope;
  const runWithScope: typeof Respan.runWithScope;
  const updateCurrentSpan: typeof Respan.updateCurrentSpan;
  const addEvent: typeof Respan.addEvent;
  const recordException: typeof Respan.recordException;
  const getCurrentTraceId: typeof Respan.getCurrentTraceId;
  const getCurrentSpanId: typeof Respan.getCurrentSpanId;
  const getTraceMetadata: typeof Respan.getTraceMetadata;

  // Getting started.
  const telemetry: Respan.RespanTelemetry;
  const client: Respan.TracedInstructor<OpenAIClass>;
  const SupportTicket: Zod.ZodObject<{
    customer: Zod.ZodString;
    priority: Zod.ZodEnum<["low", "medium", "high"]>;
    summary: Zod.ZodString;
  }>;
  const desk: { extractTicket(message: string): Promise<Zod.infer<typeof SupportTicket>> };
}
