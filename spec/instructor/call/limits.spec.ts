import { z } from "zod";
import type { RespanTelemetryOptions } from "../../../lib/index.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { auto } from "../../harness/index.js";
import type { ReceivedSpan } from "../../harness/index.js";
import { attemptsOf, muteConsole, World } from "../world.js";

const response_model = {
  schema: z.object({ text: z.string().max(100_000), list: z.array(z.number()).optional() }),
  name: "Ticket",
};
const long = (length: number, letter = "x"): string => letter.repeat(length);
const bytes = (value: unknown): number => Buffer.byteLength(String(value));
const CUT = "...[cut]";

interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | { readonly type: "text"; readonly text: string }[];
}

muteConsole();

/** Makes one call and gives its span. */
async function spanOf(
  messages: readonly Message[],
  { options, answers = [{ text: "ACME" }] }: { options?: RespanTelemetryOptions; answers?: readonly object[] } = {},
): Promise<ReceivedSpan> {
  await using world = await World.start(options);
  let count = 0;
  world.server.answerWith(auto({ Ticket: () => answers[count++] ?? {} }));
  const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
  // The types of a provider's messages tell each role apart.
  const asked = [...messages] as Parameters<typeof client.create>[0]["messages"];
  await client.create({ model: "gpt-4o-mini", response_model, messages: asked, max_retries: answers.length - 1 });
  return await world.span();
}

/** What of a span counts. */
function contentBytes(span: ReceivedSpan): number {
  const counted = Object.entries(span.attributes).filter(([name]) => !/tool_calls$|functions$/.test(name));
  const events = attemptsOf(span).flatMap((attempt) => Object.values(attempt));
  return [...counted.map(([, value]) => value), ...events].reduce((sum: number, value) => sum + bytes(value), 0);
}

const inputOf = ({ attributes }: ReceivedSpan) =>
  JSON.parse(attributes["traceloop.entity.input"] as string) as { messages: Message[] };

describe("a structured call", () => {
  it("records 60 KiB of a document and of a result whole", async () => {
    const span = await spanOf([{ role: "user", content: long(60_000) }], { answers: [{ text: long(60_000, "y") }] });
    expect(span.attributes["gen_ai.prompt.0.content"]).toBe(long(60_000));
    expect(span.attributes["gen_ai.completion.0.content"]).toBe(JSON.stringify({ text: long(60_000, "y") }));
    expect(span.attributes["traceloop.entity.output"]).toBe(JSON.stringify({ text: long(60_000, "y") }));
    expect(inputOf(span).messages).toEqual([{ role: "user", content: long(60_000) }]);
  });

  it.each([
    ["a text", (text: string) => text],
    ["parts", (text: string) => [{ type: "text" as const, text }]],
  ])("has the longest text of its input cut, and keeps the rest: %s", async (_form, as) => {
    const span = await spanOf([
      { role: "system", content: "Be brief." },
      { role: "user", content: as(long(1_000_000)) },
      { role: "user", content: as("What is it about?") },
    ]);
    const { messages, ...facts } = inputOf(span);
    expect(facts).toEqual({ model: "gpt-4o-mini", response_model: "Ticket", mode: "TOOLS" });
    expect([messages[0], messages[2]]).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: as("What is it about?") },
    ]);
    expect(JSON.stringify(messages[1])).toContain(CUT);
    expect(bytes(span.attributes["traceloop.entity.input"])).toBeLessThanOrEqual(65_536);
    expect(bytes(span.attributes["traceloop.entity.input"])).toBeGreaterThan(65_000);
  });

  const conversation = Array.from({ length: 40 }, (_, index): Message => {
    const role = index === 0 ? "system" : index % 2 === 0 ? "assistant" : "user";
    return { role, content: index % 5 === 4 ? `short ${index}` : `${index} ${long(20_000)}` };
  });

  it("holds 512 KiB in all: the oldest messages in the middle give way", async () => {
    const answers = [{ text: long(100_001, "z") }, { text: long(90_000, "z") }];
    const span = await spanOf(conversation, { answers });
    expect(contentBytes(span)).toBeLessThanOrEqual(524_288 + 2_000);
    const shown = conversation.map((_, index) => span.attributes[`gen_ai.prompt.${index}.content`]);
    const cut = shown.flatMap((text, index) => (text === CUT ? [index] : []));
    expect(cut.length).toBeGreaterThan(10);
    const cutUntil = Math.max(...cut);
    shown.forEach((text, index) => {
      const isCut = index > 0 && index <= cutUntil && index % 5 !== 4;
      expect([index, text]).toEqual([index, isCut ? CUT : conversation[index]?.content]);
      expect(span.attributes[`gen_ai.prompt.${index}.role`]).toBe(conversation[index]?.role);
    });
    expect(cutUntil).toBeLessThan(39);
  });

  it("does so in the current GenAI form, where tool arguments do not count", async () => {
    process.env.OTEL_SEMCONV_STABILITY_OPT_IN = "gen_ai_latest_experimental";
    try {
      const call = { id: "c", type: "function", function: { name: "f", arguments: long(100_000, "a") } };
      const asked = conversation.map((message, index) => (index === 20 ? { ...message, tool_calls: [call] } : message));
      const { attributes } = await spanOf(asked);
      const shown = JSON.parse(attributes["gen_ai.input.messages"] as string) as { role: string; parts: object[] }[];
      expect(shown.map(({ role }) => role)).toEqual(conversation.map(({ role }) => role));
      expect(shown[0]?.parts).toEqual([{ type: "text", content: conversation[0]?.content }]);
      expect(shown[1]?.parts).toEqual([{ type: "text", content: CUT }]);
      expect(shown[4]?.parts).toEqual([{ type: "text", content: "short 4" }]);
      expect(shown[39]?.parts).toEqual([{ type: "text", content: "short 39" }]);
      expect(shown[20]?.parts[1]).toMatchObject({ type: "tool_call", arguments: long(100_000, "a") });
      expect(bytes(attributes["gen_ai.input.messages"])).toBeLessThan(327_680 + 110_000);
    } finally {
      delete process.env.OTEL_SEMCONV_STABILITY_OPT_IN;
    }
  });

  it("records as much as the user's limits say", async () => {
    const options = { limits: { payloadBytes: 2_000, items: 60 } };
    const list = Array.from({ length: 70 }, (_, index) => index);
    const { attributes } = await spanOf([{ role: "user", content: long(5_000) }], {
      options,
      answers: [{ text: "ACME", list }],
    });
    expect(bytes(attributes["gen_ai.prompt.0.content"])).toBe(2_000);
    expect(bytes(attributes["traceloop.entity.input"])).toBeLessThanOrEqual(2_000);
    expect(JSON.parse(attributes["traceloop.entity.output"] as string)).toEqual({
      text: "ACME",
      list: [...list.slice(0, 60), CUT],
    });
  });
});
