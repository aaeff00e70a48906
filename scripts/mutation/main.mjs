// Mutation testing of rooms, folders and files of lib. A file is tested by its own spec, or by those of its folder where
// it has none; a folder by its specs.
//   npm run mutation -- scope                        one room
//   npm run mutation -- lib/capture/cut.ts           one file
//   npm run mutation -- lib/capture/cut.ts:20-60     some of its lines
//   npm run mutation -- options --specs spec/telemetry/settings --specs spec/decorators
//                                                    against other specs as well
import { existsSync } from "node:fs";
import { dirname } from "node:path/posix";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { specs: { type: "string", multiple: true, default: [] }, concurrency: { type: "string", default: "2" } },
});
if (positionals.length === 0) throw new Error("Name a room, a folder or a file of lib.");

const targets = positionals.map((name) => (name.startsWith("lib/") ? name : `lib/${name}`));
const isFile = (target) => /\.ts(?::|$)/.test(target);

function specsOf(target) {
  const mirrored = target.replace(/^lib/, "spec");
  if (!isFile(target)) return mirrored;
  const own = mirrored.replace(/\.ts(?::.*)?$/, ".spec.ts");
  return existsSync(own) ? own : dirname(own);
}

// jest.config.ts reads this in Stryker's processes.
process.env.MUTATION_SPECS = JSON.stringify([...new Set([...targets.map(specsOf), ...values.specs])]);
// Properties try fewer cases than in `npm test`: every mutant runs them.
process.env.FUZZ_RUNS ??= "25";

await new Stryker({
  mutate: targets.map((target) => (isFile(target) ? target : `${target}/**/*.ts`)),
  concurrency: Number(values.concurrency),
}).runMutationTest();
