import { execFileSync } from "node:child_process";
import { ROOT, textOf } from "./pages.js";

const MARKDOWN = `import { keptRuns, markdown } from "./bench/runner/page.mjs";
process.stdout.write(markdown(keptRuns()));`;

describe("docs/benchmarks.md", () => {
  it("has the figures of the kept runs (node bench/runner/page.mjs writes it)", () => {
    const figures = execFileSync(process.execPath, ["--input-type=module", "--eval", MARKDOWN], { cwd: ROOT });
    expect(textOf("docs/benchmarks.md")).toContain(`\n\n${figures.toString()}\n\n`);
  });
});
