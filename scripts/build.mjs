// Builds dist: a CommonJS build in one file and an ESM build in a few, each with its own declarations. Node loads few
// files several times faster than two hundred (`npm run bench -- --only 12`).
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
rmSync("dist", { recursive: true, force: true });

const shared = {
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  logLevel: "warning",
};

/** Gives some imports another file: one of lib, or a path in dist that is left as it is. */
const resolved = (files) => ({
  name: "resolved",
  setup(builder) {
    for (const [filter, path] of files) {
      const external = path.startsWith("./");
      builder.onResolve({ filter }, () => ({ path: external ? path : `${root}${path}`, external }));
    }
  },
});

/** Exports are plain properties, so that tests can replace them. */
const PLAIN_EXPORTS =
  'module.exports = Object.assign(Object.defineProperty({}, "__esModule", { value: true }), module.exports);';

await Promise.all([
  build({
    ...shared,
    // Each entry becomes a chunk that a bundler can leave out, by `sideEffects`.
    entryPoints: {
      index: "lib/index.ts",
      register: "lib/register.ts",
      testing: "lib/testing.ts",
      scope: "lib/scope/propagate-attributes.ts",
      decorators: "lib/decorators/decorators.ts",
      client: "lib/instructor/client/traced-instructor.ts",
      telemetry: "lib/telemetry/respan-telemetry.ts",
    },
    splitting: true,
    outdir: "dist/esm",
    chunkNames: "chunk-[hash]",
    format: "esm",
    plugins: [
      resolved([
        [/\/load\.js$/, "lib/instructor/instrumentor/load.esm.ts"],
        [/\/other-build\.js$/, "lib/instructor/instrumentor/other-build.esm.ts"],
        [/^reflect-metadata\/lite$/, "./reflect-metadata.cjs"],
      ]),
    ],
  }),
  // For edge runtimes and browsers, without tracing.
  build({
    ...shared,
    platform: "neutral",
    entryPoints: ["lib/edge/index.ts"],
    outdir: "dist/edge",
    format: "esm",
    plugins: [
      resolved([
        [/\/load\.js$/, "lib/instructor/instrumentor/load.esm.ts"],
        [/^node:(util|events|crypto)$/, "lib/edge/node-modules.ts"],
        [/\/capture\/(cut|serialize|masking\/redactor)\.js$/, "lib/edge/no-capture.ts"],
      ]),
    ],
  }),
  ...["lib/index.ts", "lib/register.ts", "lib/testing.ts"].map((entry) =>
    build({
      ...shared,
      entryPoints: [entry],
      outdir: "dist/cjs",
      format: "cjs",
      // `register` and `testing` share the one copy of the library with `index` instead of bundling a second.
      plugins: [resolved([[/^\.\/index\.js$/, "./index.js"]])],
      // `import()` becomes a `require` that is run then: many test runners cannot import in a CommonJS module.
      supported: { "dynamic-import": false },
      footer: { js: PLAIN_EXPORTS },
    }),
  ),
]);

// Where an ES module imports a CommonJS one, Node first parses its source for export names. A file that only requires the
// package avoids this.
writeFileSync("dist/esm/reflect-metadata.cjs", 'require("reflect-metadata/lite");\n');

// A single character beyond Latin-1 makes V8 store the whole source with two bytes per character, and parse it slower.
for (const path of [...readdirSync("dist/esm").map((name) => `dist/esm/${name}`), "dist/cjs/index.js"]) {
  const [line] = /^.*[^\0-\x7f].*$/m.exec(readFileSync(path, "utf8")) ?? [];
  if (line !== undefined) throw new Error(`${path}: not ASCII: ${line}`);
}

writeFileSync("dist/edge/package.json", '{"type":"module","sideEffects":false}\n');

// Both builds have the same declarations. `npm run typecheck` checks the types; here that would take half of the time.
const tsc = ["node_modules/typescript/bin/tsc", "-p", "scripts/tsconfig.declarations.json", "--outDir", "dist/types"];
execFileSync(process.execPath, tsc, { stdio: "inherit" });

const sideEffects = { esm: ["./register.js", "./reflect-metadata.cjs"], cjs: ["./register.js"] };
for (const [folder, type] of [
  ["esm", "module"],
  ["cjs", "commonjs"],
]) {
  // Bundlers read `sideEffects` from the nearest package.json, which is this one.
  writeFileSync(`dist/${folder}/package.json`, `${JSON.stringify({ type, sideEffects: sideEffects[folder] })}\n`);
  cpSync("dist/types", `dist/${folder}`, { recursive: true });
}
rmSync("dist/types", { recursive: true });
