import type { ApiSpan } from "../../api.js";
import { ENTITY_INPUT, ENTITY_OUTPUT, GEN_AI_REQUEST_MODEL, INSTRUCTOR_MAX_RETRIES } from "../../../wire/attributes.js";
import { isList, isObject, jsonOf, numberOf, textOf } from "./json.js";
import type { Json } from "./json.js";
import { conversation, messageText } from "./messages.js";
import type { Message } from "./messages.js";
import { responseSchema } from "./schema.js";

/** A structured call as a test runs it again. */
interface TestedCall {
  readonly responseModel: string;
  /** The schema's name in the test. */
  readonly schema: string;
  readonly model: string;
  readonly retries: number | undefined;
  readonly messages: readonly Json[];
  /** Undefined where the call failed. */
  readonly expected: Json | undefined;
  readonly isIterable: boolean;
}

/**
 * A Vitest case from a structured call: its messages, its schema's name and the result as the expected value. Undefined
 * where the span has no result, as with content off.
 */
export function vitestCase(span: ApiSpan): string | undefined {
  const call = testedCall(span);
  return call?.expected === undefined ? undefined : fileText([call]);
}

/** One file with a case for each call whose messages were recorded; a call that failed is expected to have a result. */
export function vitestFile(spans: readonly ApiSpan[]): string {
  return fileText(spans.map(testedCall).filter((call) => call !== undefined));
}

function testedCall(span: ApiSpan): TestedCall | undefined {
  const { attributes } = span;
  const expected = jsonOf(attributes[ENTITY_OUTPUT]) ?? undefined;
  const input = jsonOf(attributes[ENTITY_INPUT]);
  const messages =
    isObject(input) && isList(input.messages) ? input.messages : writtenMessages(conversation(attributes).input);
  if (expected === undefined && messages.length === 0) return undefined;
  const described = isObject(input) ? textOf(input.response_model) : undefined;
  const responseModel =
    textOf(attributes["instructor.response_model"]) ?? described ?? responseSchema(attributes)?.name ?? "Result";
  return {
    responseModel,
    schema: identifier(responseModel),
    model: textOf(attributes[GEN_AI_REQUEST_MODEL]) ?? "MODEL",
    retries: numberOf(attributes[INSTRUCTOR_MAX_RETRIES]),
    messages,
    expected,
    isIterable: span.name.includes("iterable"),
  };
}

function fileText(calls: readonly TestedCall[]): string {
  const schemas = [...new Set(calls.map(({ schema }) => schema))].sort();
  return [
    `import { expect, test } from "vitest";`,
    `import { client } from "./client.js"; // your Instructor client`,
    `import { ${schemas.join(", ")} } from "./schemas.js"; // your schema${schemas.length > 1 ? "s" : ""}`,
    ...calls.flatMap((call) => ["", ...testLines(call)]),
    ``,
  ].join("\n");
}

function testLines(call: TestedCall): readonly string[] {
  const { responseModel, schema, model, retries, messages, expected, isIterable } = call;
  const check = expected === undefined ? "toBeDefined()" : `toMatchObject(${literal(expected, 2)})`;
  return [
    `test(${JSON.stringify(title(responseModel, messages))}, async () => {`,
    ...(expected === undefined ? ["  // This call failed when it was recorded."] : []),
    `  const ${isIterable ? "stream" : "result"} = await client.${isIterable ? "createIterable" : "create"}({`,
    `    model: ${JSON.stringify(model)},`,
    ...(retries === undefined ? [] : [`    max_retries: ${retries},`]),
    `    messages: ${literal(messages, 4)},`,
    `    response_model: { schema: ${schema}, name: ${JSON.stringify(responseModel)} },`,
    `  });`,
    ...(isIterable ? [`  const result = [];`, `  for await (const item of stream) result.push(item);`] : []),
    `  expect(result).${check};`,
    `});`,
  ];
}

function writtenMessages(messages: readonly Message[]): readonly Json[] {
  return messages.map((message) => ({ role: message.role, content: messageText(message) }));
}

function title(name: string, messages: readonly Json[]): string {
  const last = messages.findLast((message) => isObject(message) && message.role === "user");
  const content = (isObject(last) ? (textOf(last.content) ?? "") : "").replace(/\s+/g, " ").trim();
  const excerpt = content.length > 60 ? `${content.slice(0, 60).trimEnd()}…` : content;
  return excerpt === "" ? `extracts ${name}` : `extracts ${name} from: ${excerpt}`;
}

function identifier(name: string): string {
  const cleaned = name.replace(/[^\p{L}\p{N}_$]+/gu, "_").replace(/^(?=\p{N})/u, "_");
  return cleaned === "" || cleaned === "_" ? "Schema" : cleaned;
}

/** JSON as a TypeScript literal: names without quotes where they need none. `__proto__` would set the prototype. */
function literal(value: Json, indent: number): string {
  const inner = " ".repeat(indent + 2);
  const close = `\n${" ".repeat(indent)}`;
  if (isList(value)) {
    const items = value.map((item) => `\n${inner}${literal(item, indent + 2)},`);
    return items.length === 0 ? "[]" : `[${items.join("")}${close}]`;
  }
  if (isObject(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => `\n${inner}${keyText(key)}: ${literal(item, indent + 2)},`,
    );
    return entries.length === 0 ? "{}" : `{${entries.join("")}${close}}`;
  }
  return JSON.stringify(value);
}

function keyText(key: string): string {
  if (key === "__proto__") return `["__proto__"]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : JSON.stringify(key);
}
