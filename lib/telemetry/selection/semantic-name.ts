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
  const part = typeof name === "string" ? sanitized(name) : "";
  return part === "" ? kind : `${kind}.${part}`;
}

/** A name as the Python system writes it: arrows and whatever is no letter, digit, `.` or `-` become `_`. */
function sanitized(name: string): string {
  return name
    .replace(/\s*(?:->|\u2192)\s*/gu, "_")
    .replace(/[^\p{L}\p{N}_.-]+/gu, "_")
    .replace(/^[_.-]+|[_.-]+$/g, "");
}
