import { inspect } from "node:util";
import { z } from "zod";
import { createTracedInstructor, InstructorInstrumentor, propagateAttributes } from "../../lib/index.js";
import { httpError, toolCall } from "../harness/index.js";
import { collect, eachWorld } from "../instructor/world.js";
import type { World } from "../instructor/world.js";

const METHODS = ["debug", "info", "warn", "error"] as const;
const request = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "the kestrel" }],
  response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" },
};

describe("what Instructor writes to the console", () => {
  let world: World;
  eachWorld((one) => (world = one));
  const lines: unknown[][] = [];
  const logger = jest.fn();
  beforeEach(() => {
    lines.length = 0;
    logger.mockClear();
    for (const method of METHODS) jest.spyOn(console, method).mockImplementation((...line) => void lines.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  const said = (): string => inspect(lines, { depth: 9 });
  const client = (traceContent?: boolean | (() => boolean), debug = false) =>
    createTracedInstructor({
      client: world.openai(),
      logger,
      debug,
      ...(traceContent !== undefined && { traceContent }),
    });
  const failing = async (work: () => Promise<unknown>): Promise<void> => {
    world.server.reply(httpError(400, { error: { message: "no" } }));
    await expect(work()).rejects.toThrow();
  };

  it("is all of it where content is on", async () => {
    await failing(() => client().create(request));
    expect(said()).toContain("[Instructor:ERROR]");
    expect(said()).toContain("the kestrel");
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a client", () => client(false).create(request)],
    ["a function", () => client(() => false).create(request)],
    ["a scope", () => propagateAttributes({ traceContent: false }, () => client().create(request))],
    ["an instrumentor", () => new InstructorInstrumentor({ traceContent: false }).instrument(client()).create(request)],
    [
      "a stream",
      async () => {
        await collect(await client(false, true).create({ ...request, stream: true }));
      },
    ],
  ])("is the level and a fixed text where content is off, by %s", async (_, work) => {
    await failing(work);
    expect(said()).not.toContain("kestrel");
    if (_ !== "a stream") {
      expect(said()).toContain("[Instructor:ERROR]");
      expect(said()).toContain("(not shown: content is off)");
      expect(inspect(logger.mock.calls, { depth: 9 })).toContain("the kestrel");
    }
  });

  it("holds no answer either, with `debug`", async () => {
    world.server.reply(toolCall({ arguments: { customer: "the kestrel" } }));
    await client(false, true).create({ ...request, messages: [] });
    expect(said()).toContain("[Instructor:DEBUG]");
    expect(said()).not.toContain("kestrel");
  });
});
