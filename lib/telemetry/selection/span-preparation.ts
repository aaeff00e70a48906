import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { SpanNameStyle } from "../telemetry-options.js";
import type { Warnings } from "../warnings.js";
import type { AcceptedAncestry } from "./accepted-ancestry.js";
import type { SpanPostprocess } from "./postprocess.js";
import { postprocess } from "./postprocess.js";
import { clampedEvents } from "./clamped-events.js";
import { isOurs } from "./span-selection.js";
import { semanticName } from "./semantic-name.js";
import { SpanCopy } from "./span-copy.js";
import type { WithheldContent } from "./withheld-content.js";
import { withoutContent } from "./withheld-content.js";

/** Makes of an ended span what is exported of it. */
export class SpanPreparation {
  readonly #ancestry: AcceptedAncestry;
  readonly #nameStyle: SpanNameStyle;
  readonly #change: SpanPostprocess | undefined;
  readonly #warnings: Warnings;

  readonly #withheld: WithheldContent;

  constructor(
    ancestry: AcceptedAncestry,
    withheld: WithheldContent,
    nameStyle: SpanNameStyle,
    change: SpanPostprocess | undefined,
    warnings: Warnings,
  ) {
    this.#ancestry = ancestry;
    this.#withheld = withheld;
    this.#nameStyle = nameStyle;
    this.#change = change;
    this.#warnings = warnings;
  }

  /** The span itself where nothing is to be changed, else a copy; `undefined` where it is left out. */
  prepare(span: ReadableSpan): ReadableSpan | undefined {
    const parent = this.#ancestry.parentOf(span);
    const name = this.#nameStyle === "semantic" ? semanticName(span.attributes) : undefined;
    const isWithheld = this.#withheld.has(span);
    const events = isOurs(span) ? clampedEvents(span) : span.events;
    const isSame = parent === span.parentSpanContext && name === undefined && !isWithheld && events === span.events;
    if (isSame && this.#change === undefined) return span;
    const copy = new SpanCopy(span, parent);
    copy.events = events;
    if (isWithheld) withoutContent(copy);
    if (name !== undefined) copy.name = name;
    return this.#change === undefined || postprocess(this.#change, copy, this.#warnings) ? copy : undefined;
  }
}
