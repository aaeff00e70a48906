import { readFileSync } from "node:fs";
import { pages, withTable } from "../../scripts/options-table.js";

describe("the options table", () => {
  it.each(pages)("of %s is the one that the constructor reads (npm run docs:options writes it)", (page) => {
    const text = readFileSync(page, "utf8");
    expect(withTable(text, page)).toBe(text);
  });
});
