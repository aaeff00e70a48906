import { z as z3 } from "zod";
import { z as z4 } from "zod/v4";
import * as mini from "zod/v4-mini";
import { BridgedError, originalError } from "../../../lib/instructor/schema/issues.js";
import { describeSchema } from "../../../lib/instructor/schema/describe-schema.js";
import { listFacade } from "../../../lib/instructor/schema/facade.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";
import { auto, OpenAIServer, toolCall } from "../../harness/index.js";
import { correction, instructorWith, MODES } from "./instructor-with.js";
import { resolvedReferences } from "./references.js";
import { sentSchema } from "./sent-schema.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z4.object({})));

interface Tree {
  name: string;
  children: Tree[];
}
const Tree3: z3.ZodType<Tree> = z3.object({ name: z3.string(), children: z3.lazy(() => Tree3.array()) });
const Tree4 = z4.object({
  name: z4.string(),
  get children() {
    return z4.array(Tree4);
  },
});

const items = {
  "Zod 3": z3.object({ owner: z3.string(), due: z3.coerce.date(), done: z3.boolean().default(false) }).strict(),
  "Zod 4": z4.strictObject({ owner: z4.string(), due: z4.coerce.date(), done: z4.boolean().default(false) }),
  "Zod mini": mini.strictObject({
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
const parsed = {
  items: [
    { owner: "Ada", due: new Date("2026-01-01"), done: false },
    { owner: "Grace", due: new Date("2026-01-02"), done: true },
  ],
};

describe("listFacade", () => {
  let server: OpenAIServer;

  beforeEach(async () => {
    server = await OpenAIServer.start({ objects: { Ticket: { items: answers } } });
    for (const level of ["error", "warn"] as const) jest.spyOn(console, level).mockReturnValue(undefined);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  describe.each(Object.keys(items) as (keyof typeof items)[])("of %s items", (zod) => {
    const item = items[zod];

    it("is made once for each schema", () => {
      expect(listFacade(item)).toBe(listFacade(item));
    });

    it.each(MODES)("asks for a list of them and validates each, in %s", async (mode) => {
      const instructor = instructorWith(server, mode, listFacade(item));
      expect(await instructor.extract()).toEqual(parsed);
      expect(sentSchema(server.lastRequest).schema).toEqual({
        type: "object",
        properties: { items: { type: "array", items: describeSchema(item)?.jsonSchema } },
        required: ["items"],
        additionalProperties: false,
      });
      const partials = await instructor.stream();
      expect(partials[0]).toMatchObject({ items: [] });
      expect(partials.at(-1)).toMatchObject({ items: answers, _meta: { _isValid: true } });
      expect(console.warn).not.toHaveBeenCalledWith(expect.stringContaining("No explicit default"));
    });

    it("has invalid items mended, told where each stands", async () => {
      const bad = { items: [answers[0], { owner: 1, due: "2026-01-01" }, { due: "2026-01-01" }] };
      server.reply(toolCall({ arguments: bad }), toolCall({ arguments: { items: answers } }));
      expect(await instructorWith(server, "TOOLS", listFacade(item)).extract({ retries: 1 })).toEqual(parsed);
      expect(correction(server)).toContain('at "items[1].owner"');
      expect(correction(server)).toContain('at "items[2].owner"');
    });

    it("throws what carries the schema's own error about the first invalid item", async () => {
      server.answerWith(auto({ Ticket: { items: [answers[0], { owner: 1, due: "2026-01-01" }, {}] } }));
      const error: unknown = await instructorWith(server, "TOOLS", listFacade(item))
        .extract()
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(BridgedError);
      const own = (await item.safeParseAsync({ owner: 1, due: "2026-01-01" })).error!;
      expect(originalError(error)).toEqual(own);
      expect((originalError(error) as object).constructor).toBe(own.constructor);
    });

    it.each([{}, { items: null }, { items: "none" }, { items: { 0: answers[0] } }, { list: answers }])(
      "says that %j holds no list, with an error of the schema's own Zod",
      async (answer) => {
        server.answerWith(auto({ Ticket: answer }));
        const error: unknown = await instructorWith(server, "TOOLS", listFacade(item))
          .extract({ retries: 1 })
          .catch((reason: unknown) => reason);
        expect(correction(server)).toContain('Expected an array at "items"');
        const own = (await item.safeParseAsync(undefined)).error!;
        expect((originalError(error) as object).constructor).toBe(own.constructor);
      },
    );

    it("takes a bare array, which models answer at times", async () => {
      server.reply(toolCall({ arguments: answers }));
      expect(await instructorWith(server, "TOOLS", listFacade(item)).extract()).toEqual(parsed);
      expect(await listFacade(item).schema.safeParseAsync(answers)).toEqual({ success: true, data: parsed });
    });

    it("takes an empty list", async () => {
      server.answerWith(auto({ Ticket: { items: [] } }));
      expect(await instructorWith(server, "TOOLS", listFacade(item)).extract()).toEqual({ items: [] });
    });
  });

  it("says what it wants in place of the list, where the item's Zod can", async () => {
    for (const item of [items["Zod 3"], items["Zod 4"]]) {
      const validation = await listFacade(item).schema.safeParseAsync({ items: "none" });
      if (validation.success) throw new Error("it took a text for a list");
      expect((originalError(validation.error) as { issues: unknown[] }).issues).toMatchObject([
        { code: "invalid_type", expected: "array" },
      ]);
    }
  });

  it("takes items of any kind", async () => {
    const facade = listFacade(z4.string().min(2));
    expect(describeSchema(facade.schema)?.jsonSchema).toMatchObject({
      properties: { items: { items: { type: "string", minLength: 2 } } },
    });
    expect(await facade.schema.safeParseAsync({ items: ["ab"] })).toEqual({ success: true, data: { items: ["ab"] } });
    expect(await facade.schema.safeParseAsync({ items: ["a"] })).toMatchObject({ success: false });
  });

  it("tells what each schema of an item's union said, where it stands, in both Zods", async () => {
    const bad = { items: [{ id: true }] };
    for (const item of [
      z3.object({ id: z3.union([z3.string(), z3.number()]) }),
      z4.object({ id: z4.union([z4.string(), z4.number()]) }),
    ]) {
      server.reply(toolCall({ arguments: bad }), toolCall({ arguments: bad }));
      await expect(instructorWith(server, "TOOLS", listFacade(item)).extract({ retries: 1 })).rejects.toThrow();
      expect(correction(server)).toMatch(
        /string, received boolean at "items\[0\]\.id", or .*number, received boolean at "items\[0\]\.id"/,
      );
    }
  });

  it("has references that resolve for recursive items of both Zods", () => {
    for (const item of [Tree3, Tree4, z4.object({ tree: Tree4 }), z3.object({ a: Tree3, b: Tree3 })]) {
      const list = describeSchema(listFacade(item).schema)?.jsonSchema;
      const references = resolvedReferences(list);
      expect(references.length).toBeGreaterThan(0);
      expect(list).not.toHaveProperty("properties.items.items.$defs");
      for (const target of references)
        expect(target).toMatchObject({ type: "object", properties: { name: { type: "string" } } });
    }
  });
});
