import type { ApiAttributes, ApiSpan } from "../../api.js";
import { ENTITY_INPUT, ENTITY_OUTPUT } from "../../../wire/attributes.js";
import { firstText, jsonOf } from "./json.js";
import type { Json } from "./json.js";
import { conversation } from "./messages.js";
import { responseSchema } from "./schema.js";

/** Where senders put a span's input and output. */
const INPUTS = [
  ENTITY_INPUT,
  "input.value",
  "langfuse.observation.input",
  "gen_ai.tool.call.arguments",
  "ai.toolCall.args",
];
const OUTPUTS = [
  ENTITY_OUTPUT,
  "output.value",
  "langfuse.observation.output",
  "gen_ai.tool.call.result",
  "ai.toolCall.result",
];

export interface EntityContent {
  readonly input: string | undefined;
  readonly output: string | undefined;
}

export function entityContent(attributes: ApiAttributes): EntityContent {
  return { input: firstText(attributes, INPUTS), output: firstText(attributes, OUTPUTS) };
}

/** The result of a structured call. */
export function resultOf(attributes: ApiAttributes): Json | undefined {
  return jsonOf(attributes[ENTITY_OUTPUT] ?? attributes["output.value"]);
}

/**
 * The parts of a span of this SDK that are empty because it was sent with content off. A failed call has no result with
 * content on either, so that only its input tells.
 */
export function partsWithoutContent({ attributes, events }: ApiSpan): readonly string[] {
  const isChat = attributes["respan.entity.log_type"] === "chat" && "llm.request.type" in attributes;
  const isDecorated = "respan.entity.log_method" in attributes && "traceloop.span.kind" in attributes;
  if (!isChat && !isDecorated) return [];
  const { input, output } = entityContent(attributes);
  const messages = conversation(attributes);
  if (input !== undefined || output !== undefined || messages.input.length > 0 || messages.output.length > 0) return [];
  if (!isChat) return ["input", "output"];
  const hasAttempts = events.some(({ name }) => name === "instructor.attempt");
  const parts = ["messages", "answer"];
  if (responseSchema(attributes) === undefined) parts.push("schema");
  if (hasAttempts) parts.push("issues", "what Instructor added");
  return parts;
}
