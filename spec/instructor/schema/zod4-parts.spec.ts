import { diag, DiagLogLevel } from "@opentelemetry/api";
import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import type { JsonSchema } from "../../../lib/instructor/schema/json-schema.js";
import type { Zod4Schema } from "../../../lib/instructor/schema/zod.js";
import { converterFor, zod4JsonSchema } from "../../../lib/instructor/schema/zod4-json-schema.js";
import { resolvedReferences } from "./references.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z.object({})));

const convert = (schema: object): JsonSchema => zod4JsonSchema(schema as Zod4Schema);

function throwing(): never {
  throw new Error("only while parsing");
}

/** Two modules may each describe their own `Address`, which Zod takes since 4.3, and does not convert together. */
function withId(id: string, schema: z.ZodType): z.ZodType {
  return Object.assign(schema, { meta: () => ({ id }) });
}

function notTogether<S extends object>(schema: S): S {
  const toJSONSchema = (): never => {
    throw new Error('Duplicate schema id "Address" detected during JSON Schema conversion.');
  };
  return Object.assign(schema, { toJSONSchema });
}

/** Parts that Zod's converter refuses, and with them the whole schema. */
const refused: Record<string, () => object> = {
  "a default that throws": () => z.string().default(throwing),
  "a prefault that throws": () => z.string().prefault(throwing),
  "a default that is a bigint": () => z.coerce.bigint().default(1n),
  "a default that holds a bigint": () => z.object({ n: z.bigint() }).default({ n: 1n }),
  "a default that refers to itself": () => {
    const value: Record<string, unknown> = {};
    value.self = value;
    return z.record(z.string(), z.unknown()).default(value);
  },
  "a catch that reads its input": () =>
    z.enum(["low", "high"]).catch(({ value }) => (value === "LOW" ? "low" : "high")),
  "an example that is a bigint": () => z.string().meta({ examples: [1n] }),
  "a lazy schema that throws": () => z.lazy(throwing),
  "a default of zod/mini that throws": () => mini._default(mini.string(), throwing),
};

describe("a part that cannot be converted", () => {
  it.each(Object.entries(refused))("becomes {} alone: %s", (_, part) => {
    const schema = z.object({
      customer: z.string().describe("who asks"),
      part: part() as z.ZodType,
      more: z.array(z.number()),
    });
    expect(convert(schema)).toMatchObject({
      type: "object",
      properties: {
        customer: { type: "string", description: "who asks" },
        part: {},
        more: { type: "array", items: { type: "number" } },
      },
      required: expect.arrayContaining(["customer", "more"]) as unknown,
    });
    expect((convert(schema).properties as { part: unknown }).part).toEqual({});
  });

  const bad = z.string().default(throwing);
  it.each<[string, z.ZodType, object]>([
    [
      "an object",
      z.object({ a: z.string(), bad }),
      { type: "object", properties: { a: { type: "string" }, bad: {} }, required: ["a"] },
    ],
    [
      "a strict object",
      z.strictObject({ bad }),
      { type: "object", properties: { bad: {} }, additionalProperties: false },
    ],
    [
      "an object with further properties",
      z.object({ bad }).catchall(z.number()),
      { additionalProperties: { type: "number" } },
    ],
    ["an array", z.array(bad), { type: "array", items: {} }],
    [
      "a tuple",
      z.tuple([z.string(), bad], z.number()),
      { prefixItems: [{ type: "string" }, {}], items: { type: "number" } },
    ],
    ["a record", z.record(z.string(), bad), { type: "object", additionalProperties: {} }],
    ["a union", z.union([z.string(), z.object({ bad })]), { anyOf: [{ type: "string" }, { properties: { bad: {} } }] }],
    [
      "an intersection",
      z.intersection(z.object({ a: z.string() }), z.object({ bad })),
      { allOf: [{ required: ["a"] }, { properties: { bad: {} } }] },
    ],
    [
      "what is optional",
      z.object({ a: z.string(), bad }).optional(),
      { properties: { a: { type: "string" }, bad: {} } },
    ],
    ["what is nullable", z.object({ bad }).nullable(), { anyOf: [{ properties: { bad: {} } }, { type: "null" }] }],
    ["what is readonly", z.object({ bad }).readonly(), { properties: { bad: {} } }],
    ["what is lazy", z.lazy(() => z.object({ bad })), { properties: { bad: {} } }],
    ["what is transformed", z.object({ bad }).transform(String), { properties: { bad: {} } }],
    ["what is preprocessed", z.preprocess(Number, z.object({ bad })), { properties: { bad: {} } }],
    ["what is described", z.object({ bad }).describe("all"), { description: "all", properties: { bad: {} } }],
  ])("is found within %s", (_, part, expected) => {
    const jsonSchema = convert(z.object({ before: z.string(), part }));
    expect(jsonSchema).toMatchObject({ properties: { before: { type: "string" }, part: expected } });
  });

  it("leaves out of the required properties what an answer may leave out", () => {
    const schema = z.object({
      a: z.string(),
      b: z.string().optional(),
      c: z.string().default("c"),
      d: z.lazy(throwing),
      bad,
    });
    expect(convert(schema).required).toEqual(["a"]);
    expect(convert(z.object({ bad }))).not.toHaveProperty("required");
  });

  it("is found within a recursive schema, whose references still resolve", () => {
    const Node = z.object({
      name: z.string(),
      bad,
      get children() {
        return z.array(Node);
      },
    });
    const jsonSchema = convert(Node);
    expect(jsonSchema).toMatchObject({ type: "object", properties: { name: { type: "string" }, bad: {} } });
    expect(resolvedReferences(jsonSchema)).not.toHaveLength(0);
    for (const target of resolvedReferences(jsonSchema))
      expect(target).toMatchObject({ required: ["name", "children"] });
    const holder = convert(z.object({ one: Node, all: z.array(Node) }));
    for (const target of resolvedReferences(holder))
      expect(target).toMatchObject({ properties: { name: { type: "string" } } });
  });

  it("stands beside recursive parts that can be converted, whose references still resolve", () => {
    const Tree = z.object({
      leaf: z.string(),
      get trees() {
        return z.array(Tree);
      },
    });
    const jsonSchema = convert(z.object({ tree: Tree, within: z.object({ tree: z.array(Tree) }), bad }));
    const targets = resolvedReferences(jsonSchema);
    expect(targets.length).toBeGreaterThan(1);
    for (const target of targets) expect(target).toMatchObject({ properties: { leaf: { type: "string" } } });
  });

  it("is told of once", async () => {
    const warnings: string[] = [];
    const log = (): void => undefined;
    diag.setLogger(
      { error: log, info: log, debug: log, verbose: log, warn: (message) => void warnings.push(message) },
      DiagLogLevel.ALL,
    );
    try {
      await jest.isolateModulesAsync(async () => {
        const fresh = await import("../../../lib/instructor/schema/zod4-json-schema.js");
        await fresh.converterFor(z.object({}));
        for (let count = 0; count < 2; count++) fresh.zod4JsonSchema(z.object({ bad }));
      });
    } finally {
      diag.disable();
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("a part of a response_model's schema could not be converted");
  });

  it("is no reason for an exception unless it is all that there is", () => {
    expect(() => convert(z.lazy(throwing))).toThrow("nothing of the schema can be converted");
  });
});

describe("two parts with one id", () => {
  const Address = (key: string) => withId("Address", z.object({ [key]: z.string() }));

  it("are both described, each as itself", () => {
    const jsonSchema = convert(notTogether(z.object({ from: Address("street"), to: Address("city") })));
    expect(jsonSchema).toMatchObject({
      properties: { from: { properties: { street: {} } }, to: { properties: { city: {} } } },
      required: ["from", "to"],
    });
  });

  it("do not change each other where they are nested", () => {
    const holder = (key: string) => z.object({ one: Address(key), two: z.string() });
    const shared = holder("street");
    const jsonSchema = convert(notTogether(z.object({ from: shared, to: holder("city"), via: shared.optional() })));
    expect(resolvedReferences(jsonSchema)).toMatchObject(
      ["street", "city", "street"].map((key) => ({ required: [key] })),
    );
  });
});
