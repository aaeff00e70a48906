import { z as v3 } from "zod";
import { z as v4 } from "zod/v4";
import * as mini from "zod/v4-mini";
import { MODES } from "../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { auto } from "../harness/index.js";
import type { ReceivedSpan } from "../harness/index.js";
import { resolvedReferences } from "./schema/references.js";
import { sentSchema } from "./schema/sent-schema.js";
import { collect, muteConsole, World } from "./world.js";

interface Category {
  name: string;
  children: Category[];
}

const Tree3: v3.ZodType<Category> = v3.object({ name: v3.string(), children: v3.lazy(() => Tree3.array()) });
const Tree4 = v4.object({
  name: v4.string(),
  get children() {
    return v4.array(Tree4);
  },
});
const TreeMini = mini.object({
  name: mini.string(),
  get children() {
    return mini.array(TreeMini);
  },
});

/** One property of each kind of schema that a model can be asked for. */
const everything = {
  "Zod 3": v3.object({
    nested: v3.object({ deep: v3.object({ text: v3.string() }) }),
    union: v3.union([v3.string(), v3.number()]),
    variant: v3.discriminatedUnion("kind", [
      v3.object({ kind: v3.literal("a"), a: v3.string() }),
      v3.object({ kind: v3.literal("b"), b: v3.number() }),
    ]),
    record: v3.record(v3.number()),
    tuple: v3.tuple([v3.string(), v3.number()]),
    choice: v3.enum(["low", "high"]),
    optional: v3.string().optional(),
    nullable: v3.string().nullable(),
    fallback: v3.string().default("none"),
    refined: v3.string().refine((text) => text !== ""),
    transformed: v3.string().transform((text) => text.length),
    piped: v3.string().pipe(v3.coerce.number()),
    lazy: v3.lazy(() => v3.string()),
    tree: Tree3,
    date: v3.coerce.date(),
    branded: v3.string().brand("Id"),
    described: v3.string().describe("who asks"),
    list: v3.array(v3.object({ text: v3.string() })).min(1),
  }),
  "Zod 4": v4.object({
    nested: v4.object({ deep: v4.object({ text: v4.string() }) }),
    union: v4.union([v4.string(), v4.number()]),
    variant: v4.discriminatedUnion("kind", [
      v4.object({ kind: v4.literal("a"), a: v4.string() }),
      v4.object({ kind: v4.literal("b"), b: v4.number() }),
    ]),
    record: v4.record(v4.string(), v4.number()),
    tuple: v4.tuple([v4.string(), v4.number()]),
    choice: v4.enum(["low", "high"]),
    optional: v4.string().optional(),
    nullable: v4.string().nullable(),
    fallback: v4.string().default("none"),
    refined: v4.string().refine((text) => text !== ""),
    transformed: v4.string().transform((text) => text.length),
    piped: v4.string().pipe(v4.coerce.number()),
    lazy: v4.lazy(() => v4.string()),
    tree: Tree4,
    date: v4.coerce.date(),
    branded: v4.string().brand("Id"),
    described: v4.string().describe("who asks"),
    list: v4.array(v4.object({ text: v4.string() })).min(1),
  }),
  "zod/mini": mini.object({
    nested: mini.object({ deep: mini.object({ text: mini.string() }) }),
    union: mini.union([mini.string(), mini.number()]),
    variant: mini.discriminatedUnion("kind", [
      mini.object({ kind: mini.literal("a"), a: mini.string() }),
      mini.object({ kind: mini.literal("b"), b: mini.number() }),
    ]),
    record: mini.record(mini.string(), mini.number()),
    tuple: mini.tuple([mini.string(), mini.number()]),
    choice: mini.enum(["low", "high"]),
    optional: mini.optional(mini.string()),
    nullable: mini.nullable(mini.string()),
    fallback: mini._default(mini.string(), "none"),
    refined: mini.string().check(mini.minLength(1)),
    transformed: mini.pipe(
      mini.string(),
      mini.transform((text: string) => text.length),
    ),
    piped: mini.pipe(mini.string(), mini.string()),
    lazy: mini.lazy(() => mini.string()),
    tree: TreeMini,
    date: mini.pipe(
      mini.iso.datetime(),
      mini.transform((text) => new Date(text)),
    ),
    branded: mini.string().brand("Id"),
    described: mini.string().register(mini.globalRegistry, { description: "who asks" }),
    list: mini.array(mini.object({ text: mini.string() })).check(mini.minLength(1)),
  }),
} as unknown as Record<"Zod 3" | "Zod 4" | "zod/mini", v3.AnyZodObject>;

const answer = {
  nested: { deep: { text: "x" } },
  union: 1,
  variant: { kind: "b", b: 2 },
  record: { one: 1 },
  tuple: ["x", 1],
  choice: "low",
  nullable: null,
  refined: "x",
  transformed: "four",
  piped: "7",
  lazy: "x",
  tree: { name: "root", children: [{ name: "leaf", children: [] }] },
  date: "2026-01-31T00:00:00.000Z",
  branded: "x",
  described: "ACME",
  list: [{ text: "x" }],
};

muteConsole();
let world: World;
beforeEach(async () => {
  world = await World.start();
  world.server.answerWith(auto({ Everything: answer }));
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

interface Told {
  name: string;
  description: string;
  parameters: { properties: object };
}

function toldBy({ attributes }: ReceivedSpan): Told {
  const functions = JSON.parse(attributes["llm.request.functions"] as string) as { type: string; function: Told }[];
  expect(functions).toHaveLength(1);
  expect(functions[0]?.type).toBe("function");
  return functions[0]!.function;
}

describe.each(Object.entries(everything))("the schema text of %s", (zod, schema) => {
  const request = {
    model: "gpt-4o-mini",
    messages: [{ role: "user" as const, content: "Everything" }],
    response_model: { schema, name: "Everything", description: "all there is" },
  };

  it.each(MODES)("is what the model is sent, in %s, whatever the API", async (mode) => {
    const client = createTracedInstructor({ client: world.openai(), mode });
    const result = (await client.create(request)) as Record<string, unknown>;
    expect(result).toMatchObject({ fallback: "none", transformed: 4, date: new Date(answer.date), tree: answer.tree });
    const { schema: sent } = sentSchema(world.server.lastRequest);
    await client.createWithCompletion(request);
    await collect(client.createPartial(request));
    await collect(await client.chat.completions.create({ ...request, stream: true }));
    const spans = await world.spans();
    expect(spans).toHaveLength(4);
    expect(new Set(spans.map(({ attributes }) => attributes["llm.request.functions"])).size).toBe(1);
    const told = toldBy(spans[0]!);
    expect(told).toMatchObject({ name: "Everything", description: "all there is" });
    expect(told.parameters).toEqual(sent);
    expect(Object.keys(told.parameters.properties)).toHaveLength(18);
    // Of Zod 3, Instructor's own references point into definitions that it does not send.
    if (zod !== "Zod 3") expect(() => resolvedReferences(told.parameters)).not.toThrow();
  });

  it.each(["TOOLS", "JSON"] as const)("of a list is that of the list, in %s", async (mode) => {
    world.server.answerWith(auto({ Everything: { items: [answer] } }));
    const client = createTracedInstructor({ client: world.openai(), mode });
    for (const stream of [true, false]) {
      const [item] = await collect(client.createIterable({ ...request, stream }));
      expect(item).toMatchObject({ fallback: "none", transformed: 4 });
    }
    const { schema: sent } = sentSchema(world.server.lastRequest);
    for (const span of await world.spans()) expect(toldBy(span).parameters).toEqual(sent);
    expect(sent).toMatchObject({ properties: { items: { type: "array", items: { properties: { nested: {} } } } } });
    expect(() => resolvedReferences(sent)).not.toThrow();
  });
});

it("a schema is converted once, however many calls, clients, modes and APIs ask for it", async () => {
  let count = 0;
  const schema = v4.object({ customer: v4.string() });
  Object.assign(schema, {
    toJSONSchema: (options: object) => {
      count++;
      return v4.toJSONSchema(schema, options);
    },
  });
  world.server.answerWith(
    auto({ Ticket: ({ messages }) => (JSON.stringify(messages).includes("list") ? { items: [] } : { customer: "A" }) }),
  );
  for (const mode of MODES) {
    const client = createTracedInstructor({ client: world.openai(), mode });
    const request = (content: string) => ({
      model: "gpt-4o-mini",
      messages: [{ role: "user" as const, content }],
      response_model: { schema, name: "Ticket" },
    });
    await Promise.all([client.create(request("one")), client.create(request("two"))]);
    await collect(client.createPartial(request("three")));
    await collect(client.createIterable(request("list")));
  }
  expect(count).toBe(1);
  expect(await world.spans()).toHaveLength(24);
});
