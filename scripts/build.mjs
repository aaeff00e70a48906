// Builds dist: a CommonJS build in one file and an ESM build in a few, each with its own declarations. Node loads few
// files several times faster than two hundred (`npm run bench -- --only 12`).
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

/** As plain properties, which a test may replace. */
const PLAIN_EXPORTS =
  'module.exports = Object.assign(Object.defineProperty({}, "__esModule", { value: true }), module.exports);';

await Promise.all([
  build({
    ...shared,
    // The chunks that these give are what a bundler takes or leaves, by `sideEffects`.
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
  // For edge runtimes and browsers, where nothing is traced.
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

// Where an ES module imports a CommonJS one, Node first reads the names of its exports out of its source. A file that only
// requires the package spares it that.
writeFileSync("dist/esm/reflect-metadata.cjs", 'require("reflect-metadata/lite");\n');

// One character that is not Latin makes an engine keep the whole of a source in twice the memory, and read it slower.
for (const path of [...readdirSync("dist/esm").map((name) => `dist/esm/${name}`), "dist/cjs/index.js"]) {
  const [line] = /^.*[^\0-\x7f].*$/m.exec(readFileSync(path, "utf8")) ?? [];
  if (line !== undefined) throw new Error(`${path}: only ASCII, please: ${line}`);
}

writeFileSync("dist/edge/package.json", '{"type":"module","sideEffects":false}\n');

const sideEffects = { esm: ["./register.js", "./reflect-metadata.cjs"], cjs: ["./register.js"] };
for (const [folder, type] of [
  ["esm", "module"],
  ["cjs", "commonjs"],
]) {
  // Bundlers read `sideEffects` from the nearest package.json, which is this one.
  writeFileSync(`dist/${folder}/package.json`, `${JSON.stringify({ type, sideEffects: sideEffects[folder] })}\n`);
  const options = ["-p", "scripts/tsconfig.declarations.json", "--outDir", `dist/${folder}`];
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...options], { stdio: "inherit" });
}
