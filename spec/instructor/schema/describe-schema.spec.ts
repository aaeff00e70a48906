import { diag, DiagLogLevel } from "@opentelemetry/api";
import { z as z3 } from "zod";
import { z as z4 } from "zod/v4";
import * as mini from "zod/v4-mini";
import { createRedactor, DEFAULT_REDACTOR } from "../../../lib/capture/masking/redactor.js";
import { describeSchema, functionsText } from "../../../lib/instructor/schema/describe-schema.js";
import { facadeFor } from "../../../lib/instructor/schema/facade.js";
import { zodKind } from "../../../lib/instructor/schema/zod.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";
import { resolvedReferences } from "./references.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z4.object({})));

const jsonSchemaOf = (schema: object) => describeSchema(schema)?.jsonSchema;

interface Category {
  name: string;
  children: Category[];
}

describe("describeSchema", () => {
  it.each<[schema: object, kind: unknown]>([
    [z4.string(), 4],
    [{ _zod: { def: { type: "string" } } }, 4],
    [mini.string(), 4],
    [z3.string(), 3],
    [{ _def: { typeName: "ZodString" } }, 3],
    [{ _def: {} }, undefined],
    [{ _def: null }, undefined],
    [{}, undefined],
  ])("tells which Zod made a schema: case %#", (schema, kind) => {
    expect(zodKind(schema)).toBe(kind);
  });

  it("works a schema out once", () => {
    for (const schema of [z3.object({ a: z3.string() }), z4.object({ a: z4.string() })]) {
      expect(describeSchema(schema)).toBe(describeSchema(schema));
    }
  });

  describe("of Zod 3", () => {
    const Address = z3.object({ street: z3.string(), zip: z3.string().length(5, "five digits") });
    const Recursive: z3.ZodType<Category> = z3.object({
      name: z3.string(),
      children: z3.lazy(() => Recursive.array()),
    });
    const Reused = z3.object({ billing: Address, shipping: Address.optional() });

    it("refers to what is used again", () => {
      expect(resolvedReferences(jsonSchemaOf(Reused))).toEqual([jsonSchemaOf(Address)]);
      expect(resolvedReferences(jsonSchemaOf(Recursive))).toEqual([jsonSchemaOf(Recursive)]);
    });

    it("escapes property names in references", () => {
      const schema = z3.object({ "a/b~1c": Address, again: Address });
      expect(resolvedReferences(jsonSchemaOf(schema))).toEqual([jsonSchemaOf(Address)]);
    });
  });

  describe("of Zod 4", () => {
    const Recursive = z4.object({
      name: z4.string(),
      get children() {
        return z4.array(Recursive);
      },
    });

    it.each<[string, z4.ZodType, unknown]>([
      [
        "nested",
        z4.object({ a: z4.array(z4.string()) }),
        { type: "object", properties: { a: { type: "array", items: { type: "string" } } } },
      ],
      ["union", z4.union([z4.string(), z4.number()]), { anyOf: [{ type: "string" }, { type: "number" }] }],
      [
        "discriminated union",
        z4.discriminatedUnion("kind", [z4.object({ kind: z4.literal("a") })]),
        { anyOf: [{ type: "object", properties: { kind: { type: "string", const: "a" } } }] },
      ],
      ["record", z4.record(z4.string(), z4.number()), { type: "object", additionalProperties: { type: "number" } }],
      ["tuple", z4.tuple([z4.string(), z4.number()]), { prefixItems: [{ type: "string" }, { type: "number" }] }],
      ["enum", z4.enum(["low", "high"]), { enum: ["low", "high"] }],
      ["nullable", z4.string().nullable(), { anyOf: [{ type: "string" }, { type: "null" }] }],
      ["default", z4.string().default("x"), { type: "string", default: "x" }],
      ["refined", z4.string().refine((text) => text !== ""), { type: "string" }],
      ["transformed", z4.string().transform((text) => text.length), { type: "string" }],
      ["preprocessed", z4.preprocess(Number, z4.number()), { type: "number" }],
      ["piped", z4.string().pipe(z4.coerce.number()), { type: "string" }],
      [
        "codec-like pipe",
        z4.pipe(
          z4.iso.datetime(),
          z4.transform((text) => new Date(text)),
        ),
        { type: "string", format: "date-time" },
      ],
      ["lazy", z4.lazy(() => z4.string()), { type: "string" }],
      ["date", z4.date(), { type: "string", format: "date-time" }],
      ["coerced date", z4.coerce.date(), { type: "string", format: "date-time" }],
      ["optional date", z4.coerce.date().optional(), { type: "string", format: "date-time" }],
      ["described date", z4.coerce.date().describe("due"), { type: "string", format: "date-time", description: "due" }],
      ["date with words of its own", z4.coerce.date().meta({ type: "string", format: "date" }), { format: "date" }],
      ["bigint", z4.coerce.bigint(), { type: "integer" }],
      ["branded", z4.string().brand("Id"), { type: "string" }],
      ["readonly", z4.array(z4.string()).readonly(), { type: "array" }],
      ["described", z4.string().describe("of the customer"), { type: "string", description: "of the customer" }],
      ["strict object", z4.strictObject({ a: z4.string() }), { additionalProperties: false }],
      ["loose object", z4.looseObject({ a: z4.string() }), { additionalProperties: {} }],
      ["unrepresentable", z4.custom<string>(), {}],
    ])("describes what it takes: %s", (_, schema, expected) => {
      const jsonSchema = jsonSchemaOf(z4.object({ property: schema }));
      expect(jsonSchema).not.toHaveProperty("$schema");
      expect((jsonSchema?.properties as { property: unknown }).property).toMatchObject(expected as object);
    });

    it("requires what an answer must have, and nothing that has a default", () => {
      const schema = z4.object({ a: z4.string(), b: z4.string().optional(), c: z4.string().default("") });
      expect(jsonSchemaOf(schema)?.required).toEqual(["a"]);
    });

    it("refers to itself where it is recursive", () => {
      expect(resolvedReferences(jsonSchemaOf(Recursive))).toEqual([jsonSchemaOf(Recursive)]);
      const holder = z4.object({ tree: Recursive, trees: z4.array(Recursive) });
      const { $defs: definitions } = jsonSchemaOf(holder) as { $defs: Record<string, unknown> };
      const [definition] = Object.values(definitions);
      expect(resolvedReferences(jsonSchemaOf(holder))).toEqual([definition, definition, definition]);
      expect(definition).toMatchObject({ type: "object", required: ["name", "children"] });
    });

    it("is an object at its root, also where that is a reference", () => {
      expect(jsonSchemaOf(z4.lazy(() => Recursive))).toMatchObject({ type: "object", properties: { name: {} } });
      expect(() => resolvedReferences(jsonSchemaOf(z4.lazy(() => Recursive)))).not.toThrow();
    });

    it("describes mini schemas as it does those of classic Zod", () => {
      const schema = mini.object({ a: mini.optional(mini.string()), b: mini.array(mini.number()), c: mini.date() });
      const classic = z4.object({ a: z4.optional(z4.string()), b: z4.array(z4.number()), c: z4.date() });
      expect(jsonSchemaOf(schema)).toEqual(jsonSchemaOf(classic));
    });

    it("finds the descriptions of a schema that another copy of Zod made", () => {
      let copy = z4;
      jest.isolateModules(() => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        copy = (require("zod/v4") as { z: typeof z4 }).z;
      });
      expect(copy).not.toBe(z4);
      const schema = copy.object({
        a: copy.string().describe("an A"),
        b: copy.number().meta({ description: "a B", examples: [1] }),
      });
      expect(jsonSchemaOf(schema)).toMatchObject({
        properties: { a: { description: "an A" }, b: { description: "a B", examples: [1] } },
      });
    });
  });

  it("describes a facade as what it stands for", () => {
    const schema = z4.object({ a: z4.string() });
    expect(describeSchema(facadeFor(schema)!.schema)?.jsonSchema).toBe(jsonSchemaOf(schema));
  });

  it("gives nothing, one warning and no exception for what it cannot describe", () => {
    const warnings: string[] = [];
    const log = (): void => undefined;
    diag.setLogger(
      { error: log, info: log, debug: log, verbose: log, warn: (message) => void warnings.push(message) },
      DiagLogLevel.ALL,
    );
    const hostile = new Proxy(
      {},
      {
        has: () => {
          throw new Error("no");
        },
      },
    );
    const broken = { _zod: { def: null } };
    const thrower = z3.object({
      a: z3.lazy(() => {
        throw new Error("secret");
      }),
    });
    for (const schema of [{ type: "object" }, {}, { _def: null }, hostile, broken, thrower]) {
      expect(describeSchema(schema)).toBeUndefined();
      expect(describeSchema(schema)).toBeUndefined();
    }
    diag.disable();
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).not.toContain("secret");
  });
});

const Ticket3 = z3.object({ customer: z3.string(), priority: z3.enum(["low", "high"]) });
const Ticket4 = z4.object({ customer: z4.string(), priority: z4.enum(["low", "high"]) });
/** What the traced client hands to Instructor for a Zod 4 schema. */
const facadeOf = (schema: object): object => facadeFor(schema)!.schema;
const parse = (text: string | undefined) => JSON.parse(text ?? "null") as { function: Record<string, unknown> }[];

describe("functionsText", () => {
  it("has the name and the description that the model is sent", () => {
    const schema = facadeOf(z4.object({ a: z4.string() }).describe("the schema's own"));
    const text = functionsText({ name: "My ticket-2!", description: "given", schema }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function).toMatchObject({ name: "My_ticket_2_", description: "the schema's own" });
    expect(parse(text)[0]?.function.parameters).not.toHaveProperty("description");
    expect(
      parse(functionsText({ name: "T", schema: facadeOf(Ticket4) }, DEFAULT_REDACTOR))[0]?.function.description,
    ).toBe("");
  });

  it("is worked out once for each schema, name and description", () => {
    const redact = jest.fn((text: string) => text);
    const redactor = createRedactor(redact);
    const model = { name: "Ticket", schema: z3.object({ a: z3.string().describe("an A") }) };
    const text = functionsText(model, redactor);
    const count = redact.mock.calls.length;
    expect(count).toBeGreaterThan(0);
    expect(functionsText({ ...model }, redactor)).toBe(text);
    expect(redact).toHaveBeenCalledTimes(count);
    expect(parse(functionsText({ ...model, name: "Other" }, redactor))[0]?.function.name).toBe("Other");
    expect(parse(functionsText({ ...model, description: "d" }, redactor))[0]?.function.description).toBe("d");
  });

  it("keeps no text of one redactor for another", () => {
    const schema = z3.object({ a: z3.string().describe("code-name") });
    const hiding = createRedactor({ patterns: [/code-name/g] });
    expect(functionsText({ name: "T", schema }, DEFAULT_REDACTOR)).toContain("code-name");
    expect(functionsText({ name: "T", schema }, hiding)).not.toContain("code-name");
    expect(functionsText({ name: "T", schema }, DEFAULT_REDACTOR)).toContain("code-name");
  });

  it("shows properties that are named like credentials, and masks credentials in its texts", () => {
    const key = `sk-${"a1B2".repeat(8)}`;
    const schema = facadeOf(z4.object({ password: z4.string().describe(`like ${key}`), api_key: z4.string() }));
    const text = functionsText({ name: "Login", schema }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function.parameters).toMatchObject({
      properties: { password: { type: "string" }, api_key: { type: "string" } },
    });
    expect(text).not.toContain(key);
  });

  it("is empty for a Zod 4 schema that Instructor itself is given, and has the references that it sends", () => {
    const text = functionsText({ name: "T", schema: z4.object({ a: z4.string() }) }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function.parameters).toEqual({});
    const twice = functionsText({ name: "My T", schema: z3.object({ a: Ticket3, b: Ticket3 }) }, DEFAULT_REDACTOR);
    expect(twice).toContain('{"$ref":"#/definitions/My_T/properties/a"}');
  });
});
