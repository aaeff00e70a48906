/** The rows of one run as aligned columns, for a terminal. */

const HEADINGS = ["case", "what", "figure", "middle half of the rounds", "target", "met"];

const met = ({ isMet }) => (isMet === undefined ? "" : isMet ? "yes" : "no");

const cells = (row) => [row.case, row.what, withRemark(row.figure, row), row.spread, row.target, met(row)];

/** A figure, and what must be known beside it. */
export const withRemark = (figure, { remark }) => (remark === undefined ? figure : `${figure}, ${remark}`);

export function textTable(rows) {
  const lines = [HEADINGS, ...rows.map((row) => cells(row).map((cell) => cell.replaceAll("`", "")))];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = (line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd();
  return [text(HEADINGS), widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1).map(text)].join("\n");
}
