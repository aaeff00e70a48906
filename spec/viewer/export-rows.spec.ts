import { transformSync } from "esbuild";
import { exportText, storedRows } from "../../lib/viewer/export-rows.js";
import { storeOf } from "./analysis/structured-call.js";
import type { Call } from "./analysis/structured-call.js";

const issues = [{ path: ["priority"], code: "invalid_enum_value", message: "no such priority" }];
const messages = [{ role: "user", content: "It is broken" }];
const SCHEMA = { type: "object", properties: { priority: { enum: ["low", "high"] } } };
const content = {
  "traceloop.entity.input": JSON.stringify({ messages, response_model: "Ticket" }),
  "llm.request.functions": JSON.stringify([{ type: "function", function: { name: "Ticket", parameters: SCHEMA } }]),
};

const CALLS: readonly Call[] = [
  { at: 1, attempts: [{ outcome: "success" }], content: { ...content, "traceloop.entity.output": "{}" } },
  {
    at: 3,
    attempts: [{ outcome: "validation_error", issues }, { outcome: "success" }],
    content: { ...content, "traceloop.entity.output": '{"priority":"high"}' },
  },
  { at: 2, isFailed: true, attempts: [{ outcome: "validation_error", issues }], content },
  { at: 4, isFailed: true, attempts: [{ outcome: "validation_error" }] },
];

const lines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

describe("rows for a test", () => {
  it("are calls that failed or were corrected, first to last, with input, schema, answers and issues", () => {
    const rows = lines(exportText(storedRows(storeOf(CALLS), {}), "jsonl"));
    expect(rows).toHaveLength(3);
    expect(rows.slice(0, 2)).toMatchObject([
      { outcome: "failed", startTime: 2, input: messages, schema: SCHEMA, attempts: [{ number: 1, issues }] },
      {
        outcome: "corrected",
        responseModel: "Ticket",
        schemaHash: "aaaa",
        mode: "TOOLS",
        model: "small",
        result: { priority: "high" },
        attempts: [
          { outcome: "validation_error", issues },
          { outcome: "success", answer: '{"priority":"high"}' },
        ],
      },
    ]);
    expect(rows[0]).not.toHaveProperty("result");
  });

  it("hold nothing that was said where content was off", () => {
    const [, , off] = lines(exportText(storedRows(storeOf(CALLS), {}), "jsonl"));
    expect(off).toEqual({
      traceId: "4".padStart(32, "0"),
      spanId: "4".padStart(16, "0"),
      startTime: 4,
      outcome: "failed",
      responseModel: "Ticket",
      schemaHash: "aaaa",
      mode: "TOOLS",
      model: "small",
      attempts: [{ number: 1, outcome: "validation_error" }],
    });
  });

  it("are one Vitest file, with a case for each whose input is there", () => {
    const text = exportText(storedRows(storeOf(CALLS), {}), "vitest");
    expect(() => transformSync(text, { loader: "ts", format: "esm" })).not.toThrow();
    expect(text.match(/^import .*/gm)).toHaveLength(3);
    expect(text.match(/^test\(/gm)).toHaveLength(2);
    expect(text).toContain("expect(result).toBeDefined();");
    expect(text).toContain('expect(result).toMatchObject({\n    priority: "high",\n  });');
  });

  it("are narrowed by a filter, and none is an empty text", () => {
    expect(lines(exportText(storedRows(storeOf(CALLS), { from: 3 }), "jsonl"))).toHaveLength(2);
    expect(exportText([], "jsonl")).toBe("");
  });
});
