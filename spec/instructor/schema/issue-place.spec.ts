import { z } from "zod";
import { z as v4 } from "zod/v4";
import { describeSchema } from "../../../lib/instructor/schema/describe-schema.js";
import { issuePlace } from "../../../lib/instructor/schema/issues.js";
import type { JsonSchema } from "../../../lib/instructor/schema/json-schema.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";

/** The same schema by either Zod. */
function schemas(): [name: string, schema: object][] {
  const build = (zod: typeof z) => {
    const line = zod.object({ sku: zod.string(), amounts: zod.record(zod.string(), zod.number()) });
    const node: z.ZodTypeAny = zod.object({ name: zod.string(), children: zod.array(zod.lazy(() => node)) });
    return zod.object({
      vendor: zod.string().min(2),
      lines: zod.array(line),
      pair: zod.tuple([zod.object({ left: zod.string() }), zod.object({ right: zod.string() })]),
      either: zod.union([zod.object({ card: zod.string() }), zod.object({ iban: zod.string() })]),
      both: zod.object({ a: zod.string() }).and(zod.object({ b: zod.string() })),
      maybe: zod.object({ note: zod.string() }).nullish(),
      "a/b": zod.object({ c: zod.string() }),
      tree: node,
    });
  };
  return [
    ["Zod 3", build(z)],
    ["Zod 4", build(v4 as unknown as typeof z)],
  ];
}

describe.each(schemas())("issuePlace, %s", (_, schema) => {
  let jsonSchema: JsonSchema | undefined;
  beforeAll(async () => {
    await converterFor(schema);
    jsonSchema = describeSchema(schema)?.jsonSchema;
  });

  it.each([
    [["vendor"], "vendor"],
    [["lines", 12, "sku"], "lines[].sku"],
    [["lines", 0], "lines[]"],
    [["lines", 3, "amounts", "ACME Ltd"], "lines[].amounts.*"],
    [["pair", 0, "left"], "pair[].left"],
    [["pair", 1, "right"], "pair[].right"],
    [["pair", 1, "left"], "pair[].*"],
    [["either", "iban"], "either.iban"],
    [["both", "b"], "both.b"],
    [["maybe", "note"], "maybe.note"],
    [["a/b", "c"], "a/b.c"],
    [["tree", "children", 0, "children", 1, "name"], "tree.children[].children[].name"],
    [[], "(root)"],
  ])("%j is %s", (path, place) => {
    expect(issuePlace(path, jsonSchema)).toBe(place);
  });

  it.each([
    [["jane@acme.com"], "*"],
    [["vendor", "jane"], "vendor.*"],
    [["lines", 1, "jane"], "lines[].*"],
    [["jane", 7, "sku"], "*[].*"],
    [["__proto__", "constructor"], "*.*"],
    [[Symbol("jane")], "*"],
  ])("%p shows no name that the schema has not: %s", (path, place) => {
    expect(issuePlace(path, jsonSchema)).toBe(place);
  });

  it("ends where a path is very long", () => {
    const path = Array.from({ length: 60 }, (_each, at) => (at % 2 === 0 ? "children" : 0));
    expect(issuePlace(["tree", ...path], jsonSchema)).toMatch(/^tree(\.children\[\]){7}\.children…$/);
  });
});

describe("issuePlace without a schema", () => {
  it("shows no name at all", () => {
    expect(issuePlace(["a", 1, "b"], undefined)).toBe("*[].*");
  });
});
