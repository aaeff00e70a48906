import { z } from "zod";
import { z as v4 } from "zod/v4";
import { describeSchema } from "../../../lib/instructor/schema/describe-schema.js";
import type { Issue } from "../../../lib/instructor/schema/issues.js";
import { BridgedError, issuePlace, issuesOf, originalError } from "../../../lib/instructor/schema/issues.js";
import type { JsonSchema } from "../../../lib/instructor/schema/json-schema.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";

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
      { issues: [{ code: "invalid_union", message: "No matching discriminator", errors: [] }] },
      [expect.objectContaining(invalid(["items", 1], "No matching discriminator")) as Issue],
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

  it("are on the error that Instructor reads, with the message and the cause of the schema's own", () => {
    const issues = [invalid(["a"])];
    const own = new Error("mine");
    const bridged = new BridgedError(issues, own);
    expect(bridged).toMatchObject({ name: "ZodError", message: "mine", issues, errors: issues, cause: own });
    expect(originalError(bridged)).toBe(own);
    expect(new BridgedError(issues, "mine").message).toBe("Validation failed");
  });
});

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
