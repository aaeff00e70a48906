import { z as z3 } from "zod";
import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import type { JsonSchema } from "../../../lib/instructor/schema/json-schema.js";
import type { Zod4Schema } from "../../../lib/instructor/schema/zod.js";
import type * as DescribeSchema from "../../../lib/instructor/schema/describe-schema.js";
import type * as Converter from "../../../lib/instructor/schema/zod4-json-schema.js";
import { converterFor, zod4JsonSchema } from "../../../lib/instructor/schema/zod4-json-schema.js";
import { resolvedReferences } from "./references.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z.object({})));

const convert = (schema: object): JsonSchema => zod4JsonSchema(schema as Zod4Schema);

function throwing(): never {
  throw new Error("only while parsing");
}

describe("a record", () => {
  const tags = (schema: z.ZodType) => (convert(z.object({ tags: schema })).properties as { tags: object }).tags;

  it("of any names does not say that its names are strings", () => {
    expect(tags(z.record(z.string(), z.number()))).toEqual({
      type: "object",
      additionalProperties: { type: "number" },
    });
    expect(convert(z.record(z.string(), z.record(z.string(), z.string())))).toEqual({
      type: "object",
      additionalProperties: { type: "object", additionalProperties: { type: "string" } },
    });
    expect(convert(mini.object({ tags: mini.record(mini.string(), mini.number()) }))).not.toHaveProperty(
      "properties.tags.propertyNames",
    );
  });

  it("of certain names says which", () => {
    expect(tags(z.record(z.enum(["a", "b"]), z.number()))).toMatchObject({ propertyNames: { enum: ["a", "b"] } });
    expect(tags(z.record(z.string().min(2), z.number()))).toMatchObject({ propertyNames: { minLength: 2 } });
  });

  it("is not taken for a property of the same name", () => {
    expect(convert(z.object({ propertyNames: z.string() }))).toMatchObject({
      properties: { propertyNames: { type: "string" } },
      required: ["propertyNames"],
    });
  });
});

describe("the root", () => {
  const a = z.object({ kind: z.literal("a"), a: z.string() });
  const b = z.object({ kind: z.literal("b"), b: z.number() });
  const Tree = z.object({
    leaf: z.string(),
    get trees() {
      return z.array(Tree);
    },
  });

  it.each<[string, z.ZodType | mini.ZodMiniType]>([
    ["a discriminated union", z.discriminatedUnion("kind", [a, b])],
    ["a union", z.union([a, b])],
    ["a union in a union", z.union([a, z.union([b, z.object({ c: z.string() })])])],
    ["a union of recursive objects", z.union([Tree, z.object({ tree: Tree })])],
    ["a union of one object twice", z.union([Tree, Tree])],
    ["a lazy union", z.lazy(() => z.union([a, b]))],
    ["a union that is refined", z.union([a, b]).refine(() => true)],
    ["a union that is transformed", z.union([a, b]).transform(String)],
    ["an intersection", z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
    ["a union of records and objects", z.union([z.record(z.string(), z.string()), a])],
    ["a union of zod/mini", mini.union([mini.object({ a: mini.string() }), mini.object({ b: mini.string() })])],
    ["a union with a part that cannot be converted", z.union([a, z.object({ bad: z.string().default(throwing) })])],
  ])("has the type object: %s", (_, schema) => {
    expect(convert(schema).type).toBe("object");
    expect(() => resolvedReferences(convert(schema))).not.toThrow();
  });

  it.each<[string, z.ZodType]>([
    ["a union with a text", z.union([a, z.string()])],
    ["what may be null", a.nullable()],
    ["anything", z.any()],
  ])("has no type that it has not: %s", (_, schema) => {
    expect(convert(schema)).not.toHaveProperty("type");
  });
});

/** The modules as a program has them that has seen no schema yet. */
async function fresh(): Promise<typeof Converter & typeof DescribeSchema> {
  jest.resetModules();
  return {
    ...(await import("../../../lib/instructor/schema/zod4-json-schema.js")),
    ...(await import("../../../lib/instructor/schema/describe-schema.js")),
  };
}

const Ticket = mini.object({ customer: mini.string() });

describe("Zod 4's converter", () => {
  afterEach(() => jest.dontMock("zod/v4/core"));

  it("is loaded for the first schema that needs it, once", async () => {
    const { converterFor } = await fresh();
    const loading = converterFor(Ticket);
    expect(loading).toBeInstanceOf(Promise);
    expect(converterFor(mini.object({}))).toBe(loading);
    await loading;
    expect(converterFor(Ticket)).toBeUndefined();
  });

  it.each<[what: string, schema: unknown]>([
    ["a Zod 3 schema", z3.object({})],
    ["a schema that converts itself", { _zod: { def: {} }, toJSONSchema: () => ({}) }],
    ["no schema", undefined],
  ])("is not loaded for %s", async (_, schema) => {
    expect((await fresh()).converterFor(schema)).toBeUndefined();
  });

  it("is asked for by the request, which may be one that cannot be read", async () => {
    const { converterForRequest } = await fresh();
    const hostile = {
      get response_model(): never {
        throw new Error("not today");
      },
    };
    expect(converterForRequest(hostile)).toBeUndefined();
    expect(converterForRequest({})).toBeUndefined();
    expect(converterForRequest({ response_model: { name: "Ticket", schema: Ticket } })).toBeInstanceOf(Promise);
  });

  it("leaves a schema undescribed until it is there, and describes it then", async () => {
    const { converterFor, describeSchema } = await fresh();
    expect(describeSchema(Ticket)).toBeUndefined();
    await converterFor(Ticket);
    expect(describeSchema(Ticket)?.jsonSchema).toMatchObject({ required: ["customer"] });
  });

  it("is tried once where it cannot be loaded, and the schema's own parts alone are described", async () => {
    jest.doMock("zod/v4/core", () => {
      throw new Error("cannot be loaded");
    });
    const { converterFor, describeSchema } = await fresh();
    await converterFor(Ticket);
    expect(converterFor(Ticket)).toBeUndefined();
    expect(describeSchema(Ticket)?.jsonSchema).toMatchObject({ properties: { customer: {} } });
    expect(describeSchema(mini.string())).toBeUndefined();
  });
});
