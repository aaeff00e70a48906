import type { TraceSummary } from "../../viewer/api.js";
import { plural } from "../../viewer/page/model/format.js";
import { paint, print, printable } from "../terminal.js";
import { isNamed, tracesWithSpan } from "./named.js";
import { everyTrace } from "./trace-source.js";
import type { TraceSearch, TraceSource } from "./trace-source.js";

export interface Expectations {
  /** Names of workflows that at least one trace must have. */
  readonly expectWorkflow: readonly string[];
  /** Names of spans; where workflows are expected, in their traces. */
  readonly expectSpan: readonly string[];
  /** Spans that may have failed, in all traces that fit. */
  readonly maxErrors?: number;
}

interface Outcome {
  readonly traces: number;
  readonly errors: number;
  /** What was expected and is not so, in sentences. */
  readonly missing: readonly string[];
}

/** `traces assert`: answers 1, and says what is missing, where the traces are not as expected. */
export async function assertTraces(
  source: TraceSource,
  search: TraceSearch,
  options: Expectations & { readonly json?: boolean },
): Promise<number> {
  const outcome = await check(source, search, options);
  const isMet = outcome.missing.length === 0;
  if (options.json === true) {
    print(process.stdout, JSON.stringify({ ok: isMet, ...outcome }));
  } else if (isMet) {
    print(process.stdout, paint(process.stdout, "green", `As expected: ${counts(outcome)} ${source.place}.`));
  } else {
    for (const line of outcome.missing) print(process.stderr, paint(process.stderr, "red", line));
    print(process.stderr, `Looked at ${counts(outcome)} ${source.place}.`);
  }
  return isMet ? 0 : 1;
}

async function check(source: TraceSource, search: TraceSearch, expected: Expectations): Promise<Outcome> {
  const traces: TraceSummary[] = [];
  for await (const trace of everyTrace(source, search)) traces.push(trace);
  const errors = traces.reduce((sum, { errorCount }) => sum + errorCount, 0);
  const missing: string[] = [];
  // An assertion about nothing would always hold.
  if (traces.length === 0) missing.push("There is no trace to check.");
  for (const name of expected.expectWorkflow) {
    if (!traces.some((trace) => isNamed(trace, name))) missing.push(noWorkflow(name, traces));
  }
  for (const name of expected.expectSpan) {
    if (!(await hasSpan(source, search, name, expected.expectWorkflow))) missing.push(noSpan(name, expected));
  }
  const { maxErrors } = expected;
  if (maxErrors !== undefined && errors > maxErrors) missing.push(tooManyErrors(errors, maxErrors, traces));
  return { traces: traces.length, errors, missing };
}

async function hasSpan(
  source: TraceSource,
  search: TraceSearch,
  name: string,
  workflows: readonly string[],
): Promise<boolean> {
  for await (const { summary } of tracesWithSpan(source, name, search)) {
    if (workflows.length === 0 || workflows.some((workflow) => isNamed(summary, workflow))) return true;
  }
  return false;
}

function noWorkflow(name: string, traces: readonly TraceSummary[]): string {
  const there = [...new Set(traces.map((trace) => printable(trace.workflow ?? trace.name)))].slice(0, 10);
  return `No trace of the workflow ${JSON.stringify(name)}${there.length > 0 ? `; there are: ${there.join(", ")}` : ""}.`;
}

function noSpan(name: string, { expectWorkflow }: Expectations): string {
  const where =
    expectWorkflow.length === 0
      ? ""
      : ` in a trace of ${expectWorkflow.map((each) => JSON.stringify(each)).join(" or ")}`;
  return `No span named ${JSON.stringify(name)}${where}.`;
}

function tooManyErrors(errors: number, maxErrors: number, traces: readonly TraceSummary[]): string {
  const failed = traces.filter(({ errorCount }) => errorCount > 0).map(({ traceId }) => traceId);
  return `${plural(errors, "span")} failed, ${maxErrors} may: see the traces ${failed.slice(0, 5).join(", ")}${failed.length > 5 ? ", …" : ""}.`;
}

function counts({ traces, errors }: Outcome): string {
  return `${plural(traces, "trace")}, ${plural(errors, "error")}`;
}
