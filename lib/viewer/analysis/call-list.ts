import type { CallFilter, CallLine, CallList } from "../api.js";
import { ENTITY_OUTPUT } from "../../wire/attributes.js";
import { conversation, messageText } from "../page/model/messages.js";
import { textOf } from "../page/model/json.js";
import type { TraceStore } from "../store/trace-store.js";
import { heldCalls, tokensSum } from "./held-calls.js";
import type { HeldCall } from "./held-calls.js";

const MOST_CHARACTERS = 2_000;

/** Model calls, first to last, each with what was asked and answered. */
export function callList(
  store: TraceStore,
  filter: CallFilter,
  page: { readonly limit: number; readonly after: string | undefined },
): CallList {
  const calls = [...heldCalls(store, filter)].sort(compare);
  const begin = page.after === undefined ? 0 : calls.findIndex((call) => cursorOf(call) === page.after) + 1;
  const shown = calls.slice(begin, begin + page.limit);
  const last = shown.at(-1);
  return {
    calls: shown.map(lineOf),
    matching: calls.length,
    ...(last !== undefined && begin + shown.length < calls.length && { next: cursorOf(last) }),
  };
}

function compare(a: HeldCall, b: HeldCall): number {
  return a.facts.startTime - b.facts.startTime || (cursorOf(a) < cursorOf(b) ? -1 : 1);
}

function cursorOf({ trace, spanId }: HeldCall): string {
  return `${trace.traceId}-${spanId}`;
}

function lineOf(call: HeldCall): CallLine {
  const { trace, spanId, facts, cost, status, attempts } = call;
  const { startTime, endTime, workflow, thread, model, tokens } = facts;
  const { responseModel } = facts.call;
  return {
    traceId: trace.traceId,
    spanId,
    startTime,
    durationMs: Math.round((endTime - startTime) * 1e3) / 1e3,
    status,
    ...(workflow !== undefined && { workflow }),
    ...(thread !== undefined && { thread }),
    ...(responseModel !== undefined && { responseModel }),
    ...(model !== undefined && { model }),
    attempts,
    tokens: tokensSum(tokens === undefined ? [] : [tokens]),
    usd: cost.usd ?? null,
    ...contentOf(call),
  };
}

function contentOf({ trace, spanId }: HeldCall): Pick<CallLine, "asked" | "answered"> {
  const span = trace.span(spanId);
  if (span === undefined) return {};
  const { input, output } = conversation(span.attributes);
  const asking = input.findLast(({ role }) => role === "user");
  const asked = asking === undefined ? "" : messageText(asking);
  const answering = output.at(-1);
  const answered = textOf(span.attributes[ENTITY_OUTPUT]) ?? (answering === undefined ? "" : messageText(answering));
  return { ...(asked !== "" && { asked: cut(asked) }), ...(answered !== "" && { answered: cut(answered) }) };
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
