/**
 * `npm run test:fresh`: a new project of each kind, as its generator or a person makes it, taken from nothing to a trace by
 * the packed command: `setup`, the steps that it says are left, `dev`, `traces`, `doctor`. And an empty folder in which only
 * the lines of README or Getting started are typed, with npm and with pnpm.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pack } from "../projects/pack.js";
import type { Packed } from "../projects/pack.js";
import { TemporaryFolder } from "../projects/temporary-folder.js";
import { FreshProject } from "./fresh-project.js";
import { KINDS } from "./kinds.js";
import { TYPED_PAGES, typePage } from "./typed-pages.js";

/** Something that is proved in a folder of its own. */
interface Trial {
  readonly name: string;
  prove(folder: string, packed: Packed): Promise<string>;
}

const TRIALS: readonly Trial[] = [
  ...TYPED_PAGES.map((page) => ({
    name: page.name,
    prove: (folder: string, packed: Packed) => typePage(page, folder, packed),
  })),
  ...KINDS.map((kind) => ({
    name: kind.name,
    prove: (folder: string, packed: Packed) => new FreshProject(kind, folder, packed).prove(),
  })),
];

const USAGE = `usage: npm run test:fresh -- [--only PATTERN]
  --only PATTERN  only those whose name matches, whatever its case: ${TRIALS.map(({ name }) => name).join(" | ")}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string", default: "" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const trials = TRIALS.filter(({ name }) => new RegExp(values.only, "i").test(name));
  using folder = new TemporaryFolder();
  const packed = await pack(process.cwd(), folder.path);
  let passed = 0;
  for (const [index, { name, prove }] of trials.entries()) {
    console.log(`\n${name}`);
    try {
      console.log(indent(await prove(join(folder.path, `support-api-${index}`), packed)));
      passed++;
    } catch (error) {
      console.log(indent(`FAILED: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  console.log(`\n${passed} passed, ${trials.length - passed} failed`);
  if (passed < trials.length) process.exitCode = 1;
}

const indent = (text: string): string => text.replaceAll(/^/gm, "  ");

void main();
