import { parseInline, parseMarkdown } from "../../../lib/viewer/page/model/markdown.js";
import type { Block } from "../../../lib/viewer/page/model/markdown.js";

const types = (text: string) => parseMarkdown(text).map(({ type }) => type);

describe("Markdown", () => {
  it("is headings, paragraphs, lists, quotes, code, rules and tables", () => {
    const text =
      "# Title\n\ntwo\nlines\n\n- a\n- b\n\n1. c\n\n> quoted\n\n```ts\nlet a;\n```\n\n---\n\n| a | b |\n| - | - |\n| 1 | 2 |";
    expect(types(text)).toEqual(["heading", "paragraph", "list", "list", "quote", "code", "rule", "table"]);
  });

  it("nests lists, and starts a list at its number", () => {
    const [list] = parseMarkdown("3. a\n   - b\n4. c");
    expect(list).toMatchObject({ isOrdered: true, start: 3 });
    expect((list as Block & { type: "list" }).items.map((item) => item.map(({ type }) => type))).toEqual([
      ["paragraph", "list"],
      ["paragraph"],
    ]);
  });

  it("leaves what is in a fence alone, also one that is never closed", () => {
    expect(parseMarkdown("```\n# no heading\n> none")).toEqual([
      { type: "code", language: "", text: "# no heading\n> none" },
    ]);
  });

  it("marks strong, emphasis, strike and code inside of text", () => {
    expect(parseInline("a **b** *c* ~~d~~ `e`").map(({ type }) => type)).toEqual([
      "text",
      "strong",
      "text",
      "emphasis",
      "text",
      "strike",
      "text",
      "code",
    ]);
  });

  it.each(["snake_case_name", "2 * 3 * 4", "\\*not\\*", "a < b", "<b>html</b>"])("leaves %s as text", (text) => {
    expect(parseInline(text)).toEqual([{ type: "text", text: text.replaceAll("\\", "") }]);
  });

  it("links only to http, https and mailto", () => {
    expect(parseInline("[a](https://example.com/x)")).toMatchObject([{ type: "link", href: "https://example.com/x" }]);
    for (const text of ["[a](javascript:alert(1))", "[a](data:text/html,x)", "![a](file:///etc/passwd)"]) {
      expect(JSON.stringify(parseInline(text))).not.toContain('"link"');
    }
  });

  it("ends with text that opens quotes and emphasis without end", () => {
    expect(types(">".repeat(5_000))).toEqual(["quote"]);
    expect(parseInline("*a ".repeat(2_000)).length).toBeGreaterThan(0);
  });
});
