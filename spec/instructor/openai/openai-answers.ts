import type OpenAI from "openai";
import type { Answer } from "../../harness/index.js";
import { json } from "../../harness/index.js";

/** Answers of the Responses API, as a test's provider gives them. */
export const USAGE = {
  input_tokens: 57,
  input_tokens_details: { cached_tokens: 7 },
  output_tokens: 21,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 78,
};

type Item = Record<string, unknown>;

/** A message with one text. */
export const message = (text: string, more: Item = {}): Item => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
  ...more,
});

export const refusalItem = (refusal: string): Item => message("", { content: [{ type: "refusal", refusal }] });

export const functionCallItem = (name: string, args: unknown, more: Item = {}): Item => ({
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  name,
  arguments: typeof args === "string" ? args : JSON.stringify(args),
  status: "completed",
  ...more,
});

/** A response with these items. */
export const responseOf = (output: Item[], more: Item = {}): Item => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "gpt-4o-mini-2024-07-18",
  status: "completed",
  error: null,
  incomplete_details: null,
  service_tier: "default",
  output,
  usage: USAGE,
  ...more,
});

export const respond = (output: Item[], more: Item = {}): Answer => json(responseOf(output, more));

/** The events of a streamed response that OpenAI sends for a message with one text, or for a function call. */
export function eventsOf(response: Item, size = 5): Item[] {
  const begun = { ...response, status: "in_progress", output: [], usage: null };
  const items = (response.output as Item[]).flatMap((item, output_index) => {
    const at = { output_index, item_id: item.id };
    const [part] = (item.content ?? []) as Item[];
    const text = (part?.text ?? part?.refusal ?? item.arguments) as string;
    const kind = part === undefined ? "function_call_arguments" : part.type === "refusal" ? "refusal" : "output_text";
    const inPart = part === undefined ? at : { ...at, content_index: 0 };
    const whole = { function_call_arguments: "arguments", refusal: "refusal", output_text: "text" }[kind];
    const empty = part === undefined ? { ...item, arguments: "" } : { ...item, content: [] };
    const added = part && { type: "response.content_part.added", ...inPart, part: { ...part, [whole]: "" } };
    return [
      { type: "response.output_item.added", ...at, item: empty },
      ...(added ? [added] : []),
      ...(text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []).map((delta) => ({
        type: `response.${kind}.delta`,
        ...inPart,
        delta,
      })),
      { type: `response.${kind}.done`, ...inPart, [whole]: text },
      { type: "response.output_item.done", ...at, item },
    ];
  });
  const all = [
    { type: "response.created", response: begun },
    ...items,
    { type: `response.${String(response.status)}`, response },
  ];
  return all.map((event, sequence_number) => ({ ...event, sequence_number }));
}

/** Events as a server sends them. */
export const stream = (events: readonly Item[], more: Partial<Answer> = {}): Answer => ({
  kind: "plain",
  status: 200,
  contentType: "text/event-stream",
  body: events.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  ...(more as object),
});

export const streamed = (output: Item[], more: Item = {}): Answer => stream(eventsOf(responseOf(output, more)));

/** What both an OpenAI client and a traced client of Instructor's have. */
export type Client = Pick<OpenAI, "chat" | "responses">;
