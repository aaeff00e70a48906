export type Inline =
  | { readonly type: "text" | "code"; readonly text: string }
  | { readonly type: "strong" | "emphasis" | "strike"; readonly children: readonly Inline[] }
  /** Only http, https and mailto; any other target is left as text. */
  | { readonly type: "link"; readonly href: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly type: "heading"; readonly level: number; readonly children: readonly Inline[] }
  | { readonly type: "paragraph"; readonly children: readonly Inline[] }
  | { readonly type: "code"; readonly language: string; readonly text: string }
  | { readonly type: "quote"; readonly blocks: readonly Block[] }
  | {
      readonly type: "list";
      readonly isOrdered: boolean;
      readonly start: number;
      readonly items: readonly (readonly Block[])[];
    }
  | { readonly type: "table"; readonly head: readonly Cells[]; readonly rows: readonly (readonly Cells[])[] }
  | { readonly type: "rule" };

type Cells = readonly Inline[];

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}>\s?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const DEEPEST = 8;

/** The part of Markdown that models write. HTML in it is text. */
export function parseMarkdown(text: string): readonly Block[] {
  return blocksOf(text.replaceAll("\r\n", "\n").split("\n"), 0);
}

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ type: "paragraph", children: parseInline(paragraph.join("\n")) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const read = line.trim() === "" ? { block: undefined, next: at + 1 } : blockAt(lines, at, depth);
    if (read === undefined) {
      paragraph.push(line.trim());
      at += 1;
      continue;
    }
    flush();
    if (read.block) blocks.push(read.block);
    at = read.next;
  }
  flush();
  return blocks;
}

/** What starts at a line, unless it is a paragraph's. */
function blockAt(lines: readonly string[], at: number, depth: number): { block: Block; next: number } | undefined {
  const line = lines[at] ?? "";
  const fence = FENCE.exec(line);
  if (fence) return codeAt(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading) {
    const [, marks = "", text = ""] = heading;
    return { block: { type: "heading", level: marks.length, children: parseInline(text) }, next: at + 1 };
  }
  if (RULE.test(line)) return { block: { type: "rule" }, next: at + 1 };
  if (depth < DEEPEST && QUOTE.test(line)) {
    const next = endOfRun(lines, at, (each) => QUOTE.test(each));
    const inner = lines.slice(at, next).map((each) => each.replace(QUOTE, ""));
    return { block: { type: "quote", blocks: blocksOf(inner, depth + 1) }, next };
  }
  if (depth < DEEPEST && ITEM.test(line)) return listAt(lines, at, depth);
  return line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "") ? tableAt(lines, at) : undefined;
}

function endOfRun(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  let next = from;
  while (next < lines.length && belongs(lines[next] ?? "")) next += 1;
  return next;
}

function codeAt(lines: readonly string[], at: number, [, fence = "", language = ""]: RegExpExecArray) {
  const close = new RegExp(`^ {0,3}${fence[0] ?? ""}{${fence.length},}\\s*$`);
  const end = endOfRun(lines, at + 1, (line) => !close.test(line));
  const block: Block = { type: "code", language, text: lines.slice(at + 1, end).join("\n") };
  return { block, next: end + 1 };
}

function listAt(lines: readonly string[], at: number, depth: number): { block: Block; next: number } {
  const [, indent = "", marker = ""] = ITEM.exec(lines[at] ?? "") ?? [];
  const isOrdered = /\d/.test(marker);
  const items: string[][] = [];
  let next = at;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? "";
    const [, deeper = "", mark = "", text = ""] = ITEM.exec(line) ?? [];
    const isItem = mark !== "" && deeper.length <= indent.length + 1;
    if (isItem && /\d/.test(mark) !== isOrdered) break;
    if (isItem) items.push([text]);
    else if (
      line.trim() === "" ? /^\s/.test(lines[next + 1] ?? "") || ITEM.test(lines[next + 1] ?? "") : /^\s/.test(line)
    ) {
      items.at(-1)?.push(line.slice(Math.min(indent.length + 2, line.length - line.trimStart().length)));
    } else break;
  }
  const start = Number.parseInt(marker, 10);
  const read = items.map((item) => blocksOf(item, depth + 1));
  return { block: { type: "list", isOrdered, start: Number.isNaN(start) ? 1 : start, items: read }, next };
}

function tableAt(lines: readonly string[], at: number): { block: Block; next: number } {
  const next = endOfRun(lines, at + 2, (line) => line.includes("|") && line.trim() !== "");
  const cells = (line: string): Cells[] =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => parseInline(cell.trim()));
  return { block: { type: "table", head: cells(lines[at] ?? ""), rows: lines.slice(at + 2, next).map(cells) }, next };
}

/** Each form of inline text with what it makes of a match; the first that matches at a place wins. */
const INLINE: readonly [pattern: RegExp, make: (match: RegExpExecArray, depth: number) => Inline][] = [
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , text = ""]) => ({ type: "code", text: text.trim() })],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*/, ([, text = ""], depth) => ({ type: "strong", children: inline(text, depth) })],
  [/^__(?=\S)([\s\S]*?\S)__(?!\w)/, ([, text = ""], depth) => ({ type: "strong", children: inline(text, depth) })],
  [/^~~(?=\S)([\s\S]*?\S)~~/, ([, text = ""], depth) => ({ type: "strike", children: inline(text, depth) })],
  [/^\*(?=[^\s*])([^*]*[^\s*])\*/, ([, text = ""], depth) => ({ type: "emphasis", children: inline(text, depth) })],
  [/^_(?=[^\s_])([^_]*[^\s_])_(?!\w)/, ([, text = ""], depth) => ({ type: "emphasis", children: inline(text, depth) })],
  [
    /^\[([^\]\n]*)\]\(((?:https?:|mailto:)[^\s)]+)(?:\s+"[^"]*")?\)/i,
    ([, text = "", href = ""], depth) => ({ type: "link", href, children: inline(text, depth) }),
  ],
  [
    /^<?(https?:\/\/[^\s<>"'`)\]]+[^\s<>"'`)\].,;:!?])>?/i,
    ([, href = ""]) => ({ type: "link", href, children: [{ type: "text", text: href }] }),
  ],
];

export function parseInline(text: string): readonly Inline[] {
  return inline(text, 0);
}

function inline(text: string, depth: number): Inline[] {
  if (depth > DEEPEST) return [{ type: "text", text }];
  const parts: Inline[] = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    // Nothing can start inside of a word: `snake_case_name` is one.
    const isInWord = /[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
    const found = !isInWord || !/[_hH]/.test(text[at] ?? "") ? inlineAt(text.slice(at, at + 4000), depth) : undefined;
    if (found === undefined) {
      const isEscape = text[at] === "\\" && /[\\`*_[\]()#+.!~|>-]/.test(text[at + 1] ?? "");
      plain += text[isEscape ? at + 1 : at] ?? "";
      at += isEscape ? 2 : 1;
      continue;
    }
    if (plain !== "") parts.push({ type: "text", text: plain });
    plain = "";
    parts.push(found.part);
    at += found.length;
  }
  if (plain !== "") parts.push({ type: "text", text: plain });
  return parts;
}

function inlineAt(rest: string, depth: number): { part: Inline; length: number } | undefined {
  if (!/^[`*_~[<hH]/.test(rest)) return undefined;
  for (const [pattern, make] of INLINE) {
    const match = pattern.exec(rest);
    if (match) return { part: make(match, depth + 1), length: match[0].length };
  }
  return undefined;
}
