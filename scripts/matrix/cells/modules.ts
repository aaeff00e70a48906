import { tsconfig } from "../../projects/compiler-options.js";
import type { Cell } from "../cell.js";
import { extractionCell } from "../extraction-cell.js";
import { tsc } from "../type-check.js";

const MODULES = [
  { name: "node16, ES modules", type: "module", options: { module: "node16" } },
  { name: "node16, CommonJS", type: "commonjs", options: { module: "node16" } },
  { name: "nodenext, ES modules", type: "module", options: { module: "nodenext" } },
  { name: "nodenext, CommonJS", type: "commonjs", options: { module: "nodenext" } },
  { name: "bundler", type: "module", options: { module: "esnext", moduleResolution: "bundler" } },
] as const;

const DECORATORS = [
  { name: "standard decorators", options: {} },
  { name: "experimentalDecorators", options: { experimentalDecorators: true } },
  {
    name: "experimentalDecorators with metadata",
    options: { experimentalDecorators: true, emitDecoratorMetadata: true },
  },
];

const COMPILERS = [
  { typescript: "5.4", lib: ["es2022", "dom", "esnext.disposable"] },
  { typescript: "5.9", lib: ["es2023", "dom", "esnext.disposable"] },
  { typescript: "7.0", lib: ["es2023", "dom", "esnext.disposable"] },
];

/** `skipLibCheck: false` and `exactOptionalPropertyTypes: true` throughout. */
export const moduleCells: readonly Cell[] = [
  ...MODULES.flatMap((module) =>
    DECORATORS.map((decorators) =>
      extractionCell({
        group: "TypeScript",
        name: `${module.name}, ${decorators.name}`,
        type: module.type,
        files: { "tsconfig.json": tsconfig({ ...module.options, ...decorators.options }) },
        compile: tsc,
        command: ["out/extraction.js"],
      }),
    ),
  ),
  ...COMPILERS.map(({ typescript, lib }) =>
    extractionCell({
      group: "TypeScript",
      name: `compiler ${typescript}, nodenext`,
      dependencies: { typescript: `~${typescript}.0` },
      files: { "tsconfig.json": tsconfig({ module: "nodenext", lib }) },
      compile: tsc,
      command: ["out/extraction.js"],
    }),
  ),
];
