import { DiagLogLevel, diag } from "@opentelemetry/api";
import { z as z3 } from "zod";
import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import { BridgedError, originalError } from "../../../lib/instructor/schema/issues.js";
import { describeSchema } from "../../../lib/instructor/schema/describe-schema.js";
import { facadeFor } from "../../../lib/instructor/schema/facade.js";
import type { Issue } from "../../../lib/instructor/schema/issues.js";
import { issuesOf } from "../../../lib/instructor/schema/issues.js";
import { relocated, withoutKeys } from "../../../lib/instructor/schema/json-schema.js";
import { listFacade } from "../../../lib/instructor/schema/facade.js";
import { filledIn, placeholderDefinition } from "../../../lib/instructor/schema/placeholder.js";
import { zodKind } from "../../../lib/instructor/schema/zod.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z.object({})));

describe("the issues of an error", () => {
  const invalid = (path: PropertyKey[], message = "Invalid value") => ({ code: "custom", path, message });

  it.each<[what: string, error: unknown, expected: Issue[]]>([
    ["an error that has none", new TypeError("no date"), [invalid(["items", 1], "no date")]],
    ["an error with an empty list", Object.assign(new Error("none"), { issues: [] }), [invalid(["items", 1], "none")]],
    ["an error whose issues are no list", { issues: "many" }, [invalid(["items", 1])]],
    ["nothing", undefined, [invalid(["items", 1])]],
    ["null", null, [invalid(["items", 1])]],
    ["an issue that says nothing", { issues: [{}] }, [invalid(["items", 1])]],
    [
      "an issue of Zod 4",
      { issues: [{ code: "too_small", path: ["a"], message: "Too small", minimum: 1 }] },
      [{ code: "too_small", path: ["items", 1, "a"], message: "Too small", minimum: 1 } as Issue],
    ],
    [
      "what a key or an element objects to",
      {
        issues: [
          {
            code: "invalid_key",
            path: ["a"],
            message: "Invalid key",
            issues: [{ message: "Too long" }, { message: "" }, {}, { message: "Not upper case" }],
          },
        ],
      },
      [expect.objectContaining({ path: ["items", 1, "a"], message: "Invalid key: Too long, Not upper case" }) as Issue],
    ],
    [
      "a union of Zod 4",
      {
        issues: [
          {
            code: "invalid_union",
            path: ["a"],
            message: "Invalid input",
            errors: [[{ code: "x", path: ["b"], message: "B" }], []],
          },
        ],
      },
      [
        {
          code: "invalid_union",
          path: ["items", 1, "a"],
          message: "Invalid input",
          unionErrors: [{ issues: [{ code: "x", path: ["items", 1, "a", "b"], message: "B" }] }, { issues: [] }],
        },
      ],
    ],
    [
      "a union that knows no such kind",
      { issues: [{ code: "invalid_union", message: "No matching discriminator", note: "x" }] },
      [invalid(["items", 1], "No matching discriminator")],
    ],
    [
      "a union of Zod 3, whose errors have whole paths",
      {
        issues: [
          {
            code: "invalid_union",
            path: ["a"],
            message: "Invalid input",
            unionErrors: [{ issues: [{ code: "x", path: ["a", "b"], message: "B" }] }],
          },
        ],
      },
      [
        {
          code: "invalid_union",
          path: ["items", 1, "a"],
          message: "Invalid input",
          unionErrors: [{ issues: [{ code: "x", path: ["items", 1, "a", "b"], message: "B" }] }],
        },
      ],
    ],
  ])("are moved to where its value stands: %s", (_, error, expected) => {
    expect(issuesOf(error, ["items", 1])).toStrictEqual(expected);
  });

  it("of Zod 3 are left as they are where the value is the answer", () => {
    const issue = { code: "invalid_union", path: ["a"], message: "Invalid input", unionErrors: [] };
    expect(issuesOf({ issues: [issue] })[0]).toBe(issue);
  });

  it("are on the error that Instructor reads, with the message and the cause of the schema's own", () => {
    const issues = [invalid(["a"])];
    const own = new Error("mine");
    const bridged = new BridgedError(issues, own);
    expect(bridged).toMatchObject({ name: "ZodError", message: "mine", issues, errors: issues, cause: own });
    expect(originalError(bridged)).toBe(own);
    expect(new BridgedError(issues, "mine").message).toBe("Validation failed");
  });
});

describe("a JSON Schema that stands within another", () => {
  it("refers to itself where it stands, and to the definitions of the whole", () => {
    const schema = {
      type: "object",
      properties: {
        self: { $ref: "#" },
        part: { $ref: "#/properties/self" },
        named: { $ref: "#/$defs/Named" },
        elsewhere: { $ref: "https://example.com/schema" },
        either: { anyOf: [{ $ref: "#" }, { type: "null" }, { const: null }] },
        $ref: { type: "string" },
      },
    };
    const before = structuredClone(schema);
    expect(relocated(schema, "#/properties/items/items")).toEqual({
      type: "object",
      properties: {
        self: { $ref: "#/properties/items/items" },
        part: { $ref: "#/properties/items/items/properties/self" },
        named: { $ref: "#/$defs/Named" },
        elsewhere: { $ref: "https://example.com/schema" },
        either: { anyOf: [{ $ref: "#/properties/items/items" }, { type: "null" }, { const: null }] },
        $ref: { type: "string" },
      },
    });
    expect(schema).toEqual(before);
    expect(withoutKeys({ a: 1, b: 2, c: 3 }, "a", "c")).toEqual({ b: 2 });
  });
});

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

describe("a schema that cannot be read", () => {
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    const log = (): void => undefined;
    diag.setLogger(
      { error: log, info: log, debug: log, verbose: log, warn: (message) => void warnings.push(message) },
      DiagLogLevel.ALL,
    );
  });
  afterEach(() => diag.disable());

  it("is told as it is, once for each kind of fault, and asks the model for any object", () => {
    const broken = {
      _zod: {
        def: {
          type: "lazy",
          getter: () => {
            throw new Error("no");
          },
        },
      },
    };
    for (let times = 0; times < 2; times++) {
      expect(describeSchema({ type: "object" })).toBeUndefined();
      const facade = facadeFor(structuredCloneOf(broken));
      const sent = facade?.fillIn({
        functions: [{ parameters: { properties: { respan_instructor_placeholder: {} } } }],
      });
      expect(sent).toEqual({ functions: [{ parameters: { type: "object" } }] });
      expect(facade?.schema.shape).toEqual({});
      const request = { messages: [] };
      expect(facade?.fillIn(request)).toBe(request);
    }
    expect(warnings.sort()).toEqual([
      "respan-instructor: Instructor made a request in which there is no place for its schema.",
      "respan-instructor: a Zod 4 schema's properties could not be read; its partial results begin empty.",
      "respan-instructor: a response_model's schema could not be converted to JSON Schema.",
      "respan-instructor: a response_model's schema is not a Zod schema; its JSON Schema is not recorded.",
    ]);
  });

  function structuredCloneOf(schema: { _zod: { def: object } }): object {
    return { _zod: { def: { ...schema._zod.def } } };
  }

  it("is a list of anything, within a list", () => {
    const facade = listFacade({ safeParseAsync: () => undefined });
    const sent = facade.fillIn({
      functions: [{ parameters: { properties: { respan_instructor_placeholder: {} }, additionalProperties: false } }],
    });
    expect(sent).toEqual({
      functions: [
        {
          parameters: {
            type: "object",
            properties: { items: { type: "array", items: {} } },
            required: ["items"],
            additionalProperties: false,
          },
        },
      ],
    });
  });
});

describe("a facade", () => {
  const placed = {
    functions: [{ parameters: { properties: { respan_instructor_placeholder: {} }, additionalProperties: false } }],
  };
  const parametersOf = (facade: { fillIn: (params: typeof placed) => unknown } | undefined) =>
    (facade?.fillIn(placed) as { functions: [{ parameters: object }] }).functions[0].parameters;

  it("leaves its root's name and description to the function, and an item's address out", () => {
    const schema = z.object({ name: z.string(), description: z.string() });
    const named = schema.meta({ name: "Ticket", description: "A ticket" });
    expect(parametersOf(facadeFor(named))).not.toHaveProperty("name");
    expect(parametersOf(facadeFor(named))).not.toHaveProperty("description");
    expect(parametersOf(facadeFor(named))).toHaveProperty("properties.description");
    const addressed = schema.meta({ $id: "https://example.com/ticket" });
    expect(parametersOf(listFacade(addressed))).not.toHaveProperty("properties.items.items.$id");
  });

  it("of a list begins with no items", () => {
    const { items } = listFacade(z.string()).schema.shape as { items: { _def: { defaultValue: () => unknown } } };
    expect(items._def.defaultValue()).toEqual([]);
  });

  it.each<[schema: object, kind: unknown]>([
    [z.string(), 4],
    [{ _zod: { def: { type: "string" } } }, 4],
    [mini.string(), "4-mini"],
    [z3.string(), 3],
    [{ _def: { typeName: "ZodString" } }, 3],
    [{ _def: {} }, undefined],
    [{ _def: null }, undefined],
    [{}, undefined],
  ])("is made by what made the schema: case %#", (schema, kind) => {
    expect(zodKind(schema)).toBe(kind);
  });
});

describe("the validation of an answer", () => {
  it.each<[what: string, value: unknown]>([
    ["null", null],
    ["nothing", undefined],
    ["a text", "_meta"],
  ])("is the schema's own: %s", async (_, value) => {
    const facade = facadeFor(z.object({ a: z.string() }).or(z.null()).or(z.undefined()).or(z.string()));
    await expect(facade?.schema.safeParseAsync(value)).resolves.toEqual({ success: true, data: value });
  });

  it("sees no _meta but that which the schema asks for", async () => {
    const answer = { a: "x", _meta: { usage: 7 } };
    const own = facadeFor(z.strictObject({ a: z.string() }));
    await expect(own?.schema.safeParseAsync(answer)).resolves.toEqual({ success: true, data: { a: "x" } });
    const asking = facadeFor(z.strictObject({ a: z.string(), _meta: z.object({ usage: z.number() }) }));
    await expect(asking?.schema.safeParseAsync(answer)).resolves.toEqual({ success: true, data: answer });
  });

  it.each<[what: string, answer: unknown, items: string[] | undefined]>([
    ["a list under its name", { items: ["a", "b"] }, ["a", "b"]],
    ["an empty list", { items: [] }, []],
    ["a bare list", ["a", "b"], ["a", "b"]],
    [
      "a bare list that became an object, with what Instructor added",
      { 0: "a", 1: "b", _meta: { usage: undefined } },
      ["a", "b"],
    ],
    ["an object", { a: "a" }, undefined],
    ["an object with gaps", { 0: "a", 2: "b" }, undefined],
    ["an empty object", {}, undefined],
    ["what Instructor adds alone", { _meta: {} }, undefined],
    ["no list under the name", { items: "a", 0: "a" }, undefined],
    ["null", null, undefined],
    ["a text", "a", undefined],
  ])("of a list takes or refuses %s", async (_, answer, items) => {
    for (const item of [z.string(), mini.string()]) {
      const validation = await listFacade(item).schema.safeParseAsync(answer);
      expect(validation.success ? validation.data : undefined).toEqual(items && { items });
      if (validation.success) continue;
      expect(validation.error.issues).toEqual([
        { code: "invalid_type", path: ["items"], message: "Expected an array" },
      ]);
      expect(originalError(validation.error)).toBeInstanceOf(Error);
    }
  });

  it("of a list says so where the schema itself has nothing against what came", async () => {
    const validation = await listFacade(mini.any()).schema.safeParseAsync({ items: "a" });
    expect(validation).toMatchObject({
      success: false,
      error: { cause: new TypeError("the answer holds no array of items") },
    });
  });
});
