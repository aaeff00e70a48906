import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor";
import { captureJson, captureSchema } from "../../lib/capture/serialize";
import { githubToken, openAiKey } from "./masking/fake-credentials";

const read = (schema: unknown): unknown => JSON.parse(captureSchema(schema, DEFAULT_REDACTOR) ?? "");

describe("captureSchema", () => {
  const login = {
    type: "object",
    properties: {
      user: { type: "string" },
      password: { type: "string", minLength: 12, description: "The password: at least 12 characters" },
      credentials: { type: "object", properties: { api_key: { type: "string" }, kind: { enum: ["a", "b"] } } },
      token: { anyOf: [{ type: "string" }, { type: "null" }] },
      token_budget: { type: "integer", default: 1 },
    },
    required: ["user", "password"],
    additionalProperties: false,
    $defs: { secret: { type: "string" } },
  };
  const tools = [{ type: "function", function: { name: "login", description: "Logs in", parameters: login } }];

  it("keeps the schemas of properties that are named like secrets", () => {
    expect(read({ ...login, properties: { ...login.properties, credentials: {} } })).toEqual({
      ...login,
      properties: { ...login.properties, credentials: {} },
    });
    expect(captureSchema({ properties: { password: true } }, DEFAULT_REDACTOR)).toBe(
      '{"properties":{"password":true}}',
    );
  });

  it("keeps them inside tool definitions", () => {
    const recorded = read(tools) as typeof tools;
    expect(recorded[0]?.function.parameters.properties.password).toEqual(login.properties.password);
    expect(recorded[0]?.function.parameters.$defs).toEqual(login.$defs);
  });

  it("masks what a secret's schema holds: default, const, enum, examples, at any depth", () => {
    expect(
      read({
        properties: {
          password: {
            type: "string",
            default: "hunter2",
            examples: ["a", { b: "c", d: 5 }],
            enum: ["x", 5n, null, true],
            const: 1,
          },
          api_key: { properties: { code: { type: "string", default: "s3" } } },
        },
      }),
    ).toEqual({
      properties: {
        password: {
          type: "string",
          default: "[redacted]",
          examples: ["[redacted]", { b: "[redacted]", d: "[redacted]" }],
          enum: ["[redacted]", "[redacted]", null, true],
          const: "[redacted]",
        },
        api_key: { properties: { code: { type: "string", default: "[redacted]" } } },
      },
    });
  });

  it("masks credentials in descriptions, and secrets in the data of any default", () => {
    expect(
      read({
        description: `Call with ${openAiKey}`,
        properties: {
          headers: { default: { authorization: "Token abc123", accept: "y" }, examples: [{ password: "p" }] },
        },
        enum: [githubToken],
      }),
    ).toEqual({
      description: "Call with [redacted]",
      properties: {
        headers: { default: { authorization: "[redacted]", accept: "y" }, examples: [{ password: "[redacted]" }] },
      },
      enum: ["[redacted]"],
    });
  });

  it("masks what stands under a secret name where no schema has one", () => {
    expect(read([{ type: "function", api_key: "x", headers: { cookie: "a=b" } }])).toEqual([
      { type: "function", api_key: "[redacted]", headers: { cookie: "[redacted]" } },
    ]);
    expect(read({ properties: { password: "hunter2" } })).toEqual({ properties: { password: "[redacted]" } });
  });

  it("is known in data by what stands under a name", () => {
    const data = {
      properties: { password: { type: "string", default: "a" }, api_key: { $ref: "#/x" } },
      password: { old: "a", type: "mine" },
    };
    expect(captureJson(data, DEFAULT_REDACTOR)).toBe(
      '{"properties":{"password":{"type":"string","default":"[redacted]"},"api_key":{"$ref":"#/x"}},"password":"[redacted]"}',
    );
  });
});
