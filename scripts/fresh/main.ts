/**
 * `npm run test:fresh`: a new project of each kind, as its generator or a person makes it, taken from nothing to a trace by
 * the packed command: `setup`, the steps that it says are left, `dev`, `traces`, `doctor`.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pack } from "../projects/pack.js";
import { TemporaryFolder } from "../projects/temporary-folder.js";
import { FreshProject } from "./fresh-project.js";
import { KINDS } from "./kinds.js";

const USAGE = `usage: npm run test:fresh -- [--only PATTERN]
  --only PATTERN  only the kinds whose name matches, whatever its case: ${KINDS.map(({ name }) => name).join(" | ")}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string", default: "" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const kinds = KINDS.filter(({ name }) => new RegExp(values.only, "i").test(name));
  using folder = new TemporaryFolder();
  const packed = await pack(process.cwd(), folder.path);
  let passed = 0;
  for (const [index, kind] of kinds.entries()) {
    console.log(`\n${kind.name}`);
    try {
      console.log(indent(await new FreshProject(kind, join(folder.path, `support-api-${index}`), packed).prove()));
      passed++;
    } catch (error) {
      console.log(indent(`FAILED: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  console.log(`\n${passed} passed, ${kinds.length - passed} failed`);
  if (passed < kinds.length) process.exitCode = 1;
}

const indent = (text: string): string => text.replaceAll(/^/gm, "  ");

void main();
