import type { Attributes } from "@opentelemetry/api";
import { ENTITY_NAME, GEN_AI_REQUEST_MODEL, LLM_REQUEST_TYPE, SPAN_KIND } from "../../wire/attributes.js";

/** The name that the Python system's semantic style gives a span; `undefined` where it gives none. */
export function semanticName(attributes: Attributes): string | undefined {
  if (attributes[LLM_REQUEST_TYPE] === "chat") return joined("llm", attributes[GEN_AI_REQUEST_MODEL]);
  switch (attributes[SPAN_KIND]) {
    case "workflow":
      return "workflow";
    case "task":
      return "task";
    case "agent":
      return joined("agent", attributes[ENTITY_NAME]);
    case "tool":
      return joined("tool", attributes[ENTITY_NAME]);
    default:
      return undefined;
  }
}

function joined(kind: string, name: unknown): string {
  return typeof name === "string" && name !== "" ? `${kind}.${name}` : kind;
}
