import { tsconfig } from "../../projects/compiler-options.js";
import type { Cell } from "../cell.js";
import { extractionCell, program } from "../extraction-cell.js";
import { tsc } from "../type-check.js";

const NODES = ["node20", "node22", "node24", "node26"] as const;

const onNode = (runtime: (typeof NODES)[number]): Cell[] => {
  const group = runtime.replace("node", "Node ");
  return [
    ...(["module", "commonjs"] as const).map((type) =>
      extractionCell({
        group,
        name: `TypeScript, ${type}`,
        runtime,
        type,
        files: { "tsconfig.json": tsconfig({ module: "nodenext" }) },
        compile: tsc,
        command: ["out/extraction.js"],
      }),
    ),
    ...(["mjs", "cjs"] as const).map((extension) =>
      extractionCell({
        group,
        name: `plain JavaScript, .${extension}`,
        runtime,
        files: { [`extraction.${extension}`]: program(extension) },
        command: [`extraction.${extension}`],
      }),
    ),
  ];
};

const onBun: Cell[] = [
  ...[false, true].map((experimentalDecorators) =>
    extractionCell({
      group: "Bun",
      name: `TypeScript, ${experimentalDecorators ? "experimentalDecorators" : "standard decorators"}`,
      runtime: "bun",
      files: { "tsconfig.json": tsconfig({ module: "nodenext", experimentalDecorators }) },
      command: ["run", "extraction.ts"],
    }),
  ),
  ...(["mjs", "cjs"] as const).map((extension) =>
    extractionCell({
      group: "Bun",
      name: `plain JavaScript, .${extension}`,
      runtime: "bun",
      files: { [`extraction.${extension}`]: program(extension) },
      command: ["run", `extraction.${extension}`],
    }),
  ),
];

const DENO = ["run", "--allow-all", "--no-lock", "--quiet"];

/** With this configuration Deno reads `npm:` specifiers from the installed packages. */
const denoJson = (compilerOptions: object): string =>
  JSON.stringify({
    nodeModulesDir: "manual",
    imports: {
      openai: "npm:openai@^6",
      zod: "npm:zod@^3.25",
      "respan-instructor": "npm:respan-instructor@*",
    },
    compilerOptions,
  });

const DENO_PACKAGE = JSON.stringify({ private: true, type: "module" });

const onDeno: Cell[] = [
  ...[false, true].map((experimentalDecorators) =>
    extractionCell({
      group: "Deno",
      name: `npm: specifiers, ${experimentalDecorators ? "experimentalDecorators" : "standard decorators"}`,
      runtime: "deno",
      files: { "package.json": DENO_PACKAGE, "deno.json": denoJson({ experimentalDecorators }) },
      command: [...DENO, "extraction.ts"],
    }),
  ),
  extractionCell({
    group: "Deno",
    name: "npm: specifiers, plain JavaScript",
    runtime: "deno",
    files: { "package.json": DENO_PACKAGE, "deno.json": denoJson({}), "extraction.mjs": program("mjs") },
    command: [...DENO, "extraction.mjs"],
  }),
];

export const runtimeCells: readonly Cell[] = [...NODES.flatMap(onNode), ...onBun, ...onDeno];
