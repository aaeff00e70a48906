import fc from "fast-check";
import OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { slot } from "../../../lib/scope/tracing.js";
import { InProcess } from "../../scope/in-process.js";
import { runs } from "./cuts.js";

const Ticket = z.object({ customer: z.string(), tags: z.array(z.string()) });
const MODEL = { schema: Ticket, name: "Ticket" };
const REQUEST = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Extract." }] };

/** A streamed answer as bytes of the wire. */
function body(text: string, sizes: readonly number[], newline: string): Buffer {
  const events: string[] = [];
  const chunk = (delta: object, finish: string | null): void => {
    const data = { id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini" };
    events.push(`data: ${JSON.stringify({ ...data, choices: [{ index: 0, delta, finish_reason: finish }] })}`);
  };
  chunk({ role: "assistant", content: "" }, null);
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunk({ content: text.slice(at, at + size) }, null);
    at += size;
  }
  chunk({}, "stop");
  events.push("data: [DONE]");
  return Buffer.from(events.map((event) => event + newline + newline).join(""));
}

/** The real client, whose server sends these bytes in these pieces. */
function openaiWith(pieces: readonly Uint8Array[]): OpenAI {
  const fetch = (): Promise<Response> => {
    const queue = [...pieces];
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = queue.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
    });
    return Promise.resolve(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
  };
  return new OpenAI({ apiKey: "sk-local", baseURL: "http://127.0.0.1:9/v1", maxRetries: 0, fetch });
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

/** Everything that a consumer sees. */
async function seen(open: () => unknown): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const one of (await open()) as AsyncIterable<unknown>) all.push(JSON.stringify(one));
  } catch (error) {
    all.push((error as Error).message);
  }
  return all;
}

const APIS = ["plain", "createPartial", "createIterable"] as const;

function traced(api: (typeof APIS)[number], openai: OpenAI): Promise<unknown[]> {
  const client = createTracedInstructor({ client: openai, mode: "JSON", streamUsage: true });
  switch (api) {
    case "plain":
      return seen(() => client.chat.completions.create({ ...REQUEST, stream: true }));
    case "createPartial":
      return seen(() => client.createPartial({ ...REQUEST, response_model: MODEL }));
    case "createIterable":
      return seen(() => client.createIterable({ ...REQUEST, response_model: MODEL }));
  }
}

const untraced = (openai: OpenAI): Promise<unknown[]> =>
  seen(() => openai.chat.completions.create({ ...REQUEST, stream: true }));

describe("a stream that is cut at any byte", () => {
  beforeEach(() => {
    for (const method of ["error", "warn"] as const) jest.spyOn(console, method).mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const text = fc.string({ unit: fc.constantFrom("a", "é", "日", "😀", '"', "\\", "\n", "}"), maxLength: 12 });
  const tickets = fc.array(fc.record({ customer: text, tags: fc.array(text, { maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  const streams = fc.record({
    tickets,
    sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    newline: fc.constantFrom("\n", "\r\n"),
    places: fc.array(fc.nat(4_000), { maxLength: 12 }),
    /** How much of it arrives, in thousandths. */
    share: fc.oneof(fc.constant(1_000), fc.nat(1_000)),
    api: fc.constantFrom(...APIS),
  });

  it("is to its consumer what it is in one piece, as untraced, and its span ends", async () => {
    await fc.assert(
      fc.asyncProperty(streams, async ({ tickets: given, sizes, newline, places, share, api }) => {
        const answer = JSON.stringify(api === "createIterable" ? { items: given } : given[0]);
        const whole = body(answer, sizes, newline);
        const sent = whole.subarray(0, Math.floor((whole.length * share) / 1_000));
        using host = new InProcess();
        const inPieces = await traced(api, openaiWith(cutAt(sent, places)));
        expect(inPieces).toEqual(
          api === "plain" ? await untraced(openaiWith([sent])) : await traced(api, openaiWith([sent])),
        );
        expect(slot.tracing?.open.size).toBe(0);
        expect(host.spans).toHaveLength(api === "plain" ? 1 : 2);
        if (share < 1_000) return;
        expect(JSON.parse(String(inPieces.at(-1)))).toMatchObject(
          api === "plain"
            ? { choices: [{ finish_reason: "stop" }] }
            : (given[api === "createIterable" ? given.length - 1 : 0] as object),
        );
      }),
      runs(100),
    );
  });
});
