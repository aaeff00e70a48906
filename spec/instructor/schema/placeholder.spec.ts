import { withoutKeys } from "../../../lib/instructor/schema/json-schema.js";
import { filledIn, placeholderDefinition } from "../../../lib/instructor/schema/placeholder.js";

describe("the place of a schema in a request", () => {
  const schema = { type: "object", additionalProperties: false };
  const placeholder = {
    type: "object",
    properties: { respan_instructor_placeholder: {} },
    additionalProperties: false,
  };
  const open = withoutKeys(placeholder, "additionalProperties");
  const text = (json: object, before = "Answer by this json schema: ", after = "\nNothing else.") =>
    before + JSON.stringify(json) + after;
  const named = { name: "Ticket", description: "A ticket" };

  it.each<[what: string, params: object, expected: object]>([
    [
      "a tool",
      {
        model: "m",
        tools: [{ type: "function", function: { name: "T", parameters: placeholder } }, { type: "other" }],
      },
      { model: "m", tools: [{ type: "function", function: { name: "T", parameters: schema } }, { type: "other" }] },
    ],
    [
      "the second tool",
      { tools: [{ function: null }, null, { function: { parameters: placeholder } }] },
      { tools: [{ function: null }, null, { function: { parameters: schema } }] },
    ],
    [
      "a tool of a provider that takes no additionalProperties",
      { tools: [{ function: { parameters: open } }] },
      { tools: [{ function: { parameters: { type: "object" } } }] },
    ],
    [
      "a function",
      { functions: [{ name: "T", parameters: placeholder }] },
      { functions: [{ name: "T", parameters: schema }] },
    ],
    [
      "a response format",
      { response_format: { type: "json_object", schema: placeholder } },
      { response_format: { type: "json_object", schema } },
    ],
    [
      "a system message",
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "system", content: text({ ...placeholder, ...named }) },
        ],
      },
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "system", content: text({ ...named, ...schema }) },
        ],
      },
    ],
  ])("is found: %s", (_, params, expected) => {
    const before = structuredClone(params);
    expect(filledIn(params, schema)).toEqual(expected);
    expect(params).toEqual(before);
  });

  it.each<[what: string, params: object]>([
    ["no schema at all", { model: "m", messages: [] }],
    [
      "the caller's own tools",
      { tools: [{ function: { name: "T", parameters: { type: "object", properties: {} } } }] },
    ],
    [
      "a tool without properties",
      { tools: [{ function: { parameters: { type: "object" } } }, { function: { parameters: 7 } }] },
    ],
    ["tools that are no list", { tools: "all", functions: null, messages: 7, response_format: "json" }],
    ["a message that names the placeholder", { messages: [{ content: "respan_instructor_placeholder" }] }],
    [
      "a message with text that is not quite JSON",
      {
        messages: [
          { content: "json schema: {respan_instructor_placeholder}" },
          { content: ["respan_instructor_placeholder"] },
        ],
      },
    ],
    [
      "a message with another schema",
      { messages: [{ content: `respan_instructor_placeholder ${text({ type: "object", properties: {} })}` }] },
    ],
    ["a schema before other words", { messages: [{ content: text(placeholder, "a text: ") }] }],
  ])("is not found, and the request stays the very same, with %s", (_, params) => {
    expect(filledIn(params, schema)).toBe(params);
  });

  it("poses as an object of Zod 3, with a description where there is one", () => {
    expect(placeholderDefinition("A ticket")).toMatchObject({ typeName: "ZodObject", description: "A ticket" });
    expect(placeholderDefinition(undefined)).not.toHaveProperty("description");
    expect(placeholderDefinition(7)).not.toHaveProperty("description");
  });
});
