import { pages, withPeers } from "../../scripts/peers-table.js";
import { textOf } from "./pages.js";

describe("the table of peers", () => {
  it.each(pages)("of %s has the figures of the last benchmark (npm run docs:peers writes it)", (page) => {
    expect(withPeers(textOf(page))).toBe(textOf(page));
  });
});
