import type { Outcome } from "./cell.js";

const WORDS = { passed: "ok", failed: "FAILED", missing: "MISSING" };

/** The outcomes as a table, in the order of the cells. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ cell, result, saw, seconds }) => [
    cell.group,
    cell.name,
    WORDS[result],
    `${seconds.toFixed(0)} s`,
    saw.split("\n")[0] ?? "",
  ]);
  const all = [["group", "project", "result", "time", "seen"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
