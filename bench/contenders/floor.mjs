/**
 * The floor: OpenTelemetry by hand, as somebody writes it who knows it well. The same spans with the same attributes as
 * the decorated methods have, `startActiveSpan`, and nothing more.
 */
import { SpanStatusCode, context, createContextKey, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { ARGUMENT, classified } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

const VERSION = "0.1.0";
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
