import type { Attributes, Context } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { ContentGate } from "../../capture/content-policy.js";
import { contentAllowed } from "../../capture/content-policy.js";
import { standingScope } from "../../scope/standing-scope.js";
import { PROMPT } from "../../wire/attributes.js";
import type { SpanCopy } from "./span-copy.js";
import { isExportedByDefault, isGenAi, isOurs } from "./span-selection.js";

/**
 * What a span of other code may say in words where content is off: which model, who answers, how it ended.
 * Whatever else it says in words may be a message; numbers and switches are none.
 */
const KEPT =
  /^(?:gen_ai\.(?:system|provider\.name|operation\.name|request\.model|response\.(?:model|id|finish_reasons?)|output\.type|agent\.(?:name|id)|tool\.(?:name|type|call\.id)|conversation\.id|request\.encoding_formats)|llm\.(?:request\.type|model_name|provider|system)|openinference\.span\.kind|ai\.(?:operationId|model\.(?:id|provider)|response\.(?:id|model|finishReason)|telemetry\.functionId)|operation\.name|resource\.name|error\.type|exception\.type|(?:server|network|rpc|service|peer|respan)\..+|http\.(?:request\.method|route)|url\.scheme|traceloop\.(?:workflow\.name|span\.kind|entity\.(?:name|path|version)|association\.properties\..+))$/;

/** Whose spans keep their content in the process, of those that other instrumentations made. */
export class WithheldContent {
  readonly #gates = new WeakMap<ReadableSpan, ContentGate>();
  readonly #withheld = new WeakSet<ReadableSpan>();
  /** Spans that the user's own function chose, and nothing else would have. */
  readonly #chosen = new WeakSet<ReadableSpan>();

  /** A span starts in a context: whoever may veto content there may veto its. */
  note(span: ReadableSpan, parent: Context): void {
    if (isOurs(span)) return;
    const { gate } = standingScope(parent);
    if (gate !== undefined) this.#gates.set(span, gate);
    if (!isExportedByDefault(span, parent)) this.#chosen.add(span);
  }

  /** A span has ended: they are asked, now. */
  decide(span: ReadableSpan): void {
    if (!contentAllowed(this.#gates.get(span))) this.#withheld.add(span);
  }

  has(span: ReadableSpan): boolean {
    return this.#withheld.has(span);
  }

  /** Takes the content out of the copy of such a span. */
  takeOut(copy: SpanCopy, span: ReadableSpan): void {
    withoutContent(copy, this.#chosen.has(span) && !isGenAi(span));
  }
}

/** @param isToBeRead whether the user asked for this span, of a database for one, as it is */
function withoutContent(copy: SpanCopy, isToBeRead: boolean): void {
  copy.attributes = spoken(copy.attributes, isToBeRead);
  if (isToBeRead) return;
  copy.status = { code: copy.status.code };
  copy.events = copy.events.map((event) => ({ ...event, attributes: spoken(event.attributes ?? {}, false) }));
  copy.links = copy.links.map((link) => ({ ...link, attributes: spoken(link.attributes ?? {}, false) }));
}

function spoken(given: Attributes, isAll: boolean): Attributes {
  const attributes: Attributes = {};
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (name === PROMPT) attributes[name] = identifierOf(value);
    else if (isAll || !isWords(value) || KEPT.test(name)) attributes[name] = value;
  }
  return attributes;
}

function isWords(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.some((one) => typeof one === "string"));
}

/** A prompt without its variables. */
function identifierOf(prompt: unknown): string {
  try {
    const { prompt_id, version } = JSON.parse(String(prompt)) as { prompt_id?: unknown; version?: unknown };
    return JSON.stringify({ prompt_id, version });
  } catch {
    return "{}";
  }
}
