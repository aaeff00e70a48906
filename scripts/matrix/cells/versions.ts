import { tsconfig } from "../../projects/compiler-options.js";
import type { Cell } from "../cell.js";
import { extractionCell } from "../extraction-cell.js";
import { tsc } from "../type-check.js";

const OPENAI = ["4", "5", "6", "7"] as const;
const ZOD = ["3.25", "4"] as const;
const INSTRUCTOR = ["1.6", "1.7"] as const;

/** openai 4 and 5 name zod 3 as an optional peer, which npm refuses beside zod 4 unless told not to. */
const flags = (openai: string, zod: string): string[] =>
  Number(openai) < 6 && zod === "4" ? ["--legacy-peer-deps"] : [];

export const versionCells: readonly Cell[] = OPENAI.flatMap((openai) =>
  ZOD.flatMap((zod) =>
    INSTRUCTOR.map((instructor) =>
      extractionCell({
        group: "versions",
        name: `openai ${openai}, zod ${zod}, instructor ${instructor}`,
        runtime: openai === "7" ? "node22" : "node20",
        dependencies: {
          openai: `^${openai}`,
          zod: `^${zod}`,
          "@instructor-ai/instructor": `~${instructor}.0`,
        },
        npmFlags: flags(openai, zod),
        files: { "tsconfig.json": tsconfig({ module: "nodenext" }) },
        compile: tsc,
        command: ["out/extraction.js"],
      }),
    ),
  ),
);
