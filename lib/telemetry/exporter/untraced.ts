import { ROOT_CONTEXT, context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { slot } from "../../scope/tracing.js";

const UNTRACED = suppressTracing(ROOT_CONTEXT);

/** Runs `fn` where no instrumentation opens a span: an exporter's request that is traced makes spans without end. */
export function untraced<R>(fn: () => R): R {
  return (slot.tracing?.contexts ?? context).with(UNTRACED, fn);
}
