import { ZodError as ZodError3 } from "zod";
import { z } from "zod/v4";
import * as mini from "zod/v4-mini";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { auto, OpenAIServer } from "../harness/index.js";
import type { ReceivedSpan } from "../harness/index.js";
import { sentSchema } from "./schema/sent-schema.js";
import type { World } from "./world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "./world.js";

const Category = z.object({
  name: z.string(),
  get children() {
    return z.array(Category);
  },
});
const Classic = z.strictObject({
  customer: z.string().describe("who asks"),
  due: z.coerce.date(),
  priority: z.enum(["low", "high"]).default("low"),
  category: Category,
  size: z.string().transform((text) => text.length),
});

const MiniCategory = mini.object({
  name: mini.string(),
  get children() {
    return mini.array(MiniCategory);
  },
});
const Mini = mini.strictObject({
  customer: mini.string(),
  due: mini.pipe(
    mini.iso.datetime(),
    mini.transform((text) => new Date(text)),
  ),
  priority: mini._default(mini.enum(["low", "high"]), "low"),
  category: MiniCategory,
  size: mini.pipe(
    mini.string(),
    mini.transform((text: string) => text.length),
  ),
});

const answer = {
  customer: "Müller & Söhne 🎫",
  due: "2026-01-31T00:00:00.000Z",
  category: { name: "root", children: [{ name: "leaf", children: [] }] },
  size: "four",
};
const bad = { ...answer, customer: 7, category: { name: "root" } };
const ticket = { ...answer, due: new Date(answer.due), priority: "low", size: 4 };

const messages = [{ role: "user" as const, content: "Who?" }];
const told = (span: ReceivedSpan) =>
  (JSON.parse(span.attributes["llm.request.functions"] as string) as { function: { parameters: object } }[])[0]
    ?.function;

muteConsole();
let world: World;
eachWorld((made) => (world = made));

/** Answers each request for the schema with the next of some objects, the last one again and again. */
function answering(...objects: unknown[]): void {
  let next = 0;
  world.server.answerWith(auto({ Ticket: () => objects[Math.min(next++, objects.length - 1)] }));
}

describe.each([
  ["zod/v4", Classic],
  ["zod/mini", Mini],
] as const)("a schema of %s", (_, schema) => {
  describe.each(["TOOLS", "MD_JSON"] as const)("in %s", (mode) => {
    const request = {
      model: "gpt-4o-mini",
      response_model: { schema: schema as typeof Classic, name: "Ticket" },
      messages,
    };
    const client = () => createTracedInstructor({ client: world.openai(), mode });

    it("gives its own output, and is retried with its issues, as the span tells", async () => {
      answering(bad, answer);
      const [result, completion] = await client().createWithCompletion({ ...request, max_retries: 1 });
      const { _meta, ...own } = result;
      expect(own).toEqual(ticket);
      const due: Date = result.due;
      expect(due).toBeInstanceOf(Date);
      expect(completion.id).toBe("chatcmpl-2");
      const correction = world.server.lastRequest.body.messages?.at(-1)?.content;
      expect(correction).toContain('at "customer"');
      expect(correction).toContain('at "category.children"');
      const span = await world.span();
      expect(told(span)?.parameters).toEqual(sentSchema(world.server.lastRequest).schema);
      const attempts = attemptsOf(span);
      expect(attempts.map((attempt) => attempt["instructor.attempt.outcome"])).toEqual(["validation_error", "success"]);
      const issues = JSON.parse(attempts[0]?.["instructor.attempt.issues"] as string) as { path: unknown }[];
      expect(issues.map(({ path }) => path)).toEqual([["customer"], ["category", "children"]]);
    });

    it("throws its own error when no answer fits", async () => {
      answering(bad);
      const error: unknown = await client()
        .create({ ...request, max_retries: 2 })
        .catch((reason: unknown) => reason);
      expect(world.server.requests).toHaveLength(3);
      const own = (await schema.safeParseAsync(bad)).error!;
      expect(error).toEqual(own);
      expect((error as object).constructor).toBe(own.constructor);
      expect(error).not.toBeInstanceOf(ZodError3);
      const span = await world.span();
      expect(span.status.code).toBe(2);
      expect(attemptsOf(span)).toHaveLength(3);
    });

    it("gives Instructor's own stream, and growing objects", async () => {
      answering(answer);
      const partials = await collect(await client().create({ ...request, stream: true }));
      expect(partials.length).toBeGreaterThan(5);
      expect(partials.at(-1)).toMatchObject({ customer: answer.customer, priority: "low", due: answer.due });
      const { _meta, ...last } = (await collect(client().createPartial(request))).at(-1)!;
      expect(last).toEqual(answer);
      expect(_meta?._isValid).toBe(true);
    });

    it("gives the items of a list, each its own output, and its own error at one that does not fit", async () => {
      const own = (await schema.safeParseAsync(bad)).error!;
      for (const stream of [true, false]) {
        answering({ items: [answer, { ...answer, size: "five!" }] });
        const items = await collect(client().createIterable({ ...request, stream }));
        expect(items).toEqual([ticket, { ...ticket, size: 5 }]);
        answering({ items: [answer, bad] });
        await expect(collect(client().createIterable({ ...request, stream }))).rejects.toEqual(own);
      }
      answering({ items: [answer, bad] }, { items: [answer] });
      const items = await collect(client().createIterable({ ...request, stream: false, max_retries: 1 }));
      expect(items).toEqual([ticket]);
      expect(world.server.lastRequest.body.messages?.at(-1)?.content).toContain('at "items[1].customer"');
    });
  });
});

describe("a schema of Zod 4", () => {
  const request = { model: "gpt-4o-mini", response_model: { schema: Classic, name: "Ticket" }, messages };

  it("does not make a provider's error one to be retried", async () => {
    answering(bad);
    let count = 0;
    const failing = auto({ Ticket: () => bad });
    world.server.answerWith((sent) =>
      count++ === 0 ? failing(sent) : { kind: "plain", status: 400, contentType: "application/json", body: "{}" },
    );
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await expect(client.create({ ...request, max_retries: 3 })).rejects.toMatchObject({ status: 400 });
    expect(world.server.requests).toHaveLength(2);
  });

  it("works the same in a hundred calls at once", async () => {
    world.server.answerWith(auto({ Ticket: ({ messages: sent }) => (sent!.length === 1 ? bad : answer) }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const results = await Promise.all(Array.from({ length: 100 }, () => client.create({ ...request, max_retries: 1 })));
    for (const result of results) expect(result).toMatchObject(ticket);
    expect(world.server.requests).toHaveLength(200);
  });
});

it("takes a schema of Zod 4 where there is no telemetry", async () => {
  await using server = await OpenAIServer.start({ objects: { Ticket: answer } });
  await world.telemetry.shutdown();
  world.server.clear();
  const openai = world.openai();
  openai.baseURL = server.url;
  const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
  const request = { model: "gpt-4o-mini", response_model: { schema: Classic, name: "Ticket" }, messages };
  expect(await client.create(request)).toMatchObject(ticket);
  expect(
    await collect(client.createIterable({ ...request, stream: false })).catch((error: unknown) => error),
  ).toBeInstanceOf(z.ZodError);
});
