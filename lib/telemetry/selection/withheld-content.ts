import type { Context } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { ContentGate } from "../../capture/content-policy.js";
import { contentAllowed } from "../../capture/content-policy.js";
import { standingScope } from "../../scope/standing-scope.js";
import { attachedTo } from "../../scope/attached.js";
import { isExportedByDefault, isGenAi, isOurs } from "./span-selection.js";

/** Which spans keep their content in the process. */
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

  /** Whether the content of a span that has ended stays in the process. */
  has(span: ReadableSpan): boolean {
    // Whoever opened a span of ours has asked.
    if (isOurs(span)) return attachedTo(span)?.allowsContent === false;
    return this.#withheld.has(span);
  }

  /** Whether the user's own function asked for this span, of a database for one, as it is. */
  isAskedFor(span: ReadableSpan): boolean {
    return this.#chosen.has(span) && !isGenAi(span);
  }
}

/** A prompt without its variables. */
export function promptIdentifier(prompt: unknown): string {
  try {
    const { prompt_id, version } = JSON.parse(String(prompt)) as { prompt_id?: unknown; version?: unknown };
    return JSON.stringify({ prompt_id, version });
  } catch {
    return "{}";
  }
}
