import { filledIn } from "../../../lib/instructor/schema/placeholder.js";

describe("the place of a schema in a request", () => {
  const schema = { type: "object", additionalProperties: false };
  const placeholder = {
    type: "object",
    properties: { respan_instructor_placeholder: {} },
    additionalProperties: false,
  };
  const text = (json: object, before = "Answer by this json schema: ", after = "\nNothing else.") =>
    before + JSON.stringify(json) + after;

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
});
