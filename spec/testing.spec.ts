import { Task, Workflow, createTracedInstructor } from "respan-instructor";
import { captureSpans } from "respan-instructor/testing";
import type { CapturedSpans } from "respan-instructor/testing";
import { z } from "zod";

const completion = (answer: object): object => ({
  model: "gpt-4o-mini",
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  choices: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        tool_calls: [{ id: "1", type: "function", function: { name: "Ticket", arguments: JSON.stringify(answer) } }],
      },
    },
  ],
});

class Desk {
  answers: object[] = [{ customer: 1 }, { customer: "ACME" }];
  readonly #client = createTracedInstructor({
    client: {
      baseURL: "https://api.openai.com/v1",
      chat: { completions: { create: async () => Promise.resolve(completion(this.answers.shift() ?? {})) } },
    },
    logger: () => undefined,
  });

  @Workflow("support")
  async extract(message: string): Promise<string> {
    this.lookUp(message);
    const ticket = await this.#client.create({
      model: "gpt-4o-mini",
      max_retries: 1,
      messages: [{ role: "user", content: message }],
      response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" },
    });
    return ticket.customer;
  }

  @Task("look_up")
  lookUp(message: string): number {
    return message.length;
  }

  @Task("failing")
  fail(): never {
    throw new RangeError("too far");
  }
}

describe("spans captured in memory", () => {
  let spans: CapturedSpans;
  beforeEach(() => {
    jest.spyOn(console, "warn").mockReturnValue(undefined);
    spans = captureSpans();
  });
  afterEach(() => {
    spans.dispose();
    jest.restoreAllMocks();
  });

  it("are plain objects, there as soon as they have ended", async () => {
    await new Desk().extract("hello");
    expect(spans.all.map(({ name }) => name)).toEqual(["support.workflow", "look_up.task", "instructor.create"]);
    const call = spans.find("instructor.create");
    expect(call).toMatchObject({
      kind: "chat",
      status: "ok",
      output: { customer: "ACME" },
      attempts: [
        { number: 1, outcome: "validation_error", answer: '{"customer":1}', issues: [{ path: ["customer"] }] },
        { number: 2, outcome: "success", answer: '{"customer":"ACME"}' },
      ],
      usage: { inputTokens: 22, outputTokens: 14, totalTokens: 36 },
    });
    expect(call?.attributes["gen_ai.request.model"]).toBe("gpt-4o-mini");
    expect(call?.parent).toMatchObject({ name: "support.workflow", kind: "workflow", parent: undefined });
    expect(spans.find("look_up")).toMatchObject({
      kind: "task",
      input: { args: ["hello"], kwargs: {} },
      output: 5,
      attempts: [],
      usage: undefined,
    });
    expect(spans.find(({ output }) => output === "ACME")?.name).toBe("support.workflow");
    expect(spans.find("unheard of")).toBeUndefined();
    expect([...spans]).toHaveLength(3);
    expect(spans.filter(({ parent }) => parent?.name === "support.workflow")).toHaveLength(2);
  });

  it("have a tree that is the same at every run", async () => {
    await new Desk().extract("hello");
    expect(() => new Desk().fail()).toThrow("too far");
    expect(spans.tree()).toBe(
      [
        "support.workflow",
        "  look_up.task",
        "  instructor.create [validation_error, success]",
        "failing.task [error: RangeError]",
      ].join("\n"),
    );
    expect(spans.find("failing")).toMatchObject({ status: "error", statusMessage: "too far" });
    spans.clear();
    expect(spans.tree()).toBe("");
  });

  it("are kept apart in work that runs at the same time", async () => {
    const [first, second] = await Promise.all([
      spans.within(() => new Desk().extract("hello")),
      spans.within(() => new Desk().lookUp("hi")),
    ]);
    expect(first.result).toBe("ACME");
    expect(first.all).toHaveLength(3);
    expect(second.result).toBe(2);
    expect(second.tree()).toBe("look_up.task");
    expect(spans.all).toHaveLength(4);
    await expect(spans.within(() => new Desk().fail())).rejects.toThrow("too far");
  });

  it("are captured by one at a time, until it is disposed of", () => {
    expect(() => captureSpans()).toThrow("captureSpans: spans are captured already");
    spans.dispose();
    new Desk().lookUp("untraced");
    const next = captureSpans();
    spans.dispose();
    new Desk().lookUp("traced");
    expect([spans.all.length, next.all.length]).toEqual([0, 1]);
    next[Symbol.dispose]();
  });

  it("hold no content where that is off", () => {
    spans.dispose();
    using quiet = captureSpans({ traceContent: false });
    new Desk().lookUp("hello");
    expect(quiet.find("look_up")).toMatchObject({ input: undefined, output: undefined });
  });
});
