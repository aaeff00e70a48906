import type { ApiAttributes } from "../../../lib/viewer/api.js";
import type { JsonObject } from "../../../lib/viewer/page/model/json.js";
import { readSchema, responseSchema } from "../../../lib/viewer/page/model/schema.js";

const functions = (...definitions: object[]): ApiAttributes => ({
  "llm.request.functions": JSON.stringify(definitions),
});

describe("the schema that a call asked for", () => {
  const ticket = { type: "function", function: { name: "Ticket", parameters: { type: "object" } } };
  const tool = { name: "search", input_schema: { type: "string" } };

  it("is the one with the response model's name, else the first", () => {
    expect(responseSchema(functions(tool, ticket))?.name).toBe("search");
    const attributes = { ...functions(tool, ticket), "instructor.response_model": "Ticket" };
    expect(responseSchema(attributes)).toEqual({ name: "Ticket", schema: { type: "object" } });
  });

  it("is absent where no definition has one", () => {
    expect(responseSchema({})).toBeUndefined();
    expect(responseSchema({ "llm.request.functions": "[not JSON" })).toBeUndefined();
    expect(responseSchema(functions({ name: "f" }))).toBeUndefined();
  });
});

describe("a node's type", () => {
  it.each<[string, JsonObject]>([
    ["string", { type: "string" }],
    [`"low" | "high"`, { enum: ["low", "high"] }],
    ["7", { const: 7 }],
    ["string | null", { anyOf: [{ type: "string" }, { type: "null" }] }],
    ["number | null", { type: ["number", "null"] }],
    ["string[]", { type: "array", items: { type: "string" } }],
    ["(string | number)[]", { type: "array", items: { type: ["string", "number"] } }],
    ["object", { properties: {} }],
    ["any", {}],
  ])("is written as %s", (text, node) => {
    expect(readSchema(node, node).type).toBe(text);
  });

  it("follows references, of which some lead nowhere or in a circle", () => {
    const root: JsonObject = {
      $ref: "#/$defs/Node",
      $defs: {
        Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } },
        Loop: { $ref: "#/$defs/Loop" },
      },
    };
    expect(readSchema(root, root)).toMatchObject({
      type: "object",
      properties: new Map([["next", { $ref: "#/$defs/Node" }]]),
    });
    expect(readSchema({ $ref: "#/$defs/Loop" }, root).type).not.toBe("");
    expect(readSchema({ $ref: "#/nowhere" }, root).type).toBe("any");
  });
});

it("a node's parts are put together, with every constraint once", () => {
  const node: JsonObject = {
    description: "The whole.",
    allOf: [
      { properties: { a: { type: "string" } }, required: ["a"] },
      { properties: { b: { type: "number" } }, minLength: 2 },
    ],
    minLength: 2,
    pattern: "^x",
    additionalProperties: { type: "boolean" },
  };
  const { properties, required, constraints, description, values } = readSchema(node, node);
  expect([...properties.keys()]).toEqual(["a", "b"]);
  expect([...required]).toEqual(["a"]);
  expect(constraints).toEqual(["min length 2", "/^x/"]);
  expect([description, values]).toEqual(["The whole.", { type: "boolean" }]);
});
