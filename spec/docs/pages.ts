import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "../..");

/** A fenced block of a page. */
export interface Snippet {
  /** The page's path from the root. */
  readonly page: string;
  /** The line on which the code begins, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** The file that it is an excerpt of: `<!-- from samples/… -->` stands above the fence. */
  readonly source: string | undefined;
}

/** Every Markdown page that a reader of the repository meets. */
export const PAGES: readonly string[] = [
  ...markdownIn(""),
  ...markdownIn("docs").filter((page) => !page.startsWith("docs/api/")),
];

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => (folder === "" ? name : `${folder}/${name}`));
}

export const textOf = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/**
 * Programs that stand in the right-hand column of a table, line by line, beside the Python that they replace.
 * @returns each as a snippet that begins on the table's first line
 */
export function programsOf(page: string): Snippet[] {
  const programs: Snippet[] = [];
  const lines = textOf(page).split("\n");
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] !== "| Python | TypeScript |") continue;
    const line = at + 3;
    const code: string[] = [];
    for (at += 2; lines[at]?.startsWith("| ") === true; at++) code.push(rightCell(lines[at] ?? ""));
    programs.push({ page, line, language: "ts", code: code.join("\n"), source: undefined });
  }
  return programs;
}

/** The code in the second cell of a row. */
function rightCell(row: string): string {
  const [, , cell = ""] = row.split(/(?<!\\)\|/);
  return (/^\s*(`+) ?(.*?) ?\1\s*$/.exec(cell)?.[2] ?? "").replaceAll("\\|", "|");
}

/** The fenced blocks of a page, in their order. */
export function snippetsOf(page: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = textOf(page).split("\n");
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(\w*)$/.exec(lines[at] ?? "")?.[1];
    if (language === undefined) continue;
    const source = /^<!-- from (\S+) -->$/.exec(lines[at - 2] ?? "")?.[1];
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: a fence that is not closed`);
    snippets.push({ page, line: at + 2, language, code: lines.slice(at + 1, end).join("\n"), source });
    at = end;
  }
  return snippets;
}
