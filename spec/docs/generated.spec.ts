import { execFileSync } from "node:child_process";
import { relative } from "node:path";
import { GENERATED } from "../../scripts/llms.js";
import { pages as OPTIONS_PAGES, withTable } from "../../scripts/options-table.js";
import { pages as PEERS_PAGES, withPeers } from "../../scripts/peers-table.js";
import { figures, page as PRIVACY_PAGE, withRules } from "../../scripts/privacy-page.js";
import { BuiltSamples } from "../samples/built-samples.js";
import { ROOT, textOf } from "./pages.js";

const pathOf = (file: string): string => relative(ROOT, file);

/** The text that each command writes, from the text that is there. */
const WRITTEN: readonly (readonly [command: string, page: string, write: (text: string) => string])[] = [
  ...OPTIONS_PAGES.map((page) => ["docs:options", pathOf(page), (text: string) => withTable(text, page)] as const),
  ...PEERS_PAGES.map((page) => ["docs:peers", page, withPeers] as const),
  ["docs:privacy", pathOf(PRIVACY_PAGE), withRules],
  ...Object.entries(GENERATED).map(([page, write]) => ["docs:llms", page, write] as const),
];

it.each(WRITTEN)("npm run %s would not change %s", (_command, page, write) => {
  expect(write(textOf(page))).toBe(textOf(page));
});

it("docs/privacy.md may say that few credentials leave and few ordinary values are changed", () => {
  const { masked, missed, kept, damaged } = figures();
  expect({ missed, isFew: missed.length <= masked * 0.02 }).toEqual({ missed, isFew: true });
  expect({ damaged, isFew: damaged.length <= kept * 0.01 }).toEqual({ damaged, isFew: true });
});

it("docs/benchmarks.md has the figures of the kept runs (node bench/runner/page.mjs writes it)", () => {
  const program = `import { keptRuns, markdown } from "./bench/runner/page.mjs";
    process.stdout.write(markdown(keptRuns()));`;
  const written = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: ROOT });
  expect(textOf("docs/benchmarks.md")).toContain(`\n\n${written.toString()}\n\n`);
});

describe("the README's picture", () => {
  const ENTITIES: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "\u00a0": " " };
  /** Lines without what differs from one run to the next. */
  const steady = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(/[0-9a-f]{32}/, "(id)").replace(/[\d.]+ m?s\b/, "(time)"));

  it("shows the trace that the demo prints (npm run docs:picture draws it)", async () => {
    using samples = new BuiltSamples(["support-ticket"]);
    const { stdout } = await samples.run("support-ticket");
    const drawn = [...textOf("docs/trace.svg").matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text = ""]) =>
      text.replaceAll(/&lt;|&gt;|&amp;|\u00a0/g, (found) => ENTITIES[found] ?? found),
    );
    expect(drawn).not.toEqual([]);
    expect(steady(drawn)).toEqual(steady(stdout.trimEnd().split("\n").slice(-drawn.length)));
  });
});
