import type { ApiSpan, CallFilter, CallLine, CallList } from "../api.js";
import { ENTITY_OUTPUT } from "../../wire/attributes.js";
import { conversation, messageText } from "../page/model/messages.js";
import { textOf } from "../page/model/json.js";
import type { HeldCall } from "../store/trace-calls.js";
import type { TraceStore } from "../store/trace-store.js";
import { attemptCount, heldCalls, tokensSum } from "./held-calls.js";

const MOST_CHARACTERS = 2_000;

/** Model calls, first to last, each with what was asked and answered. */
export function callList(
  store: TraceStore,
  filter: CallFilter,
  page: { readonly limit: number; readonly after: string | undefined },
): CallList {
  const calls = heldCalls(store, filter).sort(compare);
  const begin = page.after === undefined ? 0 : calls.findIndex((call) => cursorOf(call) === page.after) + 1;
  const shown = calls.slice(begin, begin + page.limit);
  const last = shown.at(-1);
  return {
    calls: shown.map((call) => lineOf(call, store.span(call))),
    matching: calls.length,
    ...(last !== undefined && begin + shown.length < calls.length && { next: cursorOf(last) }),
  };
}

function compare(a: HeldCall, b: HeldCall): number {
  return a.facts.startTime - b.facts.startTime || (cursorOf(a) < cursorOf(b) ? -1 : 1);
}

function cursorOf({ traceId, spanId }: HeldCall): string {
  return `${traceId}-${spanId}`;
}

function lineOf(call: HeldCall, span: ApiSpan | undefined): CallLine {
  const { traceId, spanId, facts } = call;
  const { startTime, endTime, workflow, thread, model, tokens } = facts;
  const { responseModel, usd } = facts.call;
  return {
    traceId,
    spanId,
    startTime,
    durationMs: Math.round((endTime - startTime) * 1e3) / 1e3,
    status: facts.isError ? "error" : "ok",
    ...(workflow !== undefined && { workflow }),
    ...(thread !== undefined && { thread }),
    ...(responseModel !== undefined && { responseModel }),
    ...(model !== undefined && { model }),
    attempts: attemptCount(call),
    tokens: tokensSum([tokens], (counts) => counts),
    usd: usd ?? null,
    ...(span !== undefined && contentOf(span)),
  };
}

function contentOf({ attributes }: ApiSpan): Pick<CallLine, "asked" | "answered"> {
  const { input, output } = conversation(attributes);
  const asking = input.findLast(({ role }) => role === "user");
  const asked = asking === undefined ? "" : messageText(asking);
  const answering = output.at(-1);
  const answered = textOf(attributes[ENTITY_OUTPUT]) ?? (answering === undefined ? "" : messageText(answering));
  return { ...(asked !== "" && { asked: cut(asked) }), ...(answered !== "" && { answered: cut(answered) }) };
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
