import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ROOT, textOf } from "./pages.js";

/** Lines without what differs from one run to the next. */
const steady = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/[0-9a-f]{32}/, "(id)").replace(/[\d.]+ m?s\b/, "(time)"));

const ENTITIES: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "\u00a0": " " };

describe("the README's picture", () => {
  it("shows what the demo prints of its trace (npm run docs:picture draws it)", () => {
    const { PATH, HOME } = process.env;
    const printed = execFileSync(join(ROOT, "node_modules/.bin/tsx"), ["samples/demo.ts"], {
      cwd: ROOT,
      encoding: "utf8",
      env: { PATH, HOME },
    });
    const drawn = [...textOf("docs/trace.svg").matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text = ""]) =>
      text.replaceAll(/&lt;|&gt;|&amp;|\u00a0/g, (found) => ENTITIES[found] ?? found),
    );
    expect(drawn).not.toEqual([]);
    expect(steady(drawn)).toEqual(steady(printed.trimEnd().split("\n").slice(-drawn.length)));
  }, 120_000);
});
