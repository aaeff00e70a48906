/** The table of a run: in the terminal, and between the markers of docs/benchmarks.md. */
import { readFileSync, writeFileSync } from "node:fs";

const HEADINGS = ["case", "what", "figure", "middle half of the rounds", "target", "met"];

const met = ({ isMet }) => (isMet === undefined ? "" : isMet ? "yes" : "no");

function cells(row) {
  return [row.case, row.what, row.figure, row.spread, row.target, met(row)];
}

const plain = (text) => text.replaceAll("`", "");

/** Aligned columns for a terminal. */
export function textTable(rows) {
  const lines = [HEADINGS, ...rows.map((row) => cells(row).map(plain))];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = (line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd();
  return [text(HEADINGS), widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1).map(text)].join("\n");
}

function markdownTable(rows, headings) {
  const line = (columns) => `| ${columns.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The targets first, then every figure, case by case. */
export function markdown({ machine, versions, command, date, minutes, rows, titles }) {
  const withTarget = rows.filter(({ isMet }) => isMet !== undefined);
  return [
    `Taken on ${date} by \`${command}\` in ${minutes} minutes, on ${machine.processor}, ${machine.memory}, ${machine.system}, Node ${machine.node}.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    "### Targets",
    markdownTable(withTarget.map(cells), HEADINGS),
    ...Object.entries(titles).flatMap(([number, title]) => [
      `### ${number}. ${title}`,
      markdownTable(
        rows.filter((row) => row.case === number).map((row) => [row.what, row.figure, row.spread]),
        ["what", "figure", "middle half of the rounds"],
      ),
    ]),
  ].join("\n\n");
}

const BEGIN = "<!-- bench:begin (written by npm run bench) -->";
const END = "<!-- bench:end -->";

/** Puts text between the markers of a page. */
export function writeBetweenMarkers(file, text) {
  const page = readFileSync(file, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no markers ${BEGIN} … ${END}`);
  writeFileSync(file, `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`);
}
