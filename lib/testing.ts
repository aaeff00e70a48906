/**
 * Captures spans in memory for your own tests: `const spans = captureSpans()`. It needs no network and no key.
 * @packageDocumentation
 */
import type { Attributes, AttributeValue, Context } from "@opentelemetry/api";
import { createContextKey, SpanStatusCode } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { RespanTelemetry, type RespanTelemetryOptions } from "./index.js";
import { contexts } from "./scope/tracing.js";
import {
  ATTEMPT_ANSWER,
  ATTEMPT_EVENT,
  ATTEMPT_ISSUES,
  ATTEMPT_NUMBER,
  ATTEMPT_OUTCOME,
  ENTITY_INPUT,
  ENTITY_NAME,
  ENTITY_OUTPUT,
  GEN_AI_USAGE_CACHE_READ,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  LLM_USAGE_TOTAL_TOKENS,
  SPAN_KIND,
} from "./wire/attributes.js";
import { SDK_NAME, sharedState } from "./wire/package.js";

/** One request of a structured call. */
export interface CapturedAttempt {
  /** 1 for the first. */
  readonly number: number;
  /** `success`, `validation_error`, `parse_error`, `provider_error`, `aborted`. */
  readonly outcome: string;
  /** What the model wrote. */
  readonly answer: string | undefined;
  /** The validation issues: path, code and message of each. */
  readonly issues: unknown;
}

/** Token counts of a structured call, summed over its attempts. */
export interface CapturedUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly cachedTokens: number | undefined;
}

/** A span that has ended. */
export interface CapturedSpan {
  /** `support.workflow`, `instructor.create`. */
  readonly name: string;
  readonly kind: "workflow" | "task" | "agent" | "tool" | "chat";
  /** The parent span, once it has ended; `undefined` for a root span. */
  readonly parent: CapturedSpan | undefined;
  /** All attributes of the span. */
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  /**
   * The captured arguments, `{ args: [message], kwargs: {} }`; for a call its messages, model, response model and mode.
   */
  readonly input: unknown;
  /** The captured result. */
  readonly output: unknown;
  /** The attempts of a structured call; empty for other spans. */
  readonly attempts: readonly CapturedAttempt[];
  /** `undefined` if the provider reported none. */
  readonly usage: CapturedUsage | undefined;
  readonly status: "unset" | "ok" | "error";
  /** The error's message. */
  readonly statusMessage: string | undefined;
}

/** A span's name, its entity's name, or a function that returns whether a span matches. */
export type SpanWanted = string | ((span: CapturedSpan) => boolean);

/** Spans that have ended, in the order in which they started. */
export class SpanList implements Iterable<CapturedSpan> {
  readonly #spans: ReadableSpan[] = [];

  /** All spans. */
  get all(): readonly CapturedSpan[] {
    return capturedSpans(this.#spans);
  }

  /** The first span that matches, or `undefined`. */
  find(wanted: SpanWanted): CapturedSpan | undefined {
    return this.filter(wanted)[0];
  }

  /** All spans that match. */
  filter(wanted: SpanWanted): readonly CapturedSpan[] {
    return this.all.filter((span) =>
      typeof wanted === "function" ? wanted(span) : [span.name, span.attributes[ENTITY_NAME]].includes(wanted),
    );
  }

  /**
   * Names, attempt outcomes and errors as an indented text that is the same in every run, for a snapshot.
   * @example
   * ```
   * support.workflow
   *   look_up.task [error: NotFound]
   *   instructor.create [validation_error, success]
   * ```
   */
  tree(): string {
    const { all } = this;
    const lines = (parent: CapturedSpan | undefined, indent: string): string[] =>
      all
        .filter((span) => span.parent === parent)
        .flatMap((span) => [indent + titleOf(span), ...lines(span, `${indent}  `)]);
    return lines(undefined, "").join("\n");
  }

  /** The spans, for `for ... of`. */
  [Symbol.iterator](): Iterator<CapturedSpan> {
    return this.all[Symbol.iterator]();
  }

  /** @internal */
  add(span: ReadableSpan): void {
    this.#spans.push(span);
  }

  /** Removes the spans captured so far. */
  clear(): void {
    this.#spans.length = 0;
  }
}

/** The spans of a function, and its result. */
export type WorkSpans<R> = SpanList & {
  /** What the function returned or resolved to. */
  readonly result: R;
};

const WORK_KEY = createContextKey("respan-instructor.testing.work");
/** The capture that is open. */
const state = sharedState<{ open: object | undefined }>("testing.open.1", () => ({ open: undefined }));

/** Spans of decorated methods and Instructor calls, from {@link captureSpans} until it is disposed. */
export class CapturedSpans extends SpanList implements Disposable {
  readonly #telemetry: RespanTelemetry;

  /** @internal */
  constructor(options: CaptureOptions) {
    super();
    if (state.open !== undefined) {
      throw new Error(
        "captureSpans: spans are captured already; dispose of the first capture, or share it and use within()",
      );
    }
    this.#telemetry = new RespanTelemetry({
      logLevel: "error",
      ...options,
      isEnabled: true,
      exporter: {
        export: (_spans, done) => done({ code: ExportResultCode.SUCCESS }),
        shutdown: () => Promise.resolve(),
      },
      spanProcessors: [collectorOf(this)],
    });
    state.open = this;
  }

  /**
   * Runs a function and returns only the spans that started in it, for tests that run concurrently.
   * @throws what the function throws
   * @example `const spans = await shared.within(() => new SupportDesk().extractTicket(message));`
   */
  async within<R>(work: () => R): Promise<WorkSpans<Awaited<R>>> {
    const spans = new SpanList();
    const where = contexts();
    const result = await where.with(where.active().setValue(WORK_KEY, spans), work);
    return Object.assign(spans, { result });
  }

  /** Ends the capture. Captured spans can still be read. */
  dispose(): void {
    if (state.open !== this) return;
    state.open = undefined;
    // It gives everything back at once; nothing has to be waited for.
    void this.#telemetry.shutdown();
  }

  /** {@link CapturedSpans.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Options of a capture: the options of `RespanTelemetry` that affect what is recorded. */
export type CaptureOptions = Pick<
  RespanTelemetryOptions,
  | "traceContent"
  | "redact"
  | "limits"
  | "metadata"
  | "customerIdentifier"
  | "threadIdentifier"
  | "environment"
  | "isAutoInstrument"
  | "logLevel"
>;

/**
 * Starts to capture the spans of decorated methods and Instructor calls in memory.
 * @throws Error if another capture is open
 * @example
 * ```ts
 * const spans = captureSpans();
 * await new SupportDesk().extractTicket("ACME cannot log in.");
 * expect(spans.tree()).toMatchInlineSnapshot();
 * spans.dispose();
 * ```
 */
export function captureSpans(options: CaptureOptions = {}): CapturedSpans {
  return new CapturedSpans(options);
}

function collectorOf(all: SpanList): SpanProcessor {
  const works = new WeakMap<ReadableSpan, SpanList>();
  return {
    onStart(span: Span, parent: Context): void {
      const work = parent.getValue(WORK_KEY);
      if (work instanceof SpanList) works.set(span, work);
    },
    onEnd(span: ReadableSpan): void {
      if (span.instrumentationScope.name !== SDK_NAME) return;
      all.add(span);
      works.get(span)?.add(span);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/**
 * Plain objects of spans, the earliest first; of two that started at once the one that ended later is the outer one.
 */
function capturedSpans(ended: readonly ReadableSpan[]): CapturedSpan[] {
  const captured = new Map<string, CapturedSpan>();
  const started = [...ended]
    .reverse()
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
  for (const span of started) {
    const parent = captured.get(span.parentSpanContext?.spanId ?? "");
    captured.set(span.spanContext().spanId, capturedSpan(span, parent));
  }
  return [...captured.values()];
}

const STATUS = {
  [SpanStatusCode.UNSET]: "unset",
  [SpanStatusCode.OK]: "ok",
  [SpanStatusCode.ERROR]: "error",
} as const;

function capturedSpan(span: ReadableSpan, parent: CapturedSpan | undefined): CapturedSpan {
  const { name, attributes, status } = span;
  const kind = attributes[SPAN_KIND];
  return {
    name,
    kind: kind === "workflow" || kind === "task" || kind === "agent" || kind === "tool" ? kind : "chat",
    parent,
    attributes: { ...attributes },
    input: parsed(attributes[ENTITY_INPUT]),
    output: parsed(attributes[ENTITY_OUTPUT]),
    attempts: span.events.filter((event) => event.name === ATTEMPT_EVENT).map((event) => attemptOf(event.attributes)),
    usage: usageOf(attributes),
    status: STATUS[status.code],
    statusMessage: status.message,
  };
}

function attemptOf(attributes: Attributes = {}): CapturedAttempt {
  return {
    number: Number(attributes[ATTEMPT_NUMBER]),
    outcome: String(attributes[ATTEMPT_OUTCOME]),
    answer: attributes[ATTEMPT_ANSWER]?.toString(),
    issues: parsed(attributes[ATTEMPT_ISSUES]),
  };
}

function usageOf(attributes: Attributes): CapturedUsage | undefined {
  // Telemetry writes only counts there.
  const count = (name: string): number | undefined => attributes[name] as number | undefined;
  const usage: CapturedUsage = {
    inputTokens: count(GEN_AI_USAGE_INPUT_TOKENS),
    outputTokens: count(GEN_AI_USAGE_OUTPUT_TOKENS),
    totalTokens: count(LLM_USAGE_TOTAL_TOKENS),
    cachedTokens: count(GEN_AI_USAGE_CACHE_READ),
  };
  return Object.values(usage).every((value) => value === undefined) ? undefined : usage;
}

/** The value of a JSON text; another text stays as it is. */
function parsed(json: AttributeValue | undefined): unknown {
  if (typeof json !== "string") return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function titleOf({ name, attempts, status, attributes }: CapturedSpan): string {
  const notes = attempts.map(({ outcome }) => outcome);
  if (status === "error" && attempts.length === 0) notes.push(`error: ${String(attributes["error.type"])}`);
  return notes.length === 0 ? name : `${name} [${notes.join(", ")}]`;
}
