/**
 * Schemas of Zod 4 through the packed package in real projects: ESM and CommonJS, the first and the latest Zod 4 at the
 * top level, and the one that Zod 3.25 ships. `npx tsx scripts/zod4-check.ts`, about a minute.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Installation } from "./projects/installation.js";
import { pack } from "./projects/pack.js";
import { TemporaryFolder } from "./projects/temporary-folder.js";
import { checkZod4 } from "./projects/zod4-project.js";

const VERSIONS = ["4", "4.0.0", "3.25.76"];

async function main(): Promise<void> {
  using folder = new TemporaryFolder();
  const packed = await pack(process.cwd(), folder.path);
  for (const zod of VERSIONS) {
    const installation = await Installation.of(
      join(folder.path, `zod-${zod}`),
      {
        zod,
        openai: "^6",
        "@instructor-ai/instructor": "~1.7.0",
        "@opentelemetry/api": "^1.9.0",
        "respan-instructor": packed.tarball,
      },
      ["--legacy-peer-deps"],
    );
    for (const format of ["esm", "cjs"] as const) {
      const count = await checkZod4(installation, zod, format);
      assert.equal(count, 12);
      console.log(`zod ${zod} ${format}: ${count} combinations of schema and mode`);
    }
  }
}

void main();
