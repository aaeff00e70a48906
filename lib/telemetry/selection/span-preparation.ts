import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../../capture/unwanted-promise.js";
import { callUntraced } from "../../scope/tracing.js";
import { isServiceUrl, isWholeTracesUrl } from "../delivery/traces-url.js";
import type { Settings } from "../settings/settings.js";
import type { SpanPostprocess } from "../telemetry-options.js";
import { Turn } from "../timers.js";
import type { Warnings } from "../diagnostics.js";
import type { Ancestry } from "./ancestry.js";
import type { OthersContent } from "./others-content.js";
import { isRecordedByGateway, leaveToGateway, missingColumns, semanticName } from "./service-form.js";
import type { SpanCopy } from "./span-copy.js";
import { copyOf, detach } from "./span-copy.js";
import { isOurs } from "./span-selection.js";

type PreparationSettings = Pick<Settings, "spanNameStyle" | "spanPostprocess" | "exporter" | "baseUrl">;

/** Prepares ended spans for their export. */
export class SpanPreparation {
  readonly #settings: PreparationSettings;
  readonly #ancestry: Ancestry;
  readonly #others: OthersContent;
  readonly #warnings: Warnings;
  readonly #turn = new Turn();
  /** Whether the receiver is the service, which reads some values under names of its own. */
  readonly #addsColumns: boolean;
  /** Whether the receiver has the records of Respan's gateway, so that spans of recorded calls become links to them. */
  readonly #linksGateway: boolean;

  constructor(settings: PreparationSettings, ancestry: Ancestry, others: OthersContent, warnings: Warnings) {
    this.#settings = settings;
    this.#ancestry = ancestry;
    this.#others = others;
    this.#warnings = warnings;
    const { exporter, baseUrl } = settings;
    this.#addsColumns = exporter === undefined && !isWholeTracesUrl(baseUrl);
    this.#linksGateway = exporter === undefined && isServiceUrl(baseUrl);
  }

  /** A copy of the span as it is exported; `undefined` where it is left out. */
  async prepare(span: ReadableSpan): Promise<ReadableSpan | undefined> {
    const { spanNameStyle, spanPostprocess } = this.#settings;
    const copy = copyOf(span, this.#ancestry.parentOf(span));
    await this.#others.hold(span, copy, this.#turn);
    if (this.#turn.isOver) await this.#turn.yield();
    if (spanNameStyle === "semantic") copy.name = semanticName(copy.attributes) ?? copy.name;
    if (isOurs(copy)) copy.events = clampedEvents(copy);
    if (spanPostprocess !== undefined && !this.#isKept(spanPostprocess, copy)) return undefined;
    // Last, after `spanPostprocess` has made its changes.
    if (this.#linksGateway && isRecordedByGateway(copy.attributes)) leaveToGateway(copy);
    if (this.#addsColumns) copy.attributes = { ...copy.attributes, ...missingColumns(copy) };
    return copy;
  }

  /** Lets `spanPostprocess` change a span; `false` where the span is to be left out. */
  #isKept(change: SpanPostprocess, span: SpanCopy): boolean {
    detach(span);
    try {
      const result = callUntraced(change, false, () => change(span));
      if (!isUnwantedPromise(result)) return result !== false;
      this.#warnings.warn("spanPostprocess:async", "spanPostprocess must not be async; its spans are not exported");
    } catch {
      this.#warnings.warn("spanPostprocess", "spanPostprocess failed; the spans that it failed for are not exported");
    }
    return false;
  }
}

/**
 * A span's events, none of them outside of the span. Ours never are. One that other code adds through OpenTelemetry's API
 * has the time of the wall clock, in whole milliseconds, which may lie before the span's start.
 * @returns the very list where nothing is to be changed
 */
export function clampedEvents({ events, startTime, endTime }: ReadableSpan): TimedEvent[] {
  const isOutside = ({ time }: TimedEvent): boolean => isBefore(time, startTime) || isBefore(endTime, time);
  if (!events.some(isOutside)) return events;
  return events.map((event) =>
    isOutside(event) ? { ...event, time: isBefore(event.time, startTime) ? startTime : endTime } : event,
  );
}

function isBefore(a: HrTime, b: HrTime): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
