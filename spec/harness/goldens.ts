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

type Attributes = Record<string, AttributeValue>;

interface GoldenSpan {
  /** Positions in the list of spans, in place of ids. */
  parent: number | null;
  trace: number;
  name: string;
  status: { code: number };
  attributes: Attributes;
}

const INPUT = "traceloop.entity.input";
const OUTPUTS = ["traceloop.entity.output", "gen_ai.completion.0.content"];
const FUNCTIONS = "llm.request.functions";
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
  "gen_ai.completion.0.tool_calls",
];

const MODES: Record<string, string> = { tool_call: "TOOLS", json_mode: "JSON" };

/**
 * Expects the spans of the golden file: as many, with the same names, statuses, parents and traces, and with every
 * attribute of the golden spans at the same value, but for the differences that are intended ({@link expected}).
 * Attributes that only our spans have are not compared.
 *
 * @example
 * expectGolden("workflow-create", await receiver.waitFor(2));
 */
export function expectGolden(name: GoldenName, spans: readonly ReceivedSpan[]): void {
  const golden = JSON.parse(readFileSync(join(__dirname, "../fixtures/goldens", `${name}.json`), "utf8")) as {
    resource: Attributes;
    spans: GoldenSpan[];
  };
  const ours = parentsFirst(spans);
  const positionOf = (id: string | undefined) => (id === undefined ? null : ours.findIndex((one) => one.spanId === id));
  const traces = [...new Set(ours.map(({ traceId }) => traceId))];
  expect(
    ours.map(({ name: own, kind, status, parentSpanId, traceId }) => ({
      ...{ name: own, kind, status, parent: positionOf(parentSpanId), trace: traces.indexOf(traceId) },
    })),
  ).toEqual(
    golden.spans.map(({ name: theirs, status, parent, trace }) => ({
      ...{ name: withoutAsync(theirs), status, parent, trace },
      kind: theirs.startsWith("instructor.") ? SpanKind.CLIENT : SpanKind.INTERNAL,
    })),
  );
  golden.spans.forEach((theirs, index) => {
    const { attributes, resource } = ours[index]!;
    expect(resource).toMatchObject(golden.resource);
    const { [FUNCTIONS]: functions, ...wanted } = expected(theirs);
    const compared = Object.keys(wanted).map((key) => [key, comparable(key, attributes[key])]);
    expect(Object.fromEntries(compared)).toEqual(wanted);
    if (theirs.name.startsWith("instructor.")) expectFunctions(attributes[FUNCTIONS], functions, theirs);
    if (/_iterable$|_partial$/.test(theirs.name))
      expect(Object.keys(attributes)).toEqual(expect.arrayContaining(ALSO_ON_STREAMS));
  });
}

/** The attributes of a golden span as they should be here. */
function expected({ name, attributes }: GoldenSpan): Record<string, unknown> {
  const entries = Object.entries(attributes).map(([key, value]) => {
    if (key === "respan.entity.log_method") return [key, "ts_tracing"];
    if (key === `${METADATA}_tracing_sdk_version`) return [key, SDK_VERSION];
    if (key === "traceloop.entity.name" && typeof value === "string") return [key, withoutAsync(value)];
    // Python prints an object with single quotes.
    const isPython = key.startsWith(METADATA) && typeof value === "string" && /^[{[].*'/.test(value);
    const inner = parsed(isPython ? value.replaceAll("'", '"') : value);
    if (key === INPUT && attributes["llm.request.type"] === "chat") {
      const input = inner as { mode: string };
      return [key, { ...input, mode: MODES[input.mode] }];
    }
    // The reference records every partial, this package the last.
    const isPartials = name === "instructor.create_partial" && OUTPUTS.includes(key);
    return [key, isPartials ? (inner as unknown[]).at(-1) : inner];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** The reference writes every metadata value as text; here numbers and booleans keep their type. */
function comparable(key: string, value: unknown): unknown {
  const isPlain = typeof value === "number" || typeof value === "boolean";
  return key.startsWith(METADATA) && isPlain ? String(value) : parsed(value);
}

/** One function for the response model, with an object schema without titles, and all that the golden schema has. */
function expectFunctions(ours: unknown, golden: unknown, { attributes }: GoldenSpan): void {
  const { response_model: name } = parsed(attributes[INPUT]) as { response_model: string };
  const functions = parsed(ours);
  expect(functions).toMatchObject([
    { type: "function", function: { name, parameters: { type: "object", properties: expect.any(Object) as unknown } } },
  ]);
  expect(functions).toEqual(without(["title"], functions));
  if (golden !== undefined) expect(functions).toMatchObject(without(["title", "description"], golden) as object[]);
}

/** A schema without the texts of these keywords: Pydantic writes titles, descriptions differ. Properties stay. */
function without(keywords: readonly string[], schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => without(keywords, item));
  if (!isRecord(schema)) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => !keywords.includes(key) || typeof value !== "string");
  return Object.fromEntries(kept.map(([key, value]) => [key, without(keywords, value)]));
}

/** A value in which each text that holds JSON is parsed, at any depth. */
function parsed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(parsed);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, parsed(inner)]));
  if (typeof value !== "string" || !/^\s*(?:[[{]|null\s*$)/.test(value)) return value;
  try {
    return parsed(JSON.parse(value));
  } catch {
    return value;
  }
}

function withoutAsync(name: string): string {
  return name === "instructor.async_create" ? "instructor.create" : name;
}

/** By start; spans that started in the same nanosecond: parents first. */
function parentsFirst(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  const depth = ({ parentSpanId }: ReceivedSpan): number => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  return [...spans].sort((a, b) => Number(a.startTime - b.startTime) || depth(a) - depth(b));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
