import type { AttributeMap } from "../../scope/scope.js";
import {
  GEN_AI_IS_STREAMING,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_RESPONSE_FINISH_REASON,
  GEN_AI_SYSTEM,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_COMPLETION_TOKENS,
  GEN_AI_USAGE_PROMPT_TOKENS,
  GEN_AI_USAGE_REASONING_OLD,
} from "../../wire/attributes.js";

/** Names that OpenTelemetry's GenAI conventions have replaced by others, which are written as well. */
const REPLACED = [
  GEN_AI_SYSTEM,
  GEN_AI_IS_STREAMING,
  GEN_AI_RESPONSE_FINISH_REASON,
  GEN_AI_USAGE_PROMPT_TOKENS,
  GEN_AI_USAGE_COMPLETION_TOKENS,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_REASONING_OLD,
];

/** Takes them off attributes that are written in the conventions' current form. */
export function dropReplacedNames(attributes: AttributeMap): void {
  for (const name of REPLACED) Reflect.deleteProperty(attributes, name);
  // Set only where it is true.
  if (attributes[GEN_AI_REQUEST_STREAM] === false) Reflect.deleteProperty(attributes, GEN_AI_REQUEST_STREAM);
}
