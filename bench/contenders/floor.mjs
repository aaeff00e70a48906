/**
 * The floor: OpenTelemetry by hand, as an expert writes it. The same spans with the same attributes as
 * the decorated methods have, `startActiveSpan`, and nothing more.
 */
import { SpanKind, SpanStatusCode, context, createContextKey, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { zodToJsonSchema } from "../../node_modules/zod-to-json-schema/dist/esm/index.js";
import { ARGUMENT, Instructor, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

const VERSION = "0.2.0";
const MOST_ITEMS = 50;
const METADATA = createContextKey("metadata");

export function start({ url }) {
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  const exporter = dropping ?? new OTLPTraceExporter({ url: `${url}/v2/traces`, compression: "gzip" });
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(exporter)],
    spanLimits: { attributeCountLimit: 4_096 },
  });
  provider.register();
  const tracer = trace.getTracer("floor", VERSION);

  const attributesOf = (kind, name, workflow, path, input) => ({
    "respan.metadata._tracing_sdk_version": VERSION,
    "traceloop.span.kind": kind,
    "traceloop.entity.name": name,
    "traceloop.workflow.name": workflow,
    "traceloop.entity.path": path,
    "respan.entity.log_method": "ts_tracing",
    "respan.entity.log_type": kind,
    "traceloop.entity.input": JSON.stringify({ args: [input], kwargs: {} }),
  });
  const failed = (span, error) => {
    span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
  };

  class Desk {
    extract(text) {
      const attributes = attributesOf("workflow", "extract", "extract", "", text);
      return tracer.startActiveSpan("extract.workflow", { attributes }, async (span) => {
        try {
          const result = await this.classify(text);
          span.setAttribute("traceloop.entity.output", JSON.stringify(result));
          return result;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    }

    classify(text) {
      const attributes = attributesOf("task", "classify", "extract", "classify", text);
      return tracer.startActiveSpan("classify.task", { attributes }, async (span) => {
        try {
          const result = classified(text);
          span.setAttribute("traceloop.entity.output", JSON.stringify(result));
          return result;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    }

    measure(text) {
      const attributes = attributesOf("task", "measure", "measure", "measure", text);
      return tracer.startActiveSpan("measure.task", { attributes }, (span) => {
        try {
          const result = classified(text);
          span.setAttribute("traceloop.entity.output", JSON.stringify(result));
          return result;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    }

    /** With metadata set by hand on the span. */
    measureWithMetadata(text) {
      const attributes = {
        ...attributesOf("task", "measure", "measure", "measure", text),
        ...context.active().getValue(METADATA),
      };
      return tracer.startActiveSpan("measure.task", { attributes }, (span) => {
        try {
          const result = classified(text);
          span.setAttribute("traceloop.entity.output", JSON.stringify(result));
          return result;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    }

    wait(text) {
      const attributes = attributesOf("task", "wait", "wait", "wait", text);
      return tracer.startActiveSpan("wait.task", { attributes }, async (span) => {
        try {
          await this.gate;
          const result = classified(text);
          span.setAttribute("traceloop.entity.output", JSON.stringify(result));
          return result;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    }

    /** A span around the generator's steps, each under it; the items as far as ours keeps them. */
    *items(count) {
      const attributes = attributesOf("task", "items", "items", "items", count);
      const span = tracer.startSpan("items.task", { attributes });
      const active = trace.setSpan(context.active(), span);
      const steps = items(count);
      const next = () => steps.next();
      const kept = [];
      try {
        for (let step = context.with(active, next); !step.done; step = context.with(active, next)) {
          if (kept.length < MOST_ITEMS) kept.push(step.value);
          yield step.value;
        }
        span.setAttribute("traceloop.entity.output", JSON.stringify(kept));
      } catch (error) {
        failed(span, error);
        throw error;
      } finally {
        span.end();
      }
    }

    keep(value) {
      const attributes = attributesOf("task", "keep", "keep", "keep", value);
      return tracer.startActiveSpan("keep.task", { attributes }, (span) => {
        try {
          span.setAttribute("traceloop.entity.output", JSON.stringify(true));
          return true;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          span.end();
        }
      });
    }
  }

  const desk = new Desk();
  return {
    spans: () => dropping?.spans,
    flush: () => provider.forceFlush(),
    nested: (text) => desk.extract(text),
    sync: (text) => desk.measure(text),
    syncWithMetadata: (text) => desk.measureWithMetadata(text),
    items: (count) => desk.items(count),
    structured: (fetch) => structuredByHand(tracer, openai(fetch)),
    capture: (value) => desk.keep(value),
    withMetadata: (metadata, fn) => {
      const attributes = Object.fromEntries(
        Object.entries(metadata).map(([key, value]) => [`respan.metadata.${key}`, value]),
      );
      return context.with(context.active().setValue(METADATA, attributes), fn);
    },
    wait: (gate) => {
      desk.gate = gate;
      return desk.wait(ARGUMENT);
    },
  };
}

function* items(count) {
  for (let index = 0; index < count; index++) yield index;
}

/**
 * Instructor by hand: the chat span of a structured call with every attribute that ours has, the schema's text put
 * together once, and the provider's answer caught by laying a function over the client's `create`. It serves one call
 * at a time, and tells nothing of attempts that fail.
 */
function structuredByHand(tracer, client) {
  const { completions } = client.chat;
  const create = completions.create.bind(completions);
  let completion;
  completions.create = async (...args) => (completion = await create(...args));
  const instructor = Instructor({ client, mode: "TOOLS" });
  const { hostname, port } = new URL(client.baseURL);
  const api = "instructor.create";
  const schemas = new Map();
  const functionsOf = ({ name, schema }) => {
    let text = schemas.get(schema);
    if (text === undefined) {
      const parameters = { ...zodToJsonSchema(schema), $schema: undefined };
      text = JSON.stringify([{ type: "function", function: { name, description: "", parameters } }]);
      schemas.set(schema, text);
    }
    return text;
  };

  return (request) => {
    const { model, messages, response_model: responseModel } = request;
    const attributes = {
      "respan.entity.log_type": "chat",
      "llm.request.type": "chat",
      "traceloop.entity.name": api,
      "gen_ai.operation.name": "chat",
      "gen_ai.system": hostname,
      "gen_ai.provider.name": hostname,
      "gen_ai.is_streaming": false,
      "gen_ai.request.stream": false,
      "gen_ai.request.model": model,
      "server.address": hostname,
      "server.port": Number(port) || 80,
      "instructor.max_retries": request.max_retries ?? 0,
      "respan.metadata._tracing_sdk_version": VERSION,
      "traceloop.entity.path": "",
      "respan.metadata.instructor_api": api,
      "respan.metadata.mode": "TOOLS",
      "traceloop.entity.input": JSON.stringify({
        messages,
        model,
        response_model: responseModel.name,
        mode: "TOOLS",
      }),
      "llm.request.functions": functionsOf(responseModel),
    };
    messages.forEach(({ role, content }, index) => {
      attributes[`gen_ai.prompt.${index}.role`] = role;
      attributes[`gen_ai.prompt.${index}.content`] = content;
    });
    return tracer.startActiveSpan(api, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      const from = performance.now();
      try {
        const result = await instructor.chat.completions.create(request);
        const output = JSON.stringify({ ...result, _meta: undefined });
        const { id, usage, choices } = completion;
        const [{ finish_reason: finishReason, message }] = choices;
        span.addEvent("instructor.attempt", {
          "instructor.attempt.number": 1,
          "instructor.attempt.duration": (performance.now() - from) / 1_000,
          "instructor.attempt.outcome": "success",
          "instructor.attempt.finish_reason": finishReason,
          "instructor.attempt.input_tokens": usage.prompt_tokens,
          "instructor.attempt.output_tokens": usage.completion_tokens,
        });
        span.setAttributes({
          "instructor.attempts": 1,
          "gen_ai.usage.input_tokens": usage.prompt_tokens,
          "gen_ai.usage.prompt_tokens": usage.prompt_tokens,
          "gen_ai.usage.output_tokens": usage.completion_tokens,
          "gen_ai.usage.completion_tokens": usage.completion_tokens,
          "llm.usage.total_tokens": usage.total_tokens,
          "gen_ai.response.model": completion.model,
          "gen_ai.response.id": id,
          "gen_ai.response.finish_reason": finishReason,
          "gen_ai.response.finish_reasons": choices.map((choice) => choice.finish_reason),
          "traceloop.entity.output": output,
          "gen_ai.completion.0.role": message.role,
          "gen_ai.completion.0.content": output,
          "gen_ai.completion.0.finish_reason": finishReason,
          "gen_ai.completion.0.tool_calls": JSON.stringify(message.tool_calls),
        });
        span.setStatus({ code: SpanStatusCode.OK });
        return result;
      } catch (error) {
        span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
