import { z as z3 } from "zod";
import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import { BridgedError, originalError } from "../../../lib/instructor/schema/issues.js";
import { describeSchema } from "../../../lib/instructor/schema/describe-schema.js";
import { facadeFor } from "../../../lib/instructor/schema/facade.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";
import { auto, OpenAIServer, toolCall } from "../../harness/index.js";
import { correction, instructorWith, MODES } from "./instructor-with.js";
import { sentSchema } from "./sent-schema.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z.object({})));

const facadeOf = (schema: object) => facadeFor(schema)!;

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
    nothing: z.number().nullable(),
    anything: z.record(z.string(), z.number()),
    nested: z.object({ a: z.string(), b: z.string().optional() }),
  })
  .describe("A support ticket");
const answer = {
  customer: "Müller & Söhne 🎫",
  due: "2026-01-31T00:00:00.000Z",
  size: "four",
  tags: ["a", "b"],
  category: { name: "root", children: [{ name: "leaf", children: [] }] },
  nothing: null,
  anything: { one: 1 },
  nested: { a: "A" },
};
const parsed = { ...answer, priority: "low", due: new Date(answer.due), size: 4 };

describe("facadeFor", () => {
  let server: OpenAIServer;

  beforeEach(async () => {
    server = await OpenAIServer.start({ objects: { Ticket: answer } });
    for (const level of ["error", "warn"] as const) jest.spyOn(console, level).mockReturnValue(undefined);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  it("leaves Zod 3 and what is no Zod schema as they are", () => {
    expect(facadeFor(z3.object({}))).toBeUndefined();
    expect(facadeFor({ type: "object" })).toBeUndefined();
  });

  it("is made once for each schema", () => {
    expect(facadeFor(Ticket)).toBe(facadeFor(Ticket));
  });

  describe.each(MODES)("in %s", (mode) => {
    it("sends the model the whole JSON Schema, and gives what Zod 4 makes of the answer", async () => {
      const result = await instructorWith(server, mode, facadeOf(Ticket)).extract();
      expect(result).toEqual(parsed);
      const { description, ...schema } = describeSchema(Ticket)!.jsonSchema;
      const sent = sentSchema(server.lastRequest);
      expect(sent.schema).toEqual(schema);
      expect(JSON.stringify(server.lastRequest.body)).not.toContain("placeholder");
      if (mode !== "JSON_SCHEMA") expect(sent).toMatchObject({ name: "Ticket", description });
      expect(JSON.stringify(server.lastRequest.body)).toContain("A support ticket");
    });

    it("sends the response model's description where the schema has none", async () => {
      const facade = facadeOf(z.object({ customer: z.string() }));
      await instructorWith(server, mode, facade).extract({ description: "given" });
      if (mode !== "JSON_SCHEMA") expect(sentSchema(server.lastRequest).description).toBe("given");
      expect(sentSchema(server.lastRequest).schema).toEqual({
        type: "object",
        properties: { customer: { type: "string" } },
        required: ["customer"],
      });
    });

    it("gives Instructor's own stream of partial objects", async () => {
      const partials = await instructorWith(server, mode, facadeOf(Ticket)).stream();
      const { _meta, ...last } = partials.at(-1)!;
      // Instructor validates no stream: this is the answer, with what was stubbed and did not come, and without the
      // empty array of the leaf, which its parser does not see.
      const category = { name: "root", children: [{ name: "leaf" }] };
      expect(last).toEqual({ ...answer, category, priority: "low", nested: { a: "A", b: null } });
      expect(_meta).toMatchObject({ _isValid: false });
      expect(partials.length).toBeGreaterThan(10);
      expect(partials[0]).toMatchObject({ priority: "low", tags: [], category: { name: null, children: [] } });
      expect(sentSchema(server.lastRequest).schema).toMatchObject({ properties: { category: {} } });
      expect(console.warn).not.toHaveBeenCalledWith(expect.stringContaining("No explicit default"));
      expect(console.error).not.toHaveBeenCalled();
    });

    it("has the answer mended, with every issue told", async () => {
      let count = 0;
      const mending = auto({
        Ticket: () => (count++ === 0 ? { ...answer, customer: 7, category: { name: "root" } } : answer),
      });
      server.answerWith(mending);
      const result = await instructorWith(server, mode, facadeOf(Ticket)).extract({ retries: 1 });
      expect(result).toEqual(parsed);
      expect(server.requests).toHaveLength(2);
      expect(sentSchema(server.lastRequest)).toEqual(sentSchema(server.requests[0]!));
      expect(correction(server)).toContain('expected string, received number at "customer"');
      expect(correction(server)).toContain('received undefined at "category.children"');
    });

    it("throws what carries Zod's own error when no answer fits", async () => {
      server.answerWith(auto({ Ticket: () => ({ customer: 7 }) }));
      const error: unknown = await instructorWith(server, mode, facadeOf(Ticket))
        .extract({ retries: 2 })
        .catch((reason: unknown) => reason);
      expect(server.requests).toHaveLength(3);
      expect(error).toBeInstanceOf(BridgedError);
      expect(originalError(error)).toBeInstanceOf(z.ZodError);
      expect((originalError(error) as z.ZodError).issues[0]).toMatchObject({ path: ["customer"], expected: "string" });
    });

    it("does the same for zod/mini", async () => {
      const schema = mini.strictObject({ customer: mini.string(), when: mini._default(mini.string(), "now") });
      server.answerWith(auto({ Ticket: { customer: "ACME" } }));
      const instructor = instructorWith(server, mode, facadeOf(schema));
      expect(await instructor.extract()).toEqual({ customer: "ACME", when: "now" });
      expect(sentSchema(server.lastRequest).schema).toEqual(describeSchema(schema)?.jsonSchema);
      expect((await instructor.stream()).at(-1)).toMatchObject({
        customer: "ACME",
        when: "now",
        _meta: { _isValid: true },
      });
      server.answerWith(auto({ Ticket: () => ({ customer: 7 }) }));
      const error: unknown = await instructor.extract({ retries: 1 }).catch((reason: unknown) => reason);
      expect(correction(server)).toContain("customer");
      expect(originalError(error)).toEqual((await schema.safeParseAsync({ customer: 7 })).error);
    });
  });

  it("tells a model what each schema of a union said", async () => {
    const schema = z.object({
      either: z.union([z.string(), z.object({ n: z.number() })]),
      kind: z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
      keys: z.record(z.string().min(3), z.number()),
    });
    const bad = { either: { n: "x" }, kind: { kind: "c" }, keys: { a: 1 } };
    server.reply(toolCall({ arguments: bad }), toolCall({ arguments: bad }));
    const instructor = instructorWith(server, "TOOLS", facadeOf(schema));
    await expect(instructor.extract({ retries: 1 })).rejects.toBeInstanceOf(BridgedError);
    const told = correction(server);
    expect(told).toMatch(
      /expected string, received object at "either", or .*expected number, received string at "either.n"/,
    );
    expect(told).toMatch(/at "kind(\.kind)?"/);
    expect(told).toMatch(/Invalid key in record: Too small.* at "keys.a"/);
  });

  it("keeps an answer's own _meta where the schema asks for one", async () => {
    const schema = z.strictObject({ a: z.string(), _meta: z.object({ usage: z.unknown() }).loose() });
    const validation = await facadeOf(schema).schema.safeParseAsync({ a: "A", _meta: { usage: 1 } });
    expect(validation).toEqual({ success: true, data: { a: "A", _meta: { usage: 1 } } });
  });

  it("takes a schema that is transformed, refined or lazy at its root", async () => {
    const base = z.strictObject({ first: z.string(), last: z.string() });
    const whole = base.transform(({ first, last }) => ({ name: `${first} ${last}` }));
    const refined = base.refine(({ first, last }) => first !== last, "the same twice");
    server.answerWith(auto({ Ticket: { first: "A", last: "A" } }));
    expect(await instructorWith(server, "TOOLS", facadeOf(whole)).extract()).toEqual({ name: "A A" });
    expect(sentSchema(server.lastRequest).schema).toMatchObject({ required: ["first", "last"] });
    expect(await instructorWith(server, "TOOLS", facadeOf(z.lazy(() => base))).extract()).toEqual({
      first: "A",
      last: "A",
    });
    await expect(instructorWith(server, "TOOLS", facadeOf(refined)).extract()).rejects.toThrow("the same twice");
    const partials = await instructorWith(server, "TOOLS", facadeOf(whole)).stream();
    expect(partials[0]).toMatchObject({ first: null, last: null });
  });

  it("streams a schema that holds itself without an array between", async () => {
    const Node = z.object({
      name: z.string(),
      get next() {
        return z.optional(Node);
      },
    });
    server.answerWith(auto({ Ticket: { name: "a", next: { name: "b" } } }));
    const partials = await instructorWith(server, "TOOLS", facadeOf(Node)).stream();
    expect(partials.at(-1)).toMatchObject({ name: "a", next: { name: "b" } });
  });

  it("changes no parameters of the caller's, and none that are not its own", async () => {
    const facade = facadeOf(Ticket);
    const own = {
      tools: [{ type: "function", function: { name: "mine", parameters: { type: "object" } } }],
      messages: [],
    };
    const frozen = Object.freeze({ ...own, tools: Object.freeze(own.tools) });
    expect(facade.fillIn(frozen)).toBe(frozen);
    await instructorWith(server, "TOOLS", facade).extract();
    expect(facade.fillIn(server.lastRequest.body)).toBe(server.lastRequest.body);
  });

  it("leaves additionalProperties out where Instructor does so for a provider", () => {
    const facade = facadeOf(z.strictObject({ a: z.strictObject({ b: z.string() }) }));
    const { shape } = facade.schema._def as { shape: () => object };
    const [marker] = Object.keys(shape());
    const parameters = { type: "object", properties: { [marker!]: {} } };
    const mended = facade.fillIn({ tools: [{ type: "function", function: { name: "T", parameters } }] });
    expect(mended.tools[0]?.function.parameters).not.toHaveProperty("additionalProperties");
    expect(mended.tools[0]?.function.parameters).toMatchObject({ properties: { a: { additionalProperties: false } } });
  });
});

describe("originalError", () => {
  it("gives back whatever is no bridged error", () => {
    for (const error of [new Error("x"), undefined, "x", new z3.ZodError([])]) expect(originalError(error)).toBe(error);
  });
});
