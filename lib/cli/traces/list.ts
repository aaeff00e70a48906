import type { TraceList, TraceSummary } from "../../viewer/api.js";
import { clockText, countText, dayText, durationText, plural, tokensText } from "../../viewer/page/model/format.js";
import { columns, paint, print, printable } from "../terminal.js";
import type { TraceSearch, TraceSource } from "./trace-source.js";

const HEAD = ["TRACE", "STARTED", "DURATION", "STATUS", "SPANS", "ATTEMPTS", "TOKENS", "NAME"];

/** `traces list`: the newest traces, one a line. */
export async function listTraces(source: TraceSource, search: TraceSearch, isJson: boolean): Promise<number> {
  const list = await source.list(search);
  if (isJson) print(process.stdout, JSON.stringify(list));
  else printList(list, source.place);
  return 0;
}

function printList({ traces, matching, total }: TraceList, place: string): void {
  const { stdout } = process;
  if (traces.length === 0) {
    print(stdout, total === 0 ? `No traces ${place}.` : `None of ${plural(total, "trace")} ${place} fits.`);
    return;
  }
  const [head = "", ...lines] = columns([HEAD, ...traces.map(cells)]);
  print(stdout, paint(stdout, "dim", head));
  traces.forEach(({ status }, index) => {
    const line = lines[index] ?? "";
    print(stdout, status === "error" ? paint(stdout, "red", line) : line);
  });
  if (matching > traces.length) print(stdout, `${plural(matching - traces.length, "more trace")}: raise --limit.`);
}

function cells(trace: TraceSummary): string[] {
  return [
    trace.traceId,
    `${dayText(trace.startTime)} ${clockText(trace.startTime)}`,
    durationText(trace.durationMs),
    trace.status,
    countText(trace.spanCount),
    countText(trace.attempts),
    tokensText(trace.tokens),
    printable(trace.workflow ?? trace.name),
  ];
}
