import { attemptsOf } from "../../../lib/viewer/page/model/attempts.js";
import { fieldTable } from "../../../lib/viewer/page/model/fields.js";
import type { FieldTable } from "../../../lib/viewer/page/model/fields.js";
import { apiSpan, attemptEvent } from "./api-span.js";

const SCHEMA = {
  type: "object",
  required: ["total", "lines"],
  properties: {
    total: { type: "number", description: "In euros." },
    lines: { type: "array", items: { type: "object", properties: { amount: { type: "number", minimum: 0 } } } },
    note: { type: "string" },
  },
};

const failed = (answer: object, issues: object[]) =>
  attemptsOf(
    apiSpan("chat", {
      events: [
        attemptEvent(1, {
          number: 1,
          outcome: "validation_error",
          answer: JSON.stringify(answer),
          issues: JSON.stringify(issues),
        }),
        attemptEvent(2, { number: 2, outcome: "success" }),
      ],
    }),
  );

const row = (table: FieldTable, text: string) => table.rows.find((each) => each.text === text);

describe("the schema beside the result", () => {
  it("has a row for each field, with type, constraints, description and whether it is required", () => {
    const table = fieldTable(SCHEMA, [], { total: 3, lines: [{ amount: 3 }] });
    expect(table.columns).toEqual([{ title: "Result" }]);
    expect(table.rows.map(({ text }) => text)).toEqual(["total", "lines", "lines[0]", "lines[0].amount", "note"]);
    expect(row(table, "total")).toMatchObject({ type: "number", description: "In euros.", isRequired: true });
    expect(row(table, "lines[0].amount")).toMatchObject({ constraints: ["≥ 0"], isRequired: false });
    expect(row(table, "note")?.cells[0]?.value).toBeUndefined();
  });

  it("has a column for each failed attempt, its issue at the field that failed, and marks what changed", () => {
    const attempts = failed({ total: "3", lines: [{ amount: -1 }] }, [
      { path: ["lines", 0, "amount"], code: "too_small", message: "must not be negative" },
    ]);
    const table = fieldTable(SCHEMA, attempts, { total: 3, lines: [{ amount: -1 }] });
    expect(table.columns.map(({ title }) => title)).toEqual(["Attempt 1", "Result (attempt 2)"]);
    const amount = row(table, "lines[0].amount")?.cells;
    expect(amount?.map(({ issues }) => issues.length)).toEqual([1, 0]);
    expect(amount?.[1]?.isChanged).toBe(false);
    expect(row(table, "total")?.cells[1]?.isChanged).toBe(true);
  });

  it("puts an issue at the nearest field above that is there, up to the whole answer", () => {
    const issues = [
      { path: ["lines", 4, "amount"], message: "a line too many" },
      { path: [], message: "the total is not the sum" },
    ];
    const table = fieldTable(SCHEMA, failed({ total: 1, lines: [] }, issues), { total: 1, lines: [] });
    expect(row(table, "lines")?.cells[0]?.issues).toHaveLength(1);
    expect(row(table, "")?.cells[0]?.issues[0]?.message).toBe("the total is not the sum");
  });

  it("marks what the schema does not know", () => {
    const table = fieldTable(SCHEMA, [], { total: 1, lines: [], extra: true });
    expect(row(table, "extra")?.isUnknown).toBe(true);
    expect(row(table, "total")?.isUnknown).toBe(false);
  });

  it("shows a list under the one field that the model was asked for", () => {
    const schema = { type: "object", properties: { tickets: { type: "array", items: { type: "string" } } } };
    expect(fieldTable(schema, [], ["a", "b"]).rows.map(({ text }) => text)).toEqual([
      "tickets",
      "tickets[0]",
      "tickets[1]",
    ]);
  });

  it("shows the answer alone without a schema, and says how much of a long one is left out", () => {
    expect(fieldTable(undefined, [], { a: { b: 1 } }).rows.map(({ text }) => text)).toEqual(["a", "a.b"]);
    const long = fieldTable(undefined, [], { list: Array.from({ length: 1_500 }, (_, index) => index) });
    expect(long.rows).toHaveLength(999);
    expect(long.omitted).toBe(502);
  });

  it("ends where an answer nests without end", () => {
    let value = {};
    for (let depth = 0; depth < 100; depth++) value = { a: value };
    expect(fieldTable(undefined, [], value).rows.length).toBeLessThan(30);
  });
});
