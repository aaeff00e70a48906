import { createHash } from "node:crypto";
import type { ApiAttributes, ApiEvent, ApiSpan } from "../../lib/viewer/api.js";

/** A trace to send to the page. */
export interface FixtureTrace {
  readonly traceId: string;
  readonly spans: readonly ApiSpan[];
}

export interface SpanFields {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly kind?: ApiSpan["kind"];
  /** Milliseconds after the trace's start. */
  readonly at?: number;
  readonly ms?: number;
  readonly status?: ApiSpan["status"];
  readonly attributes?: ApiAttributes;
  readonly events?: readonly ApiEvent[];
  readonly resource?: ApiAttributes;
  readonly scope?: ApiSpan["scope"];
}

const hex = (text: string, length: number): string => createHash("sha256").update(text).digest("hex").slice(0, length);

export const traceIdOf = (name: string): string => hex(`trace ${name}`, 32);
export const spanIdOf = (name: string, id: string): string => hex(`span ${name} ${id}`, 16);

/** A trace by a name, from which its ids follow. */
export function trace(name: string, start: number, spans: readonly SpanFields[]): FixtureTrace {
  return {
    traceId: traceIdOf(name),
    spans: spans.map((fields) => ({
      spanId: spanIdOf(name, fields.id),
      ...(fields.parent !== undefined && { parentSpanId: spanIdOf(name, fields.parent) }),
      name: fields.name,
      kind: fields.kind ?? "internal",
      startTime: start + (fields.at ?? 0),
      durationMs: fields.ms ?? 1,
      status: fields.status ?? { code: "unset" },
      attributes: fields.attributes ?? {},
      events: fields.events ?? [],
      links: [],
      resource: fields.resource ?? { "service.name": "fixtures" },
      scope: fields.scope ?? { name: "respan-instructor", version: "0.2.0" },
    })),
  };
}

export interface ScopeFields {
  readonly customer?: string;
  readonly thread?: string;
  readonly workflow?: string;
  readonly path?: string;
  readonly metadata?: ApiAttributes;
}

export function scoped({ customer, thread, workflow, path = "", metadata = {} }: ScopeFields): ApiAttributes {
  return {
    ...(customer !== undefined && { "respan.customer_params.customer_identifier": customer }),
    ...(thread !== undefined && { "respan.threads.thread_identifier": thread }),
    ...(workflow !== undefined && { "traceloop.workflow.name": workflow }),
    "traceloop.entity.path": path,
    "respan.metadata._tracing_sdk_version": "0.2.0",
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`respan.metadata.${key}`, value])),
  };
}

/** A decorated method's span. */
export function decorated(
  kind: "workflow" | "task" | "agent" | "tool",
  name: string,
  content: { input?: readonly unknown[]; output?: unknown },
): Pick<SpanFields, "name" | "attributes"> {
  return {
    name: `${name}.${kind}`,
    attributes: {
      "traceloop.span.kind": kind,
      "traceloop.entity.name": name,
      "respan.entity.log_method": "ts_tracing",
      "respan.entity.log_type": kind,
      ...(content.input && { "traceloop.entity.input": JSON.stringify({ args: content.input, kwargs: {} }) }),
      ...("output" in content && { "traceloop.entity.output": JSON.stringify(content.output) }),
    },
  };
}

export interface ChatFields {
  readonly model?: string;
  readonly schemaName: string;
  readonly schema?: object;
  readonly messages?: readonly { role: string; content: string }[];
  readonly result?: unknown;
  readonly tokens?: readonly [input: number, output: number];
  readonly mode?: string;
  readonly extra?: ApiAttributes;
}

/** The attributes of a chat span. */
export function chat({
  model = "gpt-4o-mini",
  schemaName,
  schema,
  messages,
  result,
  tokens,
  mode = "TOOLS",
  extra,
}: ChatFields): ApiAttributes {
  return {
    "respan.entity.log_type": "chat",
    "llm.request.type": "chat",
    "traceloop.entity.name": "instructor.create",
    "gen_ai.system": "openai",
    "gen_ai.provider.name": "openai",
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": model,
    "gen_ai.response.model": `${model}-2024-07-18`,
    "gen_ai.is_streaming": false,
    "instructor.response_model": schemaName,
    "respan.metadata.mode": mode,
    "server.address": "api.openai.com",
    ...(messages && {
      "traceloop.entity.input": JSON.stringify({ messages, model, response_model: schemaName, mode }),
      ...Object.fromEntries(
        messages.flatMap(({ role, content }, index) => [
          [`gen_ai.prompt.${index}.role`, role],
          [`gen_ai.prompt.${index}.content`, content],
        ]),
      ),
    }),
    ...(schema && {
      "llm.request.functions": JSON.stringify([
        {
          type: "function",
          function: { name: schemaName, description: `Structured response for ${schemaName}`, parameters: schema },
        },
      ]),
    }),
    ...(result !== undefined && {
      "traceloop.entity.output": JSON.stringify(result),
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": JSON.stringify(result),
      "gen_ai.completion.0.finish_reason": "tool_calls",
      "gen_ai.completion.0.tool_calls": JSON.stringify([
        { id: "call_1", type: "function", function: { name: schemaName, arguments: JSON.stringify(result) } },
      ]),
    }),
    ...(tokens && {
      "gen_ai.usage.input_tokens": tokens[0],
      "gen_ai.usage.output_tokens": tokens[1],
      "llm.usage.total_tokens": tokens[0] + tokens[1],
    }),
    ...extra,
  };
}

export interface AttemptFields {
  readonly number: number;
  /** When it ended, in milliseconds since 1970. */
  readonly end: number;
  readonly ms: number;
  readonly outcome: string;
  readonly tokens?: readonly [input: number, output: number];
  readonly answer?: string;
  readonly issues?: readonly { path: readonly (string | number)[]; code: string; message: string }[];
  readonly added?: readonly object[];
}

export function attempt({ number, end, ms, outcome, tokens, answer, issues, added }: AttemptFields): ApiEvent {
  return {
    name: "instructor.attempt",
    time: end,
    attributes: {
      "instructor.attempt.number": number,
      "instructor.attempt.duration": ms / 1000,
      "instructor.attempt.outcome": outcome,
      "instructor.attempt.finish_reason": "tool_calls",
      ...(tokens && { "instructor.attempt.input_tokens": tokens[0], "instructor.attempt.output_tokens": tokens[1] }),
      ...(answer !== undefined && { "instructor.attempt.answer": answer }),
      ...(issues && { "instructor.attempt.issues": JSON.stringify(issues) }),
      ...(added && { "instructor.attempt.added_messages": JSON.stringify(added) }),
    },
  };
}
