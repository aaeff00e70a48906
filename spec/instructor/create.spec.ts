import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { toolCall } from "../harness/index.js";
import type { World } from "./world.js";
import { attemptsOf, muteConsole, eachWorld } from "./world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]), summary: z.string() });
const ticket = { customer: "ACME", priority: "high", summary: "Cannot log in" };
const request = {
  model: "gpt-4o-mini",
  response_model: { schema: Ticket, name: "Ticket" },
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
};

muteConsole();
let world: World;
eachWorld((made) => (world = made));

describe("create", () => {
  it("gives the validated object and one chat span with everything that is known of the call", async () => {
    world.server.reply(toolCall({ arguments: ticket, usage: { prompt: 57, completion: 21, cached: 3, reasoning: 5 } }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });

    const result = await client.create({ ...request, temperature: 0.2, max_retries: 2 });

    expect(result).toMatchObject(ticket);
    expect(result._meta?.usage?.total_tokens).toBe(78);
    const span = await world.span();
    expect(span.name).toBe("instructor.create");
    expect(span.kind).toBe(2);
    expect(span.status.code).toBe(1);
    expect(span.attributes).toMatchObject({
      "respan.entity.log_type": "chat",
      "llm.request.type": "chat",
      "traceloop.entity.name": "instructor.create",
      "traceloop.entity.path": "",
      "gen_ai.system": "openai",
      "gen_ai.provider.name": "openai",
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.request.temperature": 0.2,
      "gen_ai.is_streaming": false,
      "gen_ai.request.stream": false,
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": "ACME cannot log in",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.finish_reason": "tool_calls",
      "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
      "gen_ai.response.id": "chatcmpl-1",
      "gen_ai.response.finish_reason": "tool_calls",
      "gen_ai.response.finish_reasons": ["tool_calls"],
      "gen_ai.usage.input_tokens": 57,
      "gen_ai.usage.prompt_tokens": 57,
      "gen_ai.usage.output_tokens": 21,
      "gen_ai.usage.completion_tokens": 21,
      "llm.usage.total_tokens": 78,
      "gen_ai.usage.cache_read.input_tokens": 3,
      "gen_ai.usage.cache_read_input_tokens": 3,
      "gen_ai.usage.reasoning.output_tokens": 5,
      "gen_ai.usage.reasoning_tokens": 5,
      "server.address": "127.0.0.1",
      "server.port": world.server.port,
      "respan.metadata.instructor_api": "instructor.create",
      "respan.metadata.mode": "TOOLS",
      "instructor.max_retries": 2,
      "instructor.attempts": 1,
    });
    const json = (name: string) => JSON.parse(span.attributes[name] as string) as unknown;
    expect(json("traceloop.entity.input")).toEqual({
      messages: request.messages,
      model: "gpt-4o-mini",
      response_model: "Ticket",
      mode: "TOOLS",
    });
    expect(json("traceloop.entity.output")).toEqual(ticket);
    expect(json("gen_ai.completion.0.content")).toEqual(ticket);
    expect(json("gen_ai.completion.0.tool_calls")).toEqual([
      { id: "call_golden", type: "function", function: { name: "Ticket", arguments: JSON.stringify(ticket) } },
    ]);
    expect(json("llm.request.functions")).toEqual(world.server.lastRequest.body.tools);
    expect(attemptsOf(span)).toEqual([
      {
        "instructor.attempt.number": 1,
        "instructor.attempt.duration": expect.any(Number),
        "instructor.attempt.finish_reason": "tool_calls",
        "instructor.attempt.input_tokens": 57,
        "instructor.attempt.output_tokens": 21,
        "instructor.attempt.cached_tokens": 3,
        "instructor.attempt.answer": JSON.stringify(ticket),
        "instructor.attempt.outcome": "success",
      },
    ]);
  });

  it("makes one span of all attempts, with the sum of their usage", async () => {
    world.server.reply(toolCall({ arguments: { ...ticket, priority: "soon" } }), toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });

    await client.create({ ...request, max_retries: 2 });

    const span = await world.span();
    expect(span.attributes).toMatchObject({ "instructor.attempts": 2, "llm.usage.total_tokens": 156 });
    const [failed, mended] = attemptsOf(span);
    expect(failed).toMatchObject({ "instructor.attempt.number": 1, "instructor.attempt.outcome": "validation_error" });
    expect(JSON.parse(failed?.["instructor.attempt.issues"] as string)).toEqual([
      { path: ["priority"], code: "invalid_enum_value", message: expect.stringContaining("Invalid enum value") },
    ]);
    expect(mended).toMatchObject({ "instructor.attempt.number": 2, "instructor.attempt.outcome": "success" });
    expect(JSON.parse(mended?.["instructor.attempt.added_messages"] as string)).toEqual([
      { role: "assistant", content: expect.stringContaining('"soon"') },
      { role: "user", content: expect.stringContaining("Please correct the function call") },
    ]);
  });
});
