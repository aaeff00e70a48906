import { z } from "zod";
import { withTask } from "../../../lib/decorators/decorators.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { toolCall } from "../../harness/index.js";
import type { World } from "../world.js";
import { eachWorld, muteConsole } from "../world.js";

const ticket = { customer: "ACME", summary: "Login failure before a security audit" };
const request = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
  response_model: { schema: z.object({ customer: z.string(), summary: z.string() }), name: "Ticket" },
};

muteConsole();
let world: World;
eachWorld((made) => (world = made));

type Client = ReturnType<typeof createTracedInstructor>;

const SOURCES: readonly [string, (client: Client) => Promise<AsyncGenerator<object>>][] = [
  ["createPartial", async (client) => client.createPartial(request) as AsyncGenerator<object>],
  [
    "create with stream: true",
    async (client) => (await client.chat.completions.create({ ...request, stream: true })) as AsyncGenerator<object>,
  ],
];

describe.each(SOURCES)("the output of a method around %s", (_, start) => {
  it.each<[string, (client: Client) => AsyncIterable<object> | Promise<AsyncIterable<object>>]>([
    ["handed on", start],
    [
      "passed on one by one",
      async function* (client) {
        for await (const partial of await start(client)) yield partial;
      },
    ],
  ])("is the object that it becomes, not each of its states: %s", async (_how, method) => {
    world.server.reply(toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const partials: object[] = [];
    for await (const partial of await withTask("extract", () => method(client))) partials.push(partial);
    expect(partials.length).toBeGreaterThan(2);
    const span = (await world.spans()).find(({ name }) => name === "extract.task");
    expect(JSON.parse(span?.attributes["traceloop.entity.output"] as string)).toEqual(ticket);
  });
});
