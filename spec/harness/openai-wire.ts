import { asText } from "./openai-answers.js";
import type { Completion, ToolCall, Usage } from "./openai-answers.js";

/** What of a request shapes the answer to it. */
export interface ChatRequest {
  model?: string;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  messages?: readonly { role: string; content?: unknown }[];
  tools?: readonly { function?: { name?: string } }[];
  tool_choice?: string | { function?: { name?: string } };
  functions?: readonly { name?: string }[];
  function_call?: string | { name?: string };
  response_format?: {
    type?: string;
    schema?: JsonSchema;
    json_schema?: { name?: string; schema?: JsonSchema };
  };
}

/** As much of a JSON Schema as it takes to recognize one. */
export interface JsonSchema {
  properties?: Record<string, unknown>;
  required?: readonly string[];
}

const DATED_MODELS: Record<string, string> = {
  "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
  "gpt-4o": "gpt-4o-2024-08-06",
  "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
};

const CREATED = 1_721_260_800;
const PIECE = 8;
const DEFAULT_USAGE: Usage = { prompt: 57, completion: 21 };

/** The name of the tool that a request wants called. */
export function requestedTool(request: ChatRequest): string | undefined {
  const { tool_choice: choice } = request;
  if (typeof choice === "object" && choice.function?.name !== undefined) return choice.function.name;
  return request.tools?.[0]?.function?.name;
}

/** The name of the function that a request wants called. */
export function requestedFunction(request: ChatRequest): string | undefined {
  const { function_call: choice } = request;
  if (typeof choice === "object" && choice.name !== undefined) return choice.name;
  return request.functions?.[0]?.name;
}

/** The model's name as OpenAI answers it. */
export function answeredModel(requested: string): string {
  return DATED_MODELS[requested] ?? requested;
}

/** The body of an answer that is sent whole. */
export function completionBody(answer: Completion, request: ChatRequest, id: string): Record<string, unknown> {
  const usage = usageBody(answer);
  return {
    ...envelope(answer, request, id, "chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: answer.content ?? null,
          refusal: answer.refusal ?? null,
          ...(answer.toolCalls && { tool_calls: answer.toolCalls.map((call, i) => wireToolCall(call, i, request)) }),
          ...(answer.functionCall && { function_call: wireFunctionCall(answer.functionCall, request) }),
        },
        logprobs: null,
        finish_reason: finishReason(answer),
      },
    ],
    ...(usage !== undefined && { usage }),
  };
}

/** The server-sent events of an answer that is streamed, `[DONE]` included, each as it goes over the wire. */
export function completionEvents(answer: Completion, request: ChatRequest, id: string): string[] {
  const events = answer.events ?? chunks(answer, request, id);
  const lines = events.map((event) => `data: ${asText(event)}\n\n`);
  if (!answer.withoutDone) lines.push("data: [DONE]\n\n");
  return lines;
}

function chunks(answer: Completion, request: ChatRequest, id: string): Record<string, unknown>[] {
  const usage = usageBody(answer);
  const isUsageSent =
    usage !== undefined && (answer.forceUsage === true || request.stream_options?.include_usage === true);
  const head = {
    ...envelope(answer, request, id, "chat.completion.chunk"),
    ...(isUsageSent && { usage: null }),
  };
  const chunk = (delta: object, finish: string | null = null): Record<string, unknown> => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const sent = deltas(answer, request).map((delta) => chunk(delta));
  sent.push(chunk({}, finishReason(answer)));
  if (isUsageSent) sent.push({ ...head, choices: [], usage });
  return sent;
}

function deltas(answer: Completion, request: ChatRequest): object[] {
  const first = { role: "assistant", content: answer.content === undefined ? null : "", refusal: null };
  if (answer.toolCalls) {
    return answer.toolCalls.flatMap((call, index) => {
      const { id, type, function: fn } = wireToolCall(call, index, request);
      const opening = { tool_calls: [{ index, id, type, function: { name: fn.name, arguments: "" } }] };
      return [
        index === 0 ? { ...first, ...opening } : opening,
        ...split(fn.arguments, answer.pieces).map((piece) => ({
          tool_calls: [{ index, function: { arguments: piece } }],
        })),
      ];
    });
  }
  if (answer.functionCall) {
    const { name, arguments: text } = wireFunctionCall(answer.functionCall, request);
    return [
      { ...first, function_call: { name, arguments: "" } },
      ...split(text, answer.pieces).map((piece) => ({ function_call: { arguments: piece } })),
    ];
  }
  const key = answer.refusal === undefined ? "content" : "refusal";
  return [first, ...split(answer.refusal ?? answer.content ?? "", answer.pieces).map((piece) => ({ [key]: piece }))];
}

function envelope(answer: Completion, request: ChatRequest, id: string, object: string): Record<string, unknown> {
  return {
    id: answer.completionId ?? id,
    object,
    created: CREATED,
    model: answer.model ?? answeredModel(request.model ?? "gpt-4o-mini"),
    service_tier: "default",
    system_fingerprint: "fp_local",
  };
}

function wireToolCall(call: ToolCall, index: number, request: ChatRequest) {
  return {
    id: call.id ?? (index === 0 ? "call_golden" : `call_golden_${index}`),
    type: "function",
    function: { name: call.name ?? requestedTool(request) ?? "unnamed", arguments: asText(call.arguments) },
  };
}

function wireFunctionCall(call: Omit<ToolCall, "id">, request: ChatRequest) {
  return { name: call.name ?? requestedFunction(request) ?? "unnamed", arguments: asText(call.arguments) };
}

function finishReason(answer: Completion): string | null {
  if (answer.finishReason !== undefined) return answer.finishReason;
  if (answer.toolCalls) return "tool_calls";
  return answer.functionCall ? "function_call" : "stop";
}

function usageBody(answer: Completion): unknown {
  if (answer.rawUsage !== undefined) return answer.rawUsage;
  if (answer.usage === null) return undefined;
  const { prompt, completion, total = prompt + completion, cached, reasoning } = answer.usage ?? DEFAULT_USAGE;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 } }),
  };
}

function split(text: string, pieces: Completion["pieces"] = PIECE): readonly string[] {
  if (typeof pieces === "object" && typeof pieces[0] === "string") return pieces as readonly string[];
  // By characters, so that a chunk's JSON never holds half of a surrogate pair.
  const characters = Array.from(text);
  const parts: string[] = [];
  let from = 0;
  for (const cut of cutPositions(characters.length, pieces as number | readonly number[])) {
    if (cut > from) parts.push(characters.slice(from, cut).join(""));
    from = cut;
  }
  return parts;
}

/** Ascending cut positions, the end included, for a size or for given positions. */
export function cutPositions(length: number, cuts: number | readonly number[]): number[] {
  if (typeof cuts !== "number") {
    return [...cuts.filter((cut) => cut > 0 && cut < length).sort((a, b) => a - b), length];
  }
  const positions: number[] = [];
  for (let cut = cuts; cut < length; cut += cuts) positions.push(cut);
  positions.push(length);
  return positions;
}
