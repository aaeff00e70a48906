/** The figures of docs/benchmarks.md: one column for each Node version that `npm run bench` was run on. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withRemark } from "./table.mjs";

const BENCH = fileURLToPath(new URL("..", import.meta.url));
const PAGE = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));

const BEGIN = "<!-- bench:begin (written by npm run bench) -->";
const END = "<!-- bench:end -->";

/** The oldest Node that is supported; the README's table shows its figures. */
const FIRST_MAJOR = 20;

const majorOf = (node) => Number(/\d+/.exec(node)?.[0]);

/** Where the results of a run on this Node are kept. */
export function resultsFile(node = process.version) {
  const major = majorOf(node);
  return `${BENCH}results${major === FIRST_MAJOR ? "" : `-node${major}`}.json`;
}

/** Every run that was kept, the oldest Node first. */
export function keptRuns() {
  return readdirSync(BENCH)
    .filter((name) => /^results(-node\d+)?\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(`${BENCH}${name}`, "utf8")))
    .sort((a, b) => majorOf(a.machine.node) - majorOf(b.machine.node));
}

const nodeOf = ({ machine }) => `Node ${machine.node.replace("v", "")}`;

function table(rows, headings) {
  const line = (columns) => `| ${columns.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A figure with the middle half of its rounds. */
function figure(row) {
  if (row === undefined) return "";
  const text = row.spread === "" ? row.figure : `${row.figure} (${row.spread})`;
  return withRemark(text, row);
}

/** The measured rows of all runs, in order. */
function namesOf(runs, isWanted) {
  return [...new Set(runs.flatMap(({ rows }) => rows.filter(isWanted).map(({ what }) => what)))];
}

function targets(runs) {
  const numbers = Object.keys(runs[0].titles);
  const rows = numbers.flatMap((number) => {
    const isWanted = (row) => row.case === number && row.isMet !== undefined;
    return namesOf(runs, isWanted).map((what) => {
      const found = runs.map(({ rows }) => rows.find((row) => isWanted(row) && row.what === what));
      const text = (row) => (row === undefined ? "" : `${figure(row)}: ${row.isMet ? "met" : "**missed**"}`);
      return [number, what, found.find((row) => row !== undefined).target, ...found.map(text)];
    });
  });
  return table(rows, ["case", "what", "target", ...runs.map(nodeOf)]);
}

function caseTable(runs, number) {
  const isWanted = (row) => row.case === number && row.isDetail !== true;
  const rows = namesOf(runs, isWanted).map((what) => [
    what,
    ...runs.map(({ rows }) => figure(rows.find((row) => isWanted(row) && row.what === what))),
  ]);
  return table(rows, ["what", ...runs.map(nodeOf)]);
}

const about = (run) => {
  const { processor, memory, system } = run.machine;
  return `- ${nodeOf(run)}: \`${run.command}\` on ${run.date}, ${run.minutes} minutes, ${processor}, ${memory}, ${system}.`;
};

const versionsOf = (run) =>
  Object.entries(run.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");

/** Versions once, or for each run where they differ. */
function versions(runs) {
  const all = [...new Set(runs.map(versionsOf))];
  if (all.length === 1) return [`Versions: ${all[0]}.`];
  return runs.map((run) => `Versions with ${nodeOf(run)}: ${versionsOf(run)}.`);
}

/** The targets first, then every case. */
export function markdown(runs) {
  const last = runs.at(-1);
  return [
    runs.map(about).join("\n"),
    ...versions(runs),
    "Each figure is a median, with the middle half of the rounds in parentheses.",
    "### Targets",
    targets(runs),
    ...Object.entries(last.titles).flatMap(([number, title]) => [`### ${number}. ${title}`, caseTable(runs, number)]),
  ].join("\n\n");
}

/** The page's text with the figures of these runs. */
function withFigures(page, runs) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no markers ${BEGIN} … ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${markdown(runs)}\n\n${page.slice(to)}`;
}

export function writePage() {
  writeFileSync(PAGE, withFigures(readFileSync(PAGE, "utf8"), keptRuns()));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writePage();
