import type { AttributeMap } from "../scope/scope.js";
import {
  ENTITY_NAME,
  GEN_AI_AGENT_NAME,
  GEN_AI_OPERATION_NAME,
  GEN_AI_TOOL_NAME,
  GEN_AI_TOOL_TYPE,
  GEN_AI_WORKFLOW_NAME,
} from "../wire/attributes.js";

/** What OpenTelemetry's GenAI conventions call a decorated call, by its kind; they have no name for a task. */
const OPERATIONS: Readonly<Record<string, { readonly operation: string; readonly name: string } | undefined>> = {
  workflow: { operation: "invoke_workflow", name: GEN_AI_WORKFLOW_NAME },
  agent: { operation: "invoke_agent", name: GEN_AI_AGENT_NAME },
  tool: { operation: "execute_tool", name: GEN_AI_TOOL_NAME },
};

/** The attributes of a decorated span, with those of the conventions' current form. */
export function withOperationNames(kind: string, attributes: Readonly<AttributeMap>): AttributeMap {
  const known = OPERATIONS[kind];
  const named: AttributeMap = { ...attributes };
  if (known === undefined) return named;
  named[GEN_AI_OPERATION_NAME] = known.operation;
  const name = attributes[ENTITY_NAME];
  if (name !== undefined) named[known.name] = name;
  if (kind === "tool") named[GEN_AI_TOOL_TYPE] = "function";
  return named;
}
