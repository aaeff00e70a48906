import { z as z3 } from "zod";
import * as mini from "zod/v4-mini";
import type * as DescribeSchema from "../../../lib/instructor/schema/describe-schema.js";
import type * as ZodCore from "../../../lib/instructor/schema/zod4-json-schema.js";

/** The modules as a program has them that has seen no schema yet. */
async function fresh(): Promise<typeof ZodCore & typeof DescribeSchema> {
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

  it("is tried once where it cannot be loaded, and the schema is not described", async () => {
    jest.doMock("zod/v4/core", () => {
      throw new Error("cannot be loaded");
    });
    const { converterFor, describeSchema } = await fresh();
    await converterFor(Ticket);
    expect(converterFor(Ticket)).toBeUndefined();
    expect(describeSchema(Ticket)).toBeUndefined();
  });
});
