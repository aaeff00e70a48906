/* global Response -- Node's own */
/**
 * The measured application: the project's own copies of openai, zod and Instructor, the same ones for every
 * contender (Instructor retries only on the `ZodError` of the zod that it loaded itself), and a model that answers
 * in-process, so that nothing but JavaScript is measured.
 */
import OpenAI from "../node_modules/openai/index.mjs";
import Instructor from "../node_modules/@instructor-ai/instructor/dist/index.js";
import { z } from "../node_modules/zod/index.js";

export { Instructor, OpenAI };

export const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
  tags: z.array(z.string()),
});

const TICKET = {
  customer: "ACME",
  priority: "high",
  summary: "Cannot log in before a security audit and needs help today.",
  tags: ["login", "audit"],
};
const LONG_TICKET = { ...TICKET, summary: `${TICKET.summary} `.repeat(50) };

export const MESSAGE = "ACME cannot log in before a security audit and needs help today.";

/** The parameters of an Instructor call, with a prompt of the given length. */
export function ticketRequest(promptLength = MESSAGE.length) {
  const prompt = MESSAGE.repeat(Math.ceil(promptLength / MESSAGE.length)).slice(0, promptLength);
  return {
    model: "gpt-4o-mini",
    max_retries: 2,
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [
      { role: "system", content: "You extract support tickets." },
      { role: "user", content: `Extract the support ticket from this message: ${prompt}` },
    ],
  };
}

function completion(ticket) {
  return JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 1_750_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "SupportTicket", arguments: JSON.stringify(ticket) } },
          ],
        },
        logprobs: null,
        finish_reason: "tool_calls",
      },
    ],
    usage: { prompt_tokens: 57, completion_tokens: 21, total_tokens: 78 },
    system_fingerprint: "fp_bench",
  });
}

const headers = { "content-type": "application/json" };
const GOOD = completion(TICKET);
const BAD = completion({ ...TICKET, priority: "urgent" });

/** Answers every request at once with a ticket. */
export function answers() {
  return () => Promise.resolve(new Response(GOOD, { headers }));
}

/** Answers with a ticket that fits only at every so many requests: the answers between fail validation. */
export function answersAtAttempt(attempt) {
  let request = 0;
  return () => Promise.resolve(new Response(++request % attempt === 0 ? GOOD : BAD, { headers }));
}

export const STREAMED_CHUNKS = 500;

/** Answers with a stream of 500 chunks. */
export function answersInChunks() {
  const text = JSON.stringify(LONG_TICKET);
  const size = Math.ceil(text.length / STREAMED_CHUNKS);
  const event = (delta, finish_reason = null) =>
    `data: ${JSON.stringify({
      id: "chatcmpl-bench",
      object: "chat.completion.chunk",
      created: 1_750_000_000,
      model: "gpt-4o-mini-2024-07-18",
      choices: [{ index: 0, delta, finish_reason }],
    })}\n\n`;
  const events = Array.from({ length: STREAMED_CHUNKS }, (_, index) => {
    const piece = text.slice(index * size, (index + 1) * size);
    const call = { index: 0, function: { arguments: piece } };
    return event({
      tool_calls: [
        index === 0
          ? { ...call, id: "call_1", type: "function", function: { name: "SupportTicket", arguments: piece } }
          : call,
      ],
    });
  });
  const body = `${events.join("")}${event({}, "tool_calls")}data: [DONE]\n\n`;
  return () => Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
}

/**
 * Instructor with nothing in it: what is measured with this is the tracing alone, in caches that nothing else has filled.
 * It answers with a ticket, by way of its client and its schema, as Instructor does.
 */
export class BareInstructor {
  provider = "OTHER";
  retryAllErrors = false;

  constructor({ client, mode }) {
    this.client = client;
    this.mode = mode;
    this.chat = { completions: { create: (request) => this.chatCompletionStandard(request) } };
  }

  async chatCompletionStandard({ response_model: model, ...request }) {
    const { usage } = await this.client.chat.completions.create({ ...request, stream: false });
    const { data } = await model.schema.safeParseAsync(TICKET);
    return { ...data, _meta: { usage } };
  }

  async *chatCompletionStream() {
    // Nothing of it is measured.
  }
}

const COMPLETION = JSON.parse(GOOD);

/** A client that answers without asking. */
export const BARE_CLIENT = {
  baseURL: "http://model.invalid/v1",
  chat: { completions: { create: () => Promise.resolve(COMPLETION) } },
};

/** An OpenAI client whose model answers with `fetch`. */
export function openai(fetch) {
  return new OpenAI({ apiKey: "sk-bench", baseURL: "http://model.invalid/v1", maxRetries: 0, fetch });
}

/** Reads a stream of partial objects to its end. */
export async function consume(stream) {
  let last;
  for await (const partial of stream) last = partial;
  return last;
}

/** The work of the decorated methods: next to nothing, so that what is measured is the tracing around it. */
export function classified(text) {
  return { label: "login", length: text.length };
}

/** The traced methods' argument. */
export const ARGUMENT = "ACME cannot log in";
export const ITEMS = 1_000;
