import { content, fenced, functionCall, httpError, thinking, toolCall } from "./openai-answers.js";
import type { Answer } from "./openai-answers.js";
import { requestedFunction, requestedTool } from "./openai-wire.js";
import type { ChatRequest, JsonSchema } from "./openai-wire.js";

/** An object to answer with, the items of a list, or what makes either of the request. */
export type Extracted = Record<string, unknown> | readonly unknown[] | ((request: ChatRequest) => unknown);

/**
 * Answers any request in the form that its mode asks for, with the object of the schema's name: a tool call for tools,
 * a `function_call` for functions, fenced or thinking content where the system message asks for it, else plain JSON.
 *
 * Two modes of Instructor's want care: `JSON_SCHEMA` sends the schema without its name, so that the object is the first
 * one which has all properties that the schema requires; and a fence in a stream is something that Instructor cannot
 * parse, so that streams are always plain.
 */
export function auto(objects: Record<string, Extracted>): (request: { body: ChatRequest }) => Answer {
  return ({ body: request }) => {
    const name = schemaName(request);
    const found = name === undefined ? objectForSchema(objects, request) : objects[name];
    if (found === undefined) {
      const known = Object.keys(objects).join(", ");
      return httpError(400, `no object for the schema ${name ?? "of this request"}; there are: ${known}`);
    }
    const made = typeof found === "function" ? found(request) : found;
    // A schema's root is an object for every model; `createIterable` asks for its list as `items`.
    const value = Array.isArray(made) ? { items: made as unknown[] } : made;
    if (request.tools) return toolCall({ arguments: value });
    if (request.functions) return functionCall({ arguments: value });
    const text = systemText(request);
    if (request.stream !== true && request.response_format === undefined) {
      if (text.includes("<think>")) return thinking(value);
      if (text.includes("json schema:")) return fenced(value);
    }
    return content(value);
  };
}

function schemaName(request: ChatRequest): string | undefined {
  if (request.tools) return requestedTool(request);
  if (request.functions) return requestedFunction(request);
  return request.response_format?.json_schema?.name ?? nameInText(systemText(request));
}

function nameInText(text: string): string | undefined {
  const schema = /json schema: (\{.*\})/.exec(text)?.[1];
  if (schema === undefined) return undefined;
  const { name } = JSON.parse(schema) as { name?: unknown };
  return typeof name === "string" ? name : undefined;
}

function systemText(request: ChatRequest): string {
  const system = request.messages?.find(({ role }) => role === "system");
  return typeof system?.content === "string" ? system.content : "";
}

function objectForSchema(objects: Record<string, Extracted>, request: ChatRequest): Extracted | undefined {
  const schema: JsonSchema | undefined = request.response_format?.schema;
  if (schema === undefined) return undefined;
  const wanted = schema.required ?? Object.keys(schema.properties ?? {});
  return Object.values(objects).find(
    (object) => typeof object === "function" || wanted.every((property) => property in object),
  );
}
