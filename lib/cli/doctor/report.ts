import { columns, paint, print, printable } from "../terminal.js";
import type { Style } from "../terminal.js";
import { plural } from "../../viewer/page/model/format.js";
import type { Diagnosis, Finding, Level } from "./finding.js";

const STYLES: Readonly<Record<Level, Style>> = { ok: "green", note: "cyan", warning: "yellow", problem: "red" };
const WIDTH = Math.max(...Object.keys(STYLES).map((level) => level.length));

/** The findings for a reader, each with what to do. */
export function printDiagnosis({ folder, version, node, settings, findings }: Diagnosis): void {
  const { stdout } = process;
  print(stdout, `respan-instructor ${version}, Node ${node}, ${folder}`);
  print(stdout, "");
  print(stdout, paint(stdout, "bold", "settings from the environment; options in code override them"));
  const rows = settings.map(({ variable, value, from }) => [variable, printable(value), from]);
  for (const line of columns(rows)) print(stdout, `  ${line}`);
  let check = "";
  for (const finding of findings) {
    if (finding.check !== check) {
      print(stdout, "");
      print(stdout, paint(stdout, "bold", finding.check));
    }
    check = finding.check;
    printFinding(finding);
  }
  print(stdout, "");
  print(stdout, conclusion(findings));
}

function printFinding({ level, message, fix }: Finding): void {
  const { stdout } = process;
  print(stdout, `  ${paint(stdout, STYLES[level], level.padEnd(WIDTH))}  ${printable(message)}`);
  if (fix !== undefined) print(stdout, `  ${" ".repeat(WIDTH)}  → ${printable(fix)}`);
}

function conclusion(findings: readonly Finding[]): string {
  const { stdout } = process;
  const count = (wanted: Level): number => findings.filter(({ level }) => level === wanted).length;
  const problems = count("problem");
  if (problems > 0) return paint(stdout, "red", `${plural(problems, "problem")}: spans are lost.`);
  return paint(stdout, "green", `No problem${count("warning") > 0 ? `, ${plural(count("warning"), "warning")}` : ""}.`);
}
