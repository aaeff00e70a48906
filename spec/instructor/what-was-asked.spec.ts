import { z } from "zod";
import { z as v4 } from "zod/v4";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { withWorkflow } from "../../lib/decorators/decorators.js";
import { getCurrentTraceId } from "../../lib/scope/current-span.js";
import { propagateAttributes } from "../../lib/scope/propagate-attributes.js";
import { content, toolCall } from "../harness/index.js";
import type { World } from "./world.js";
import { attemptsOf, eachWorld, muteConsole } from "./world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "ACME", priority: "high" };
const wrong = { customer: "ACME", priority: "soon" };
const request = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
  response_model: { schema: Ticket, name: "Ticket" },
};

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const traced = (mode: "TOOLS" | "JSON" = "TOOLS") => createTracedInstructor({ client: world.openai(), mode });

describe("what was asked", () => {
  it("is on the span by name and by the schema's hash, with content off too", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    await propagateAttributes({ traceContent: false }, () => traced().create(request));
    const { attributes } = await world.span();
    expect(attributes["instructor.response_model"]).toBe("Ticket");
    expect(attributes["instructor.schema.hash"]).toMatch(/^[0-9a-f]{16}$/);
  });

  it("has the same hash for the same schema, whatever built it, and another for another", async () => {
    const schemas = [
      Ticket,
      z.object({ customer: z.string(), priority: z.enum(["low", "high"]) }),
      Ticket.extend({ priority: z.enum(["low", "high", "urgent"]) }),
      v4.object({ customer: v4.string() }),
      v4.object({ customer: v4.string() }),
    ];
    for (const schema of schemas) {
      world.server.reply(toolCall({ arguments: ticket }));
      await traced().create({ ...request, response_model: { schema, name: "Ticket" } });
    }
    const [first, same, changed, four, sameFour] = (await world.spans()).map(
      ({ attributes }) => attributes["instructor.schema.hash"],
    );
    expect(same).toBe(first);
    expect(sameFour).toBe(four);
    expect(new Set([first, changed, four]).size).toBe(3);
  });
});

describe("an attempt's answer", () => {
  it("is what the model wrote, of the failed attempt too", async () => {
    world.server.reply(toolCall({ arguments: wrong }), toolCall({ arguments: ticket }));
    await traced().create({ ...request, max_retries: 1 });
    const answers = attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.answer"]);
    expect(answers.map((answer) => JSON.parse(String(answer)) as unknown)).toEqual([wrong, ticket]);
  });

  it("is the message where no tool is called, JSON or not", async () => {
    world.server.reply(content("I cannot tell."));
    await traced("JSON")
      .create(request)
      .catch(() => undefined);
    const [attempt] = attemptsOf(await world.span());
    expect(attempt?.["instructor.attempt.answer"]).toBe("I cannot tell.");
  });

  it("is masked", async () => {
    world.server.reply(toolCall({ arguments: { customer: "ACME", password: "hunter2-secret" } }));
    await traced()
      .create(request)
      .catch(() => undefined);
    const [attempt] = attemptsOf(await world.span());
    expect(attempt?.["instructor.attempt.answer"]).toContain("ACME");
    expect(attempt?.["instructor.attempt.answer"]).not.toContain("hunter2");
  });

  it("stays in the process with content off", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    await propagateAttributes({ traceContent: false }, () => traced().create(request));
    const [attempt] = attemptsOf(await world.span());
    expect(attempt).not.toHaveProperty(["instructor.attempt.answer"]);
  });

  it("comes with the tokens that the provider read from its cache", async () => {
    world.server.reply(toolCall({ arguments: ticket, usage: { prompt: 50, completion: 20, cached: 4 } }));
    await traced().create(request);
    const [attempt] = attemptsOf(await world.span());
    expect(attempt?.["instructor.attempt.cached_tokens"]).toBe(4);
  });
});

describe("a call leads back to its trace", () => {
  it("by the trace id that the workflow around it reads, and by the completion's id", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    const [id, traceId] = await withWorkflow("extract", async () => {
      const [, completion] = await traced().createWithCompletion(request);
      return [completion.id, getCurrentTraceId()];
    });
    const spans = await world.spans();
    expect(spans.map((span) => span.traceId)).toEqual([traceId, traceId]);
    expect(world.receiver.only("instructor.create_with_completion").attributes["gen_ai.response.id"]).toBe(id);
  });

  it("by the trace id that a hook reads, without a workflow", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    const client = traced();
    const seen: unknown[] = [];
    client.on("completion:response", () => void seen.push(getCurrentTraceId()));
    await client.createWithCompletion(request);
    expect(seen).toEqual([(await world.span()).traceId]);
  });
});
