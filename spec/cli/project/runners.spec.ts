import { execFileSync } from "node:child_process";
import { join } from "node:path";
import ts from "typescript";
import { RUNNERS, runnersOf } from "../../../lib/cli/project/runners.js";
import { json, write } from "../../../scripts/projects/installation.js";
import { run } from "../../../scripts/projects/run.js";
import { TemporaryFolder } from "../../../scripts/projects/temporary-folder.js";

const ROOT = join(__dirname, "../../..");
const SAMPLE = `
const note = (...given: unknown[]): any => { console.log("decorated", given.length > 0); };
class Desk { @note work() {} }
void new Desk();
`;

const named = (name: string) => {
  const runner = RUNNERS.find((each) => each.name === name);
  if (runner === undefined) throw new Error(`no runner ${name}`);
  return runner;
};

const decoratorIsLeft = (output: string): boolean => output.includes("@note");

describe("what is known of a runner", () => {
  it.each<[string, string]>([
    ["tsx watch src/main.ts", "tsx"],
    ["node --import tsx src/main.ts", "tsx"],
    ["node -r ts-node/register src/main.ts", "ts-node"],
    ["node src/main.ts", "Node's type stripping"],
    ["node --env-file=.env --watch src/main.mts", "Node's type stripping"],
    ["nest start --watch", "Nest's command"],
    ["next dev", "Next.js"],
    ["vite", "Vite"],
    ["esbuild src/main.ts --bundle", "esbuild"],
    ["tsc -p .", "tsc"],
    ["bun run src/main.ts", "Bun"],
  ])("is found by the script %s", (script, name) => {
    expect(runnersOf({ scripts: { start: script } }).map((runner) => runner.name)).toEqual([name]);
  });

  it.each([
    ["node dist/main.js", "start"],
    ["tsc --noEmit", "build"],
    ["tsx --test", "test"],
    ["vitest", "start"],
  ])("is not found by the script %s (%s)", (script, name) => {
    expect(runnersOf({ scripts: { [name]: script } })).toEqual([]);
  });

  it.each([
    ["standard", "es2022"],
    ["standard", "esnext"],
    ["legacy", "es2022"],
    ["legacy", "esnext"],
  ] as const)("is what TypeScript does (%s decorators, target %s)", (mode, target) => {
    const { outputText } = ts.transpileModule(SAMPLE, {
      compilerOptions: {
        experimentalDecorators: mode === "legacy",
        target: target === "esnext" ? ts.ScriptTarget.ESNext : ts.ScriptTarget.ES2022,
      },
    });
    for (const name of ["tsc", "ts-node", "Nest's command"]) {
      expect(named(name).decorators({ mode, target }).works).toBe(!decoratorIsLeft(outputText));
    }
  });

  it.each(["standard", "legacy"] as const)("is what tsx does (%s decorators)", async (mode) => {
    using folder = new TemporaryFolder();
    const compilerOptions = { experimentalDecorators: mode === "legacy", target: "esnext" };
    write(folder.path, { "tsconfig.json": json({ compilerOptions }), "main.ts": SAMPLE });
    const loader = join(ROOT, "node_modules/tsx/dist/loader.mjs");
    const { stdout } = await run(process.execPath, ["--import", loader, "main.ts"], { cwd: folder.path });
    expect(stdout).toBe("decorated true\n");
    expect(named("tsx").decorators({ mode, target: "esnext" }).works).toBe(true);
  });

  it.each([
    ["standard", [], "perhaps"],
    ["standard", ["--target=node20"], "perhaps"],
    ["legacy", [], true],
  ] as const)("is what esbuild does (%s decorators, %j)", (mode, flags, works) => {
    const raw = JSON.stringify({ compilerOptions: { experimentalDecorators: mode === "legacy" } });
    const esbuild = join(ROOT, "node_modules/esbuild/bin/esbuild");
    const output = execFileSync(esbuild, ["--loader=ts", `--tsconfig-raw=${raw}`, ...flags], { input: SAMPLE });
    // Without a target they are left, with the one that the fix names they are not.
    expect(decoratorIsLeft(String(output))).toBe(works === "perhaps" && flags.length === 0);
    expect(named("esbuild").decorators({ mode, target: undefined }).works).toBe(works);
  });
});
