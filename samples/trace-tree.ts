/** The fields of a span that the tree reads. Times are nanoseconds; status codes are OpenTelemetry's (0 unset, 1 ok, 2 error). */
export interface TreeSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  status: { code: number; message?: string };
  startTime: bigint;
  endTime: bigint;
  attributes: Record<string, unknown>;
  events: readonly { name: string; attributes: Record<string, unknown> }[];
}

export interface TreeOptions {
  /** Colours for a terminal. Default: none. */
  isColored?: boolean;
}

interface Row {
  label: string;
  text: string;
}

const CUSTOMER = "respan.customer_params.customer_identifier";
const THREAD = "respan.threads.thread_identifier";
const METADATA = "respan.metadata.";
const LABEL_WIDTH = 10;
/** Longer values are cut. */
const LONGEST = 100;

type Paint = (text: string) => string;
interface Paints {
  name: Paint;
  quiet: Paint;
  good: Paint;
  bad: Paint;
}

const plain: Paint = (text) => text;
const sgr =
  (code: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${code}m${text}\u001b[0m`;
const PLAIN: Paints = { name: plain, quiet: plain, good: plain, bad: plain };
const COLORED: Paints = { name: sgr(1), quiet: sgr(2), good: sgr(32), bad: sgr(31) };

/**
 * Traces as text: each span with its duration and status, below it what distinguishes it (customer, thread and metadata
 * where they are not its parent's, model, tokens, attempts), children in the order in which they started.
 *
 * @example
 * console.log(traceTree(receiver.spans, { isColored: process.stdout.isTTY }));
 */
export function traceTree(spans: readonly TreeSpan[], { isColored = false }: TreeOptions = {}): string {
  const paints = isColored ? COLORED : PLAIN;
  const traces = groupBy(inStartOrder(spans), ({ traceId }) => traceId);
  return [...traces].map(([traceId, trace]) => traceLines(traceId, trace, paints).join("\n")).join("\n\n");
}

function traceLines(traceId: string, spans: readonly TreeSpan[], paints: Paints): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined,
  );
  const lines = [paints.quiet(`trace ${traceId}`)];
  const draw = (span: TreeSpan, parent: TreeSpan | undefined, first: string, rest: string) => {
    const below = children.get(span.spanId) ?? [];
    lines.push(`${paints.quiet(first)}${headline(span, paints)}`);
    for (const { label, text } of rows(span, parent)) {
      const bar = below.length > 0 ? "│  " : "   ";
      lines.push(`${paints.quiet(`${rest}${bar}${label.padEnd(LABEL_WIDTH)}`)}${text}`);
    }
    for (const [index, child] of below.entries()) {
      const isLast = index === below.length - 1;
      draw(child, span, `${rest}${isLast ? "└─ " : "├─ "}`, `${rest}${isLast ? "   " : "│  "}`);
    }
  };
  for (const root of children.get(undefined) ?? []) draw(root, undefined, "", "");
  return lines;
}

function headline({ name, startTime, endTime, status }: TreeSpan, paints: Paints): string {
  return `${paints.name(printable(name))}  ${duration(endTime - startTime)}  ${statusText(status, paints)}`;
}

function statusText({ code, message }: TreeSpan["status"], { quiet, good, bad }: Paints): string {
  if (code === 2) return bad(message === undefined ? "error" : `error: ${printable(message)}`);
  return code === 1 ? good("ok") : quiet("unset");
}

function rows(span: TreeSpan, parent: TreeSpan | undefined): Row[] {
  return [
    inherited("customer", CUSTOMER, span, parent),
    inherited("thread", THREAD, span, parent),
    metadata(span, parent),
    model(span),
    tokens(span),
    attempts(span),
  ].filter((row) => row !== undefined);
}

function inherited(label: string, key: string, span: TreeSpan, parent: TreeSpan | undefined): Row | undefined {
  const value = span.attributes[key];
  if (value === undefined || value === parent?.attributes[key]) return undefined;
  return { label, text: printable(value) };
}

function metadata(span: TreeSpan, parent: TreeSpan | undefined): Row | undefined {
  const pairs = Object.entries(span.attributes)
    // A key with an underscore in front (`_tracing_sdk_version`) is the package's own.
    .filter(
      ([key, value]) => key.startsWith(METADATA) && key[METADATA.length] !== "_" && value !== parent?.attributes[key],
    )
    .map(([key, value]) => `${printable(key.slice(METADATA.length))}=${printable(value)}`);
  return pairs.length > 0 ? { label: "metadata", text: pairs.join("  ") } : undefined;
}

function model({ attributes }: TreeSpan): Row | undefined {
  const asked = attributes["gen_ai.request.model"];
  const answered = attributes["gen_ai.response.model"];
  if (asked === undefined && answered === undefined) return undefined;
  const names = [asked, answered].filter((name) => name !== undefined).map(printable);
  return { label: "model", text: [...new Set(names)].join(" → ") };
}

function tokens({ attributes }: TreeSpan): Row | undefined {
  const input = attributes["gen_ai.usage.input_tokens"];
  const output = attributes["gen_ai.usage.output_tokens"];
  const total = attributes["llm.usage.total_tokens"];
  if (input === undefined && output === undefined && total === undefined) return undefined;
  const count = (value: unknown) => (value === undefined ? "?" : printable(value));
  return { label: "tokens", text: `${count(input)} in + ${count(output)} out = ${count(total)}` };
}

/** Only if there were several: a single attempt is the span itself. */
function attempts({ events }: TreeSpan): Row | undefined {
  const outcomes = events
    .filter(({ name }) => name === "instructor.attempt")
    .map(({ attributes }) => printable(attributes["instructor.attempt.outcome"]));
  if (outcomes.length < 2) return undefined;
  return { label: "attempts", text: `${outcomes.length}: ${outcomes.join(", ")}` };
}

function duration(nanoseconds: bigint): string {
  const microseconds = Math.round(Number(nanoseconds) / 1e3);
  if (microseconds < 1000) return `${microseconds} µs`;
  const milliseconds = Math.round(microseconds / 100) / 10;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 999.5 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}

/** One line of bounded length; control characters, which could move a terminal's cursor, are removed. */
function printable(value: unknown): string {
  const given = typeof value === "string" ? value : value === undefined ? "?" : JSON.stringify(value);
  const text = given.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  const characters = Array.from(text);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : text;
}

/** Spans that started in the same nanosecond keep their order, children after their parents. */
function inStartOrder(spans: readonly TreeSpan[]): TreeSpan[] {
  return [...spans].sort((a, b) => (a.startTime < b.startTime ? -1 : a.startTime > b.startTime ? 1 : 0));
}
