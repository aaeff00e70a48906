import { writeFileSync } from "node:fs";
import { exportRow, exportText } from "../../viewer/export-rows.js";
import type { ExportedSpan, ExportFormat } from "../../viewer/export-rows.js";
import { plural } from "../../viewer/page/model/format.js";
import { print } from "../terminal.js";
import { everyTrace } from "./trace-source.js";
import type { TraceSearch, TraceSource } from "./trace-source.js";

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly output?: string;
}

/** `traces export`: the structured calls that failed or were corrected, as rows or as Vitest cases, first to last. */
export async function exportTraces(source: TraceSource, search: TraceSearch, options: ExportOptions): Promise<number> {
  const rows: ExportedSpan[] = [];
  for await (const { traceId } of everyTrace(source, search)) {
    const detail = await source.find(traceId);
    for (const span of detail?.spans ?? []) {
      const row = exportRow(traceId, span);
      if (row !== undefined) rows.push({ row, span });
    }
  }
  rows.sort((a, b) => a.span.startTime - b.span.startTime);
  const text = exportText(rows, options.format);
  if (options.output === undefined) process.stdout.write(text);
  else writeFileSync(options.output, text);
  // Beside the rows, which a program may be reading.
  print(process.stderr, `${plural(rows.length, "call")} that failed or needed a correction.`);
  return 0;
}
