import type { SpanContext } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { SpanNameStyle } from "../telemetry-options.js";
import type { Warnings } from "../warnings.js";
import type { AcceptedAncestry } from "./accepted-ancestry.js";
import { isRecordedByGateway, leaveToGateway } from "./gateway-link.js";
import type { SpanPostprocess } from "./postprocess.js";
import { postprocess } from "./postprocess.js";
import type { OthersContent } from "./others-content.js";
import { clampedEvents } from "./clamped-events.js";
import { isOurs } from "./span-selection.js";
import { missingColumns } from "./service-columns.js";
import { semanticName } from "./semantic-name.js";
import { SpanCopy } from "./span-copy.js";
import { Turn } from "./turn.js";

/** What is done to a span before it is exported. */
interface PreparationRules {
  readonly ancestry: AcceptedAncestry;
  /** Holds what others put on the span to the content policy and masking. */
  readonly others: OthersContent;
  readonly nameStyle: SpanNameStyle;
  /** The user's own change. */
  readonly change: SpanPostprocess | undefined;
  /** Whether the receiver is the service, which reads some values under names of its own. */
  readonly addsColumns: boolean;
  /** Whether the receiver has the records of Respan's gateway, so that spans of recorded calls become links to them. */
  readonly linksGateway: boolean;
  readonly warnings: Warnings;
}

/** Makes of an ended span what is exported of it. */
export class SpanPreparation {
  readonly #rules: PreparationRules;
  #turn = new Turn();

  constructor(rules: PreparationRules) {
    this.#rules = rules;
  }

  /** The span itself where nothing is to be changed, else a copy; `undefined` where it is left out. */
  async prepare(span: ReadableSpan): Promise<ReadableSpan | undefined> {
    const parent = this.#rules.ancestry.parentOf(span);
    const held = await this.#rules.others.held(span, this.#turn);
    if (this.#turn.isOver) await this.#turn.yield();
    return this.#changed(held, parent);
  }

  #changed(span: ReadableSpan, parent: SpanContext | undefined): ReadableSpan | undefined {
    const { nameStyle, change, warnings } = this.#rules;
    const name = nameStyle === "semantic" ? semanticName(span.attributes) : undefined;
    const events = isOurs(span) ? clampedEvents(span) : span.events;
    const isSame = parent === span.parentSpanContext && name === undefined && events === span.events;
    if (isSame && change === undefined && !this.#isChangedForService(span)) return span;
    const copy = new SpanCopy(span, parent);
    copy.events = events;
    if (name !== undefined) copy.name = name;
    if (change !== undefined && !postprocess(change, copy, warnings)) return undefined;
    // Last, from what the user's change has left.
    this.#changeForService(copy);
    return copy;
  }

  #isChangedForService({ attributes, status }: ReadableSpan): boolean {
    const { addsColumns, linksGateway } = this.#rules;
    if (linksGateway && isRecordedByGateway(attributes)) return true;
    return addsColumns && missingColumns({ attributes, status }) !== undefined;
  }

  #changeForService(copy: SpanCopy): void {
    const { addsColumns, linksGateway } = this.#rules;
    if (linksGateway && isRecordedByGateway(copy.attributes)) leaveToGateway(copy);
    if (addsColumns) copy.attributes = { ...copy.attributes, ...missingColumns(copy) };
  }
}
