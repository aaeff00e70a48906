import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor";
import { captureJson, captureSchema } from "../../lib/capture/serialize";
import { githubToken, openAiKey } from "./masking/fake-credentials";

const M = "[redacted]";
const SECRET = "k7J2mQ9xL4bN8vR1";
const recorded = (value: unknown): unknown => JSON.parse(captureJson(value, DEFAULT_REDACTOR) ?? "null");

describe("a pair of a name and a value is masked", () => {
  it.each<[string, unknown, unknown]>([
    ["name and value", { name: "API_KEY", value: "a" }, { name: "API_KEY", value: M }],
    ["value and name", { value: "a", name: "API_KEY" }, { value: M, name: "API_KEY" }],
    ["Key and Value", { Key: "DB_PASSWORD", Value: 5 }, { Key: "DB_PASSWORD", Value: M }],
    ["field and text", { field: "password", text: "a" }, { field: "password", text: M }],
    ["label and value", { label: "Access token", value: "a" }, { label: "Access token", value: M }],
    ["name and default", { name: "api_key", default: "a" }, { name: "api_key", default: M }],
    ["id, name and value", { id: "5", name: "password", value: "a" }, { id: "5", name: "password", value: M }],
    ["a type of a form", { type: "password", value: "a" }, { type: "password", value: M }],
    ["a weak name", { name: "token", value: SECRET }, { name: "token", value: M }],
    ["entries", [["x-api-key", SECRET]], [["x-api-key", M]]],
    ["a Map", new Map([["password", "a"]]), { password: M }],
    ["a Map by objects", new Map([[{}, SECRET]]), [[{}, SECRET]]],
    [
      "raw headers",
      ["Host", "x", "X-Api-Key", SECRET, "Accept", "*/*"],
      ["Host", "x", "X-Api-Key", M, "Accept", "*/*"],
    ],
    ["a flag", ["run", "--token", SECRET, "--fast"], ["run", "--token", M, "--fast"]],
    ["a flag and a word", ["run", "--password", "swordfish"], ["run", "--password", M]],
    ["a flag with its value", ["run", `--api-key=${SECRET}`], ["run", `--api-key=${M}`]],
    ["a command's flag", ["docker", "login", "-u", "ci", "-p", "hunter2"], ["docker", "login", "-u", "ci", "-p", M]],
    ["a flag and its value in one", ["mysql", "-uroot", "-phunter2"], ["mysql", "-uroot", `-p${M}`]],
    ["a user and a password", ["curl", "-u", "ann:hunter2", "https://x"], ["curl", "-u", `ann:${M}`, "https://x"]],
    ["a key of its own format", { kty: "OKP", x: "abc", d: SECRET + SECRET }, { kty: "OKP", x: "abc", d: M }],
  ])("%s", (_what, value, wanted) => {
    expect(recorded(value)).toEqual(wanted);
  });

  it.each<[string, unknown]>([
    ["a weak name and a word", { name: "token", value: "USDC" }],
    ["a list of names", { required: ["password", "api_key"] }],
    [
      "a table",
      [
        ["token", "count"],
        ["hello", 3],
      ],
    ],
    ["a number between", ["password", 5, SECRET]],
    ["an error", { field: "password", error: "too short" }],
    ["an empty value", { name: "password", value: "" }],
    ["another flag", ["run", "--password", "--verbose"]],
    ["a port", ["docker", "run", "-p", "8080:80"]],
    ["a key's name alone", { kty: "OKP", d: "short" }],
  ])("but not %s", (_what, value) => {
    expect(recorded(value)).toEqual(value);
  });
});

describe("what may be secret", () => {
  it("has what looks like a secret masked, at any depth", () => {
    const value = { credentials: { user: "app", list: [SECRET, "MD"], deep: { code: SECRET, n: 5 } }, secrets: 2 };
    expect(recorded(value)).toEqual({
      credentials: { user: "app", list: [M, "MD"], deep: { code: M, n: 5 } },
      secrets: 2,
    });
  });

  it("among headers is masked whatever it is", () => {
    expect(recorded({ headers: { authorization: "x", cookie: "y", accept: "z" }, authorization: "approved" })).toEqual({
      headers: { authorization: M, cookie: M, accept: "z" },
      authorization: "approved",
    });
  });
});

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
