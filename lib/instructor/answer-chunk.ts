/** A piece of an answer: of its content, or of what a tool is called with. */
export interface AnswerPiece {
  /** Which of a chunk's tool calls; `undefined` for content. */
  readonly tool: number | undefined;
  readonly text: string;
}

interface Delta {
  content?: string | null;
  tool_calls?: { index?: number; function?: { arguments?: string } }[] | null;
  function_call?: { arguments?: string } | null;
}

/** What a chunk of a completion stream adds to the answer. */
export function answerPieces(chunk: unknown): AnswerPiece[] {
  const { choices } = (chunk ?? {}) as { choices?: { delta?: Delta | null }[] | null };
  const delta = choices?.[0]?.delta;
  if (delta === undefined || delta === null) return [];
  const pieces: AnswerPiece[] = [];
  for (const { index = 0, function: fn } of delta.tool_calls ?? []) {
    if (fn?.arguments) pieces.push({ tool: index, text: fn.arguments });
  }
  if (delta.function_call?.arguments) pieces.push({ tool: 0, text: delta.function_call.arguments });
  if (typeof delta.content === "string" && delta.content !== "") pieces.push({ tool: undefined, text: delta.content });
  return pieces;
}
