import type { ApiSpan, TraceDetail } from "../../viewer/api.js";
import { attemptsOf } from "../../viewer/page/model/attempts.js";
import type { Attempt } from "../../viewer/page/model/attempts.js";
import { durationText, plural, tokensText, words } from "../../viewer/page/model/format.js";
import { pathText, textOf } from "../../viewer/page/model/json.js";
import { spanTree } from "../../viewer/page/model/span-tree.js";
import { ENTITY_INPUT, ENTITY_OUTPUT, GEN_AI_REQUEST_MODEL } from "../../wire/attributes.js";
import { paint, print, printable } from "../terminal.js";
import type { TraceSource } from "./trace-source.js";

/** What stands for the newest trace in place of an id. */
export const LATEST = "latest";

export interface ShowOptions {
  readonly content?: boolean;
  readonly json?: boolean;
}

/** `traces show`: one trace as a tree of its spans. */
export async function showTrace(source: TraceSource, id: string, options: ShowOptions): Promise<number> {
  const detail = await findTrace(source, id);
  if (options.json === true) print(process.stdout, JSON.stringify(detail));
  else printTrace(detail, options.content === true);
  return 0;
}

/** @throws Error where it is not there */
export async function findTrace(source: TraceSource, id: string): Promise<TraceDetail> {
  const traceId = id === LATEST ? (await source.list({ limit: 1 })).traces[0]?.traceId : id;
  if (traceId === undefined) throw new Error(`there are no traces ${source.place}`);
  const detail = await source.find(traceId);
  if (detail === undefined) throw new Error(`there is no trace ${printable(traceId)} ${source.place}`);
  return detail;
}

function printTrace({ summary, spans }: TraceDetail, showsContent: boolean): void {
  const { stdout } = process;
  const isError = summary.status === "error";
  print(
    stdout,
    [
      paint(stdout, "bold", printable(summary.workflow ?? summary.name)),
      paint(stdout, isError ? "red" : "green", isError ? plural(summary.errorCount, "error") : "ok"),
      durationText(summary.durationMs),
      plural(summary.spanCount, "span"),
      `${tokensText(summary.tokens)} tokens`,
    ].join("  "),
  );
  print(stdout, paint(stdout, "dim", `trace ${summary.traceId}`));
  for (const name of ["customer", "thread", "service"] as const) {
    const value = summary[name];
    if (value !== undefined) print(stdout, paint(stdout, "dim", `${name} ${printable(value)}`));
  }
  print(stdout, "");
  for (const { span, depth } of spanTree(spans).nodes) printSpan(span, "  ".repeat(depth), showsContent);
}

function printSpan(span: ApiSpan, indent: string, showsContent: boolean): void {
  const { stdout } = process;
  const isError = span.status.code === "error";
  const model = textOf(span.attributes[GEN_AI_REQUEST_MODEL]);
  const facts = [
    printable(span.name),
    durationText(span.durationMs),
    ...(model === undefined ? [] : [printable(model)]),
  ];
  const line = `${indent}${facts.join("  ")}`;
  print(stdout, isError ? paint(stdout, "red", `${line}  error`) : line);
  const say = (text: string): void => print(stdout, `${indent}    ${printable(text)}`);
  if (span.status.message !== undefined) say(span.status.message);
  const attempts = attemptsOf(span);
  if (attempts.length > 1 || attempts.some(({ issues }) => issues.length > 0)) attempts.map(attemptText).forEach(say);
  if (!showsContent) return;
  for (const [word, name] of [
    ["input", ENTITY_INPUT],
    ["output", ENTITY_OUTPUT],
  ] as const) {
    const text = textOf(span.attributes[name]);
    if (text !== undefined) say(`${word}  ${text}`);
  }
}

/** `attempt 1  validation error  priority: Invalid enum value`. */
function attemptText({ number, outcome, issues }: Attempt): string {
  const found = issues.map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  return [`attempt ${number}`, words(outcome), ...(found.length === 0 ? [] : [found.join("; ")])].join("  ");
}
