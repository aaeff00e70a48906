import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import { stubShape } from "../../../lib/instructor/schema/facade.js";
import type { Zod4Schema } from "../../../lib/instructor/schema/zod.js";

function stubOf(schema: unknown): unknown {
  const shape = stubShape(z.object({ property: schema as z.ZodType }) as unknown as Zod4Schema);
  return shape.property?._def.defaultValue();
}

describe("stubShape", () => {
  it.each<[string, unknown, unknown]>([
    ["a string", z.string(), null],
    ["a number", z.number(), null],
    ["an enum", z.enum(["a"]), null],
    ["a union", z.union([z.string(), z.array(z.string())]), null],
    ["what is nullable", z.array(z.string()).nullable(), null],
    ["an array", z.array(z.string()), []],
    ["a record", z.record(z.string(), z.string()), {}],
    ["an object", z.object({ a: z.string(), b: z.array(z.string()) }), { a: null, b: [] }],
    ["a default", z.string().default("x"), "x"],
    ["a default that is made", z.array(z.string()).default(() => ["x"]), ["x"]],
    ["a prefault", z.string().prefault("x"), "x"],
    ["what is optional", z.array(z.string()).optional(), []],
    ["what is readonly", z.array(z.string()).readonly(), []],
    ["what is lazy", z.lazy(() => z.array(z.string())), []],
    ["what is transformed", z.array(z.string()).transform((all) => all.length), []],
    ["what is preprocessed", z.preprocess((all) => all, z.array(z.string())), []],
    [
      "a default that throws",
      z.string().default(() => {
        throw new Error("only while parsing");
      }),
      null,
    ],
    ["a default of zod/mini", mini._default(mini.string(), "x"), "x"],
    ["an object of zod/mini", mini.object({ a: mini.array(mini.string()) }), { a: [] }],
  ])("begins %s as Instructor begins one of Zod 3", (_, schema, expected) => {
    expect(stubOf(schema)).toEqual(expected);
  });

  it("begins anew each time", () => {
    expect(stubOf(z.array(z.string()))).not.toBe(stubOf(z.array(z.string())));
  });

  it("ends where a schema holds itself", () => {
    const Node = z.object({
      name: z.string(),
      get next() {
        return z.optional(Node);
      },
    });
    expect(stubOf(Node)).toEqual({ name: null, next: null });
  });

  it("is empty for what has no properties", () => {
    expect(stubShape(z.string() as never)).toEqual({});
  });
});
