import { DiagLogLevel, diag } from "@opentelemetry/api";
import { z as z3 } from "zod";
import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import { describeSchema } from "../../../lib/instructor/schema/describe-schema.js";
import { facadeFor, listFacade } from "../../../lib/instructor/schema/facade.js";
import { BridgedError, originalError } from "../../../lib/instructor/schema/issues.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";
import { auto, OpenAIServer, toolCall } from "../../harness/index.js";
import { MODES } from "../../../lib/instructor/client/config.js";
import { correction, instructorWith } from "./instructor-with.js";
import { resolvedReferences } from "./references.js";
import { sentSchema } from "./sent-schema.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z.object({})));

let server: OpenAIServer;
beforeEach(async () => {
  server = await OpenAIServer.start();
  for (const level of ["error", "warn"] as const) jest.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

const facadeOf = (schema: object) => facadeFor(schema)!;
const failureOf = (result: Promise<unknown>): Promise<unknown> => result.catch((error: unknown) => error);

const Category = z.object({
  name: z.string(),
  get children() {
    return z.array(Category);
  },
});
const Ticket = z
  .strictObject({
    customer: z.string().describe("who asks"),
    priority: z.enum(["low", "high"]).default("low"),
    due: z.coerce.date(),
    size: z.string().transform((text) => text.length),
    tags: z.array(z.string()),
    category: Category,
    nested: z.object({ a: z.string(), b: z.string().optional() }),
  })
  .describe("A support ticket");
const answer = {
  customer: "Müller & Söhne 🎫",
  due: "2026-01-31T00:00:00.000Z",
  size: "four",
  tags: ["a", "b"],
  category: { name: "root", children: [{ name: "leaf", children: [] }] },
  nested: { a: "A" },
};

describe("the facade of a Zod 4 schema", () => {
  beforeEach(() => server.answerWith(auto({ Ticket: answer })));

  it("is one for each schema, and none for Zod 3 and what is no Zod schema", () => {
    expect(facadeFor(Ticket)).toBe(facadeFor(Ticket));
    expect(facadeFor(z3.object({}))).toBeUndefined();
    expect(facadeFor({ type: "object" })).toBeUndefined();
  });

  it("asks for any object where the schema cannot be read, with one warning for each kind of fault", () => {
    const warnings: string[] = [];
    const log = (): void => undefined;
    const logger = {
      error: log,
      info: log,
      debug: log,
      verbose: log,
      warn: (text: string) => void warnings.push(text),
    };
    diag.setLogger(logger, DiagLogLevel.ALL);
    try {
      for (let times = 0; times < 2; times++) {
        const getter = (): never => {
          throw new Error("no");
        };
        const facade = facadeOf({ _zod: { def: { type: "lazy", getter } } });
        expect(parametersOf(facade)).toEqual({ type: "object" });
        expect(facade.schema.shape).toEqual({});
        const request = { messages: [] };
        expect(facade.fillIn(request)).toBe(request);
      }
    } finally {
      diag.disable();
    }
    expect(warnings.sort()).toEqual([
      "respan-instructor: Instructor sent a request that has no place for its schema.",
      "respan-instructor: a response_model's schema could not be converted to JSON Schema.",
    ]);
  });

  describe.each(MODES)("in %s", (mode) => {
    it("gives Instructor's own stream of partial objects", async () => {
      const partials = await instructorWith(server, mode, facadeOf(Ticket)).stream();
      const { _meta, ...last } = partials.at(-1)!;
      // Instructor validates no stream: this is the answer, with what was stubbed and did not come, and without the
      // empty array of the leaf, which its parser does not see.
      const category = { name: "root", children: [{ name: "leaf" }] };
      expect(last).toEqual({ ...answer, category, priority: "low", nested: { a: "A", b: null } });
      expect(_meta).toMatchObject({ _isValid: false });
      expect(partials[0]).toMatchObject({ priority: "low", tags: [], category: { name: null, children: [] } });
      expect(console.warn).not.toHaveBeenCalledWith(expect.stringContaining("No explicit default"));
      expect(console.error).not.toHaveBeenCalled();
    });

    it("has the answer corrected, with every issue told, and throws what carries Zod's own error", async () => {
      const bad = { ...answer, customer: 7, category: { name: "root" } };
      server.answerWith(auto({ Ticket: bad }));
      const error = await failureOf(instructorWith(server, mode, facadeOf(Ticket)).extract({ retries: 1 }));
      expect(server.requests).toHaveLength(2);
      expect(sentSchema(server.lastRequest)).toEqual(sentSchema(server.requests[0]!));
      expect(correction(server)).toContain('expected string, received number at "customer"');
      expect(correction(server)).toContain('received undefined at "category.children"');
      expect(error).toBeInstanceOf(BridgedError);
      expect(originalError(error)).toEqual((await Ticket.safeParseAsync(bad)).error);
    });
  });

  it("tells a model what each schema of a union said", async () => {
    const schema = z.object({
      either: z.union([z.string(), z.object({ n: z.number() })]),
      kind: z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
      keys: z.record(z.string().min(3), z.number()),
    });
    server.answerWith(auto({ Ticket: { either: { n: "x" }, kind: { kind: "c" }, keys: { a: 1 } } }));
    const failing = instructorWith(server, "TOOLS", facadeOf(schema)).extract({ retries: 1 });
    await expect(failing).rejects.toBeInstanceOf(BridgedError);
    const told = correction(server);
    expect(told).toMatch(
      /expected string, received object at "either", or .*expected number, received string at "either.n"/,
    );
    expect(told).toMatch(/at "kind(\.kind)?"/);
    expect(told).toMatch(/Invalid key in record: Too small.* at "keys.a"/);
  });

  it("takes a schema that is transformed, refined or lazy at its root", async () => {
    const base = z.strictObject({ first: z.string(), last: z.string() });
    const whole = base.transform(({ first, last }) => ({ name: `${first} ${last}` }));
    const refined = base.refine(({ first, last }) => first !== last, "the same twice");
    server.answerWith(auto({ Ticket: { first: "A", last: "A" } }));
    const extract = (schema: object) => instructorWith(server, "TOOLS", facadeOf(schema)).extract();
    expect(await extract(whole)).toEqual({ name: "A A" });
    expect(sentSchema(server.lastRequest).schema).toMatchObject({ required: ["first", "last"] });
    expect(await extract(z.lazy(() => base))).toEqual({ first: "A", last: "A" });
    await expect(extract(refined)).rejects.toThrow("the same twice");
    const partials = await instructorWith(server, "TOOLS", facadeOf(whole)).stream();
    expect(partials[0]).toMatchObject({ first: null, last: null });
  });

  it("changes no parameters of the caller's, and none that are not its own", async () => {
    const facade = facadeOf(Ticket);
    const tools = Object.freeze([{ type: "function", function: { name: "mine", parameters: { type: "object" } } }]);
    const frozen = Object.freeze({ tools, messages: [] });
    expect(facade.fillIn(frozen)).toBe(frozen);
    await instructorWith(server, "TOOLS", facade).extract();
    expect(facade.fillIn(server.lastRequest.body)).toBe(server.lastRequest.body);
  });

  it.each<[what: string, value: unknown]>([
    ["null", null],
    ["nothing", undefined],
    ["a text", "_meta"],
  ])("has what is no object validated as it is: %s", async (_, value) => {
    const facade = facadeOf(z.object({ a: z.string() }).or(z.null()).or(z.undefined()).or(z.string()));
    await expect(facade.schema.safeParseAsync(value)).resolves.toEqual({ success: true, data: value });
  });

  it("has an answer validated without Instructor's _meta, unless the schema asks for one", async () => {
    const given = { a: "x", _meta: { usage: 7 } };
    const own = facadeOf(z.strictObject({ a: z.string() }));
    await expect(own.schema.safeParseAsync(given)).resolves.toEqual({ success: true, data: { a: "x" } });
    const asking = facadeOf(z.strictObject({ a: z.string(), _meta: z.object({ usage: z.number() }) }));
    await expect(asking.schema.safeParseAsync(given)).resolves.toEqual({ success: true, data: given });
  });

  it("leaves its root's name and description to the function, and an item's address out", () => {
    const schema = z.object({ name: z.string(), description: z.string() });
    const named = parametersOf(facadeOf(schema.meta({ name: "Ticket", description: "A ticket" })));
    expect(Object.keys(named).sort()).toEqual(["properties", "required", "type"]);
    expect(named).toHaveProperty("properties.description");
    const addressed = parametersOf(listFacade(schema.meta({ $id: "https://example.com/ticket" })));
    expect(addressed).not.toHaveProperty("properties.items.items.$id");
  });
});

/** The schema that a facade puts in its place. */
function parametersOf(facade: ReturnType<typeof listFacade>): object {
  const parameters = { properties: { respan_instructor_placeholder: {} }, additionalProperties: false };
  return facade.fillIn({ functions: [{ parameters }] }).functions[0]!.parameters;
}

describe("what a property is before the model has said it", () => {
  const initialValue = (property: unknown): unknown => {
    const shape = facadeOf(z.object({ property: property as z.ZodType })).schema.shape as Record<string, StubProperty>;
    return shape.property?._def.defaultValue();
  };
  interface StubProperty {
    _def: { defaultValue: () => unknown };
  }
  const Node = z.object({
    name: z.string(),
    get next() {
      return z.optional(Node);
    },
  });

  it.each<[what: string, schema: unknown, expected: unknown]>([
    ["a string", z.string(), null],
    ["an enum", z.enum(["a"]), null],
    ["a union", z.union([z.string(), z.array(z.string())]), null],
    ["what is nullable", z.array(z.string()).nullable(), null],
    ["an array", z.array(z.string()), []],
    ["a record", z.record(z.string(), z.string()), {}],
    ["an object", z.object({ a: z.string(), b: z.array(z.string()) }), { a: null, b: [] }],
    ["an object with an id", z.object({ a: z.string() }).meta({ id: "StubWithId" }), { a: null }],
    ["what holds itself", Node, { name: null, next: null }],
    ["a default", z.string().default("x"), "x"],
    ["a default that is made", z.array(z.string()).default(() => ["x"]), ["x"]],
    ["a prefault", z.string().prefault("x"), "x"],
    ["what is optional", z.array(z.string()).optional(), []],
    ["what is transformed", z.array(z.string()).transform((all) => all.length), []],
    ["what is preprocessed", z.preprocess((all) => all, z.array(z.string())), []],
    ["what cannot be converted", z.string().default((): never => JSON.parse("no") as never), null],
    ["an object of zod/mini", mini.object({ a: mini.array(mini.string()) }), { a: [] }],
  ])("is as Instructor has it for Zod 3, anew each time: %s", (_, schema, expected) => {
    expect(initialValue(schema)).toEqual(expected);
    if (expected !== null && typeof expected === "object") expect(initialValue(schema)).not.toBe(initialValue(schema));
  });
});

describe("the facade of a list", () => {
  const items = {
    "Zod 3": z3.object({ owner: z3.string(), due: z3.coerce.date(), done: z3.boolean().default(false) }).strict(),
    "Zod 4": z.strictObject({ owner: z.string(), due: z.coerce.date(), done: z.boolean().default(false) }),
    "zod/mini": mini.strictObject({
      owner: mini.string(),
      due: mini.pipe(
        mini.string(),
        mini.transform((text: string) => new Date(text)),
      ),
      done: mini._default(mini.boolean(), false),
    }),
  };
  const answers = [
    { owner: "Ada", due: "2026-01-01" },
    { owner: "Grace", due: "2026-01-02", done: true },
  ];
  const list = { items: answers.map((one) => ({ done: false, ...one, due: new Date(one.due) })) };
  beforeEach(() => server.answerWith(auto({ Ticket: { items: answers } })));

  describe.each(Object.entries(items))("of %s items", (_, item) => {
    it("asks for a list of them and validates each", async () => {
      expect(listFacade(item)).toBe(listFacade(item));
      const instructor = instructorWith(server, "TOOLS", listFacade(item));
      expect(await instructor.extract()).toEqual(list);
      expect(sentSchema(server.lastRequest).schema).toEqual({
        type: "object",
        properties: { items: { type: "array", items: describeSchema(item)?.jsonSchema } },
        required: ["items"],
        additionalProperties: false,
      });
      const partials = await instructor.stream();
      expect(partials[0]).toMatchObject({ items: [] });
      expect(partials.at(-1)).toMatchObject({ items: answers, _meta: { _isValid: true } });
    });

    it("has invalid items corrected, and throws what carries the schema's own error about the first", async () => {
      const bad = { owner: 1, due: "2026-01-01" };
      server.answerWith(auto({ Ticket: { items: [answers[0], bad, { due: "2026-01-01" }] } }));
      const error = await failureOf(instructorWith(server, "TOOLS", listFacade(item)).extract({ retries: 1 }));
      expect(correction(server)).toContain('at "items[1].owner"');
      expect(correction(server)).toContain('at "items[2].owner"');
      expect(error).toBeInstanceOf(BridgedError);
      const own = (await item.safeParseAsync(bad)).error!;
      expect(originalError(error)).toEqual(own);
      expect((originalError(error) as object).constructor).toBe(own.constructor);
    });

    it("says that an answer holds no list, with an error of the schema's own Zod", async () => {
      server.answerWith(auto({ Ticket: { list: answers } }));
      const error = await failureOf(instructorWith(server, "TOOLS", listFacade(item)).extract({ retries: 1 }));
      expect(correction(server)).toContain('Expected an array at "items"');
      const own = (await item.safeParseAsync(undefined)).error!;
      expect((originalError(error) as object).constructor).toBe(own.constructor);
    });

    it("takes a bare array, which models answer at times", async () => {
      server.reply(toolCall({ arguments: answers }));
      expect(await instructorWith(server, "TOOLS", listFacade(item)).extract()).toEqual(list);
    });
  });

  it.each<[what: string, answer: unknown, items: string[] | undefined]>([
    ["a list under its name", { items: ["a", "b"] }, ["a", "b"]],
    ["an empty list", { items: [] }, []],
    ["a bare list", ["a", "b"], ["a", "b"]],
    ["a bare list that Instructor made an object", { 0: "a", 1: "b", _meta: { usage: undefined } }, ["a", "b"]],
    ["an object", { a: "a" }, undefined],
    ["an object with gaps", { 0: "a", 2: "b" }, undefined],
    ["an empty object", {}, undefined],
    ["no list under the name", { items: "a", 0: "a" }, undefined],
    ["null for the list", { items: null }, undefined],
    ["null", null, undefined],
    ["a text", "a", undefined],
  ])("takes or refuses %s", async (_, given, expected) => {
    for (const item of [z.string(), mini.string()]) {
      const validation = await listFacade(item).schema.safeParseAsync(given);
      expect(validation.success ? validation.data : undefined).toEqual(expected && { items: expected });
      if (validation.success) continue;
      expect(validation.error.issues).toEqual([
        { code: "invalid_type", path: ["items"], message: "Expected an array" },
      ]);
      expect(originalError(validation.error)).toBeInstanceOf(Error);
    }
  });

  it("says what it wants in place of the list, where the item's Zod can", async () => {
    const errorOf = async (item: object) => {
      const validation = await listFacade(item).schema.safeParseAsync({ items: "none" });
      return validation.success ? undefined : originalError(validation.error);
    };
    for (const item of [items["Zod 3"], items["Zod 4"]]) {
      expect(await errorOf(item)).toMatchObject({ issues: [{ code: "invalid_type", expected: "array" }] });
    }
    expect(await errorOf(mini.any())).toEqual(new TypeError("the answer holds no array of items"));
  });

  it("asks for a list of anything where the item cannot be described", () => {
    expect(parametersOf(listFacade({ safeParseAsync: () => undefined }))).toEqual({
      type: "object",
      properties: { items: { type: "array", items: {} } },
      required: ["items"],
      additionalProperties: false,
    });
  });

  it("has references that resolve for recursive items of both Zods", () => {
    interface Tree {
      name: string;
      children: Tree[];
    }
    const Tree3: z3.ZodType<Tree> = z3.object({ name: z3.string(), children: z3.lazy(() => Tree3.array()) });
    for (const item of [Tree3, Category, z.object({ tree: Category }), z3.object({ a: Tree3, b: Tree3 })]) {
      const schema = parametersOf(listFacade(item));
      const references = resolvedReferences(schema);
      expect(references.length).toBeGreaterThan(0);
      expect(schema).not.toHaveProperty("properties.items.items.$defs");
      for (const target of references)
        expect(target).toMatchObject({ type: "object", properties: { name: { type: "string" } } });
    }
  });
});
