import { setTimeout as sleep } from "node:timers/promises";
import type { TraceDetail } from "../../viewer/api.js";
import { plural } from "../../viewer/page/model/format.js";
import { print } from "../terminal.js";
import { isNamed, tracesWithSpan } from "./named.js";
import type { TraceSource } from "./trace-source.js";
import { everyTrace } from "./trace-source.js";

const POLL_MILLIS = 250;

export interface WaitOptions {
  readonly name: string;
  /** Seconds. */
  readonly timeout: number;
  /** Traces that are there already do not count. */
  readonly new?: boolean;
  readonly json?: boolean;
}

/**
 * `traces wait`: until a trace is there whose workflow or root has the name, or that has such a span, and it has its root.
 * Answers 1 where none came in time.
 * @param open reads anew each time, since a folder is read once
 */
export async function waitForTrace(open: () => Promise<TraceSource>, options: WaitOptions): Promise<number> {
  const deadline = performance.now() + options.timeout * 1_000;
  let source = await open();
  const known = options.new === true ? await idsIn(source) : new Set<string>();
  let spanCount = 0;
  for (;;) {
    const found = await firstNamed(source, options.name, known);
    // A trace whose root is another service's has none here: it has come when no more is coming.
    if (found !== undefined && (hasRoot(found) || found.spans.length === spanCount)) {
      print(process.stdout, options.json === true ? JSON.stringify(found.summary) : found.summary.traceId);
      return 0;
    }
    spanCount = found?.spans.length ?? 0;
    if (performance.now() >= deadline) break;
    await sleep(POLL_MILLIS);
    source = await open();
  }
  const { total } = await source.list({ limit: 1 });
  print(
    process.stderr,
    `No ${options.new === true ? "new " : ""}trace named ${JSON.stringify(options.name)} came within ${options.timeout} s; held ${source.place}: ${plural(total, "trace")}.`,
  );
  return 1;
}

async function idsIn(source: TraceSource): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { traceId } of everyTrace(source, {})) ids.add(traceId);
  return ids;
}

async function firstNamed(
  source: TraceSource,
  name: string,
  known: ReadonlySet<string>,
): Promise<TraceDetail | undefined> {
  for await (const summary of everyTrace(source, { text: name })) {
    if (isNamed(summary, name) && !known.has(summary.traceId)) return source.find(summary.traceId);
  }
  for await (const detail of tracesWithSpan(source, name, {})) {
    if (!known.has(detail.summary.traceId)) return detail;
  }
  return undefined;
}

function hasRoot({ spans }: TraceDetail): boolean {
  return spans.some(({ parentSpanId }) => parentSpanId === undefined);
}
