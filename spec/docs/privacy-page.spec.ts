import { readFileSync } from "node:fs";
import { figures, page, withRules } from "../../scripts/privacy-page.js";

it("docs/privacy.md has the rules and figures of now (npm run docs:privacy writes them)", () => {
  const text = readFileSync(page, "utf8");
  expect(withRules(text)).toBe(text);
});

it("of the corpora at most 2 % of the credentials leave, at most 1 % of the ordinary values are changed", () => {
  const { masked, missed, kept, damaged } = figures();
  expect({ missed, isFew: missed.length <= masked * 0.02 }).toEqual({ missed, isFew: true });
  expect({ damaged, isFew: damaged.length <= kept * 0.01 }).toEqual({ damaged, isFew: true });
});
