import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { settingsTable } from "../lib/telemetry/settings/settings-table.js";

/** Pages that hold the table, between its two marks. */
const PAGES = ["README.md", "docs/configuration.md"];
const BEGIN = "<!-- options: written by `npm run docs:options` -->";
const END = "<!-- /options -->";

function shown(value: unknown): string {
  if (value === undefined) return "";
  return value === 64 * 1024 * 1024 ? "64 MiB" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** The options of `RespanTelemetry` as a Markdown table, from the table that the constructor reads. */
export function optionsTable(): string {
  const rows = settingsTable().map(
    ({ option, variable, default: byDefault, description }) =>
      `| \`${option}\` | ${variable === undefined ? "" : `\`${variable}\``} | ${shown(byDefault)} | ${description.replaceAll("|", "\\|")} |`,
  );
  return ["| option | variable | default | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** A page with the table of now in it. */
export function withTable(page: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`no place for the options table: ${BEGIN} … ${END}`);
  const table = `<!-- prettier-ignore-start -->\n${optionsTable()}\n<!-- prettier-ignore-end -->`;
  return `${page.slice(0, from + BEGIN.length)}\n\n${table}\n\n${page.slice(to)}`;
}

/** The pages that a change of the settings must reach. */
export const pages: readonly string[] = PAGES.map((page) => join(__dirname, "..", page));

if (require.main === module) {
  for (const page of pages) writeFileSync(page, withTable(readFileSync(page, "utf8")));
}
