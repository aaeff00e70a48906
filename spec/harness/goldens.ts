import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SpanKind } from "@opentelemetry/api";
import { SDK_VERSION } from "../../lib/wire/package.js";
import type { AttributeValue, ReceivedSpan } from "./otlp-spans.js";

export type GoldenName =
  | "agent-tool"
  | "async-create"
  | "create"
  | "create-iterable"
  | "create-partial"
  | "create-with-completion"
  | "json-mode"
  | "nested-scopes"
  | "retry-then-success"
  | "workflow-create"
  | "workflow-task-create";

/** What the comparison reads of a span. */
export type ComparedSpan = Pick<
  ReceivedSpan,
  "traceId" | "spanId" | "parentSpanId" | "name" | "kind" | "status" | "startTime" | "attributes" | "resource"
>;

interface GoldenFile {
  resource: Record<string, AttributeValue>;
  spans: GoldenSpan[];
}

interface GoldenSpan {
  /** Positions in the list of spans, in place of ids. */
  parent: number | null;
  trace: number;
  name: string;
  status: { code: number };
  attributes: Record<string, AttributeValue>;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const INPUT = "traceloop.entity.input";
const OUTPUT = "traceloop.entity.output";
const FUNCTIONS = "llm.request.functions";
const COMPLETION = "gen_ai.completion.0.content";
const TOOL_CALLS = "gen_ai.completion.0.tool_calls";
const METADATA = "respan.metadata.";

/** The reference does not read these from a stream; here they are always there. */
const ALSO_ON_STREAMS = [
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.prompt_tokens",
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.completion_tokens",
  "llm.usage.total_tokens",
  "gen_ai.response.model",
  "gen_ai.response.finish_reason",
];

const MODES: Record<string, string> = { tool_call: "TOOLS", json_mode: "JSON" };

/**
 * Throws, with every difference in words, unless the spans are those of the golden file: as many, with the same names,
 * statuses, parents and traces, and with every attribute of the golden spans at the same value. What is meant to differ
 * from the reference is taken account of (see the switch in `expected` below); what only our spans carry is not looked
 * at.
 *
 * @example
 * expectGolden("workflow-create", await receiver.waitFor(2));
 */
export function expectGolden(name: GoldenName, spans: readonly ComparedSpan[]): void {
  const differences = goldenDifferences(name, spans);
  if (differences.length === 0) return;
  throw new Error(`the spans are not those of the golden file ${name}:\n  ${differences.join("\n  ")}`);
}

/** The differences that {@link expectGolden} throws for, one a line. */
export function goldenDifferences(name: GoldenName, spans: readonly ComparedSpan[]): string[] {
  const golden = JSON.parse(readFileSync(join(__dirname, "../fixtures/goldens", `${name}.json`), "utf8")) as GoldenFile;
  const ours = inStartOrder(spans);
  if (ours.length !== golden.spans.length) {
    const names = (list: readonly { name: string }[]) => list.map((span) => span.name).join(", ") || "none";
    return [`golden has the spans ${names(golden.spans)}; ours are ${names(ours)}`];
  }
  return golden.spans.flatMap((span, index) => {
    const where = `span ${index} (${span.name})`;
    return spanDifferences(golden, index, ours).map((difference) => `${where}: ${difference}`);
  });
}

function spanDifferences(golden: GoldenFile, index: number, ours: readonly ComparedSpan[]): string[] {
  const theirs = golden.spans[index]!;
  const span = ours[index]!;
  const isChat = theirs.name.startsWith("instructor.");
  const differences: string[] = [];
  const same = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== got) differences.push(`${what}: golden ${show(wanted)}, ours ${show(got)}`);
  };
  same("name", withoutAsync(theirs.name), span.name);
  same("kind", isChat ? SpanKind.CLIENT : SpanKind.INTERNAL, span.kind);
  same("status code", theirs.status.code, span.status.code);
  same("status message", undefined, span.status.message);
  same("parent", theirs.parent === null ? undefined : ours[theirs.parent]?.spanId, span.parentSpanId);
  for (const [other, { trace }] of golden.spans.entries()) {
    const isSameTrace = ours[other]!.traceId === span.traceId;
    same(`in one trace with span ${other}`, trace === theirs.trace, isSameTrace);
  }
  for (const [key, value] of Object.entries(golden.resource)) {
    same(`resource attribute ${key}`, value, span.resource[key]);
  }
  for (const [key, value] of Object.entries(theirs.attributes)) {
    if (key !== FUNCTIONS) differences.push(...attributeDifferences(key, expected(theirs, key, value), span));
  }
  if (isChat) differences.push(...chatDifferences(theirs, span));
  return differences;
}

/** A golden value as it is meant to be here. */
function expected({ name, attributes }: GoldenSpan, key: string, value: AttributeValue): AttributeValue {
  if (typeof value !== "string") return value;
  switch (key) {
    case "traceloop.entity.name":
      return withoutAsync(value);
    case INPUT:
      return attributes["llm.request.type"] === "chat" ? withOurMode(value) : value;
    case OUTPUT:
    case COMPLETION:
      return name === "instructor.create_partial" ? JSON.stringify((JSON.parse(value) as Json[]).at(-1)) : value;
    case "respan.entity.log_method":
      return "ts_tracing";
    case `${METADATA}_tracing_sdk_version`:
      return SDK_VERSION;
    default:
      return key.startsWith(METADATA) ? fromPython(value) : value;
  }
}

function attributeDifferences(key: string, wanted: AttributeValue, { attributes }: ComparedSpan): string[] {
  if (!Object.hasOwn(attributes, key)) return [`${key}: missing, golden ${show(wanted)}`];
  const got = attributes[key];
  // The reference writes every metadata value as text; here numbers and booleans stay what they are.
  if (key.startsWith(METADATA) && typeof wanted === "string" && (typeof got === "number" || typeof got === "boolean")) {
    return wanted === String(got) ? [] : [`${key}: golden ${show(wanted)}, ours ${show(got)}`];
  }
  return jsonDifferences(key, wanted as Json, got as Json);
}

/** What a chat span must have whether or not its golden span does. */
function chatDifferences(theirs: GoldenSpan, span: ComparedSpan): string[] {
  const differences = functionsDifferences(theirs, span);
  const isStream = theirs.name === "instructor.create_iterable" || theirs.name === "instructor.create_partial";
  if (isStream) {
    for (const key of [...ALSO_ON_STREAMS, TOOL_CALLS]) {
      if (span.attributes[key] === undefined) differences.push(`${key}: missing`);
    }
  }
  return differences;
}

function functionsDifferences(theirs: GoldenSpan, span: ComparedSpan): string[] {
  const ours = json(span.attributes[FUNCTIONS]);
  if (!Array.isArray(ours)) return [`${FUNCTIONS}: not a JSON list: ${show(span.attributes[FUNCTIONS])}`];
  const differences: string[] = [];
  const golden = json(theirs.attributes[FUNCTIONS]);
  if (Array.isArray(golden)) {
    if (golden.length !== ours.length) differences.push(`${FUNCTIONS}: golden ${golden.length}, ours ${ours.length}`);
    else golden.forEach((fn, i) => differences.push(...schemaDifferences(`${FUNCTIONS}[${i}]`, fn, ours[i])));
  }
  const input = json(theirs.attributes[INPUT]) as { response_model: string };
  const { type, function: fn } = (ours[0] ?? {}) as { type?: Json; function?: Record<string, Json> };
  const parameters = fn?.parameters as { type?: Json; properties?: Json } | undefined;
  if (type !== "function" || fn?.name !== input.response_model) {
    differences.push(`${FUNCTIONS}: not a function named ${input.response_model}: ${show(ours)}`);
  }
  if (parameters?.type !== "object" || Object.keys(parameters.properties ?? {}).length === 0) {
    differences.push(`${FUNCTIONS}: no object schema with properties: ${show(ours)}`);
  }
  for (const path of titles(parameters, "parameters")) differences.push(`${FUNCTIONS}: has a title: ${path}`);
  return differences;
}

/**
 * Every member of the golden function is on ours; ours may say more (`additionalProperties`). Pydantic's titles are
 * left out, and so is `description`, which is what the model was sent.
 */
function schemaDifferences(path: string, golden: Json, ours: Json | undefined, isSchema = false): string[] {
  if (!isRecord(golden)) return jsonDifferences(path, golden, ours);
  if (!isRecord(ours)) return [`${path}: golden ${show(golden)}, ours ${show(ours)}`];
  return Object.entries(golden).flatMap(([key, value]) => {
    if (key === "description" || (isSchema && key === "title" && typeof value === "string")) return [];
    const inside = `${path}.${key}`;
    if (isSchema && key === "properties" && isRecord(value)) {
      const own = ours[key];
      return Object.entries(value).flatMap(([property, schema]) =>
        schemaDifferences(`${inside}.${property}`, schema, isRecord(own) ? own[property] : undefined, true),
      );
    }
    return schemaDifferences(inside, value, ours[key], isSchema || key === "parameters");
  });
}

/** Where a JSON Schema has titles; a property of that name is none. */
function titles(schema: Json | undefined, path: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((item, i) => titles(item, `${path}[${i}]`));
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const inside = `${path}.${key}`;
    if (key === "title" && typeof value === "string") return [inside];
    const isMapOfSchemas = key === "properties" || key === "$defs" || key === "definitions";
    if (!isMapOfSchemas || !isRecord(value)) return titles(value, inside);
    return Object.entries(value).flatMap(([name, member]) => titles(member, `${inside}.${name}`));
  });
}

/** Where two values differ; text that holds JSON is compared as JSON, at any depth. */
function jsonDifferences(path: string, wanted: Json | undefined, got: Json | undefined): string[] {
  const goldenJson = typeof wanted === "string" && typeof got === "string" ? json(wanted) : undefined;
  if (goldenJson !== undefined) {
    const oursJson = json(got);
    return oursJson === undefined
      ? [`${path}: golden is JSON, ours is not: ${show(got)}`]
      : jsonDifferences(path, goldenJson, oursJson);
  }
  if (Array.isArray(wanted) && Array.isArray(got)) {
    const length = Math.max(wanted.length, got.length);
    return Array.from({ length }, (_, i) => jsonDifferences(`${path}[${i}]`, wanted[i], got[i])).flat();
  }
  if (isRecord(wanted) && isRecord(got)) {
    const keys = new Set([...Object.keys(wanted), ...Object.keys(got)]);
    return [...keys].flatMap((key) => jsonDifferences(`${path}.${key}`, wanted[key], got[key]));
  }
  return wanted === got ? [] : [`${path}: golden ${show(wanted)}, ours ${show(got)}`];
}

/** The object, list or null that a text holds; undefined for any other text, which is compared as text. */
function json(text: unknown): Json | undefined {
  if (typeof text !== "string" || !/^\s*(?:[[{]|null\s*$)/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function withoutAsync(name: string): string {
  return name === "instructor.async_create" ? "instructor.create" : name;
}

function withOurMode(input: string): string {
  const { mode, ...rest } = JSON.parse(input) as Record<string, string>;
  return JSON.stringify({ ...rest, mode: MODES[mode!] });
}

/** `{'x': 1}`, as Python prints an object, as JSON. */
function fromPython(text: string): string {
  return /^[{[].*'/.test(text) ? text.replaceAll("'", '"') : text;
}

/** Spans that started in the same nanosecond: parents first. */
function inStartOrder(spans: readonly ComparedSpan[]): ComparedSpan[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const depth = (span: ComparedSpan): number => {
    const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  return [...spans].sort((a, b) => Number(a.startTime - b.startTime) || depth(a) - depth(b));
}

function isRecord(value: unknown): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
