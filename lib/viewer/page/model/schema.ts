import type { ApiAttributes } from "../../api.js";
import { GEN_AI_TOOL_DEFINITIONS, LLM_REQUEST_FUNCTIONS } from "../../../wire/attributes.js";
import { isList, isObject, jsonOf, textOf } from "./json.js";
import type { Json, JsonObject } from "./json.js";

export interface ResponseSchema {
  readonly name: string;
  readonly schema: JsonObject;
}

/** The schema that a structured call asked for. */
export function responseSchema(attributes: ApiAttributes): ResponseSchema | undefined {
  const model = textOf(attributes["instructor.response_model"]);
  const definitions = [LLM_REQUEST_FUNCTIONS, GEN_AI_TOOL_DEFINITIONS].flatMap((name) => {
    const value = jsonOf(attributes[name]);
    return isList(value) ? value : [];
  });
  const found = definitions.flatMap((definition) => {
    if (!isObject(definition)) return [];
    const described = isObject(definition.function) ? definition.function : definition;
    const schema = described.parameters ?? described.input_schema;
    return isObject(schema) ? [{ name: textOf(described.name) ?? "response", schema }] : [];
  });
  return found.find(({ name }) => name === model) ?? found[0];
}

/** A schema's node, its references followed and its alternatives read. */
export interface SchemaNode {
  /** `string`, `"low" | "medium" | "high"`, `string | null`, `object[]`. */
  readonly type: string;
  readonly constraints: readonly string[];
  readonly description?: string;
  readonly properties: ReadonlyMap<string, JsonObject>;
  readonly required: ReadonlySet<string>;
  readonly items?: JsonObject;
  readonly tuple: readonly JsonObject[];
  readonly values?: JsonObject;
}

const LIMITS: readonly [keyword: string, text: (value: string) => string][] = [
  ["minimum", (value) => `≥ ${value}`],
  ["exclusiveMinimum", (value) => `> ${value}`],
  ["maximum", (value) => `≤ ${value}`],
  ["exclusiveMaximum", (value) => `< ${value}`],
  ["multipleOf", (value) => `multiple of ${value}`],
  ["minLength", (value) => `min length ${value}`],
  ["maxLength", (value) => `max length ${value}`],
  ["pattern", (value) => `/${value}/`],
  ["format", (value) => value],
  ["minItems", (value) => `min items ${value}`],
  ["maxItems", (value) => `max items ${value}`],
  ["default", (value) => `default ${value}`],
];

/** Reads one node of a JSON Schema; `root` is where its references lead. */
export function readSchema(node: JsonObject | undefined, root: JsonObject): SchemaNode {
  const properties = new Map<string, JsonObject>();
  const required = new Set<string>();
  const tuple: JsonObject[] = [];
  let items: JsonObject | undefined;
  let values: JsonObject | undefined;
  let description: string | undefined;
  const constraints: string[] = [];

  for (const part of partsOf(node, root)) {
    description ??= textOf(part.description);
    for (const [name, property] of Object.entries(isObject(part.properties) ? part.properties : {})) {
      if (isObject(property)) properties.set(name, property);
    }
    for (const name of isList(part.required) ? part.required : []) if (typeof name === "string") required.add(name);
    if (isObject(part.items)) items ??= part.items;
    const list = isList(part.prefixItems) ? part.prefixItems : isList(part.items) ? part.items : [];
    tuple.push(...list.filter(isObject));
    if (isObject(part.additionalProperties)) values ??= part.additionalProperties;
    for (const [keyword, text] of LIMITS) {
      const value = part[keyword];
      if (value !== undefined && typeof value !== "boolean") constraints.push(text(textOf(value) ?? ""));
    }
  }
  return {
    type: node === undefined ? "" : typeText(node, root, 0),
    constraints: [...new Set(constraints)],
    properties,
    required,
    tuple,
    ...(description !== undefined && { description }),
    ...(items !== undefined && { items }),
    ...(values !== undefined && { values }),
  };
}

const DEEPEST = 16;

/** The node itself and what it refers to or is made of. */
function partsOf(node: JsonObject | undefined, root: JsonObject, depth = 0): JsonObject[] {
  if (node === undefined || depth > DEEPEST) return [];
  const parts = [node];
  const target = referenced(node, root);
  if (target) parts.push(...partsOf(target, root, depth + 1));
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const members = node[keyword];
    if (isList(members)) for (const member of members.filter(isObject)) parts.push(...partsOf(member, root, depth + 1));
  }
  return parts;
}

function referenced(node: JsonObject, root: JsonObject): JsonObject | undefined {
  const reference = node.$ref;
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  let at: Json | undefined = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    const name = decodeStep(step);
    if (isList(at)) at = at[Number(name)];
    else at = isObject(at) ? at[name] : undefined;
  }
  return isObject(at) && at !== node ? at : undefined;
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}

function typeText(node: JsonObject, root: JsonObject, depth: number): string {
  if (depth > DEEPEST) return "…";
  const target = referenced(node, root);
  if (target) return typeText(target, root, depth + 1);
  if ("const" in node) return JSON.stringify(node.const);
  if (isList(node.enum)) return node.enum.map((value) => JSON.stringify(value)).join(" | ");
  for (const keyword of ["anyOf", "oneOf"]) {
    const members = node[keyword];
    if (isList(members)) return union(members.filter(isObject).map((member) => typeText(member, root, depth + 1)));
  }
  if (isList(node.type))
    return union(
      node.type.map((type) =>
        type === "array" ? listText(node, root, depth) : JSON.stringify(type).replaceAll('"', ""),
      ),
    );
  if (node.type === "array") return listText(node, root, depth);
  if (typeof node.type === "string") return node.type;
  if (isList(node.allOf)) {
    return union(node.allOf.filter(isObject).map((member) => typeText(member, root, depth + 1)));
  }
  return isObject(node.properties) ? "object" : "any";
}

function listText(node: JsonObject, root: JsonObject, depth: number): string {
  if (!isObject(node.items)) return "array";
  const item = typeText(node.items, root, depth + 1);
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");
