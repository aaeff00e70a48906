// Builds dist: an ESM and a CommonJS build, each one file and its own declarations, and an ESM build for bundlers, file
// by file, so that they can leave out what a program does not use.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
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
  sourcemap: false,
  logLevel: "warning",
};

// `register` shares the one copy of the library with `index` instead of bundling a second.
const registerImportsIndex = {
  name: "register-imports-index",
  setup(builder) {
    builder.onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: "./index.js", external: true }));
  },
};

// What a bundler sees has a static import of Instructor, which it can follow; Node's builds load it when it is needed.
const forNode = /^(register|instructor.load(\.esm)?)\.ts$/;
const forBundlers = readdirSync("lib", { recursive: true })
  .filter((path) => path.endsWith(".ts") && !forNode.test(path))
  .map((path) => ({ in: `lib/${path}`, out: path.replace(/\.ts$/, "").replace(/load\.bundler$/, "load") }));
const esmLoader = {
  name: "esm-loader",
  setup(builder) {
    builder.onResolve({ filter: /\/load\.js$/ }, () => ({ path: `${root}lib/instructor/load.esm.ts` }));
  },
};

const entries = ["lib/index.ts", "lib/register.ts"];
await Promise.all([
  ...entries.map((entry) =>
    build({
      ...shared,
      entryPoints: [entry],
      outdir: "dist/esm",
      format: "esm",
      plugins: [registerImportsIndex, esmLoader],
    }),
  ),
  ...entries.map((entry) =>
    build({
      ...shared,
      entryPoints: [entry],
      outdir: "dist/cjs",
      format: "cjs",
      plugins: [registerImportsIndex],
      // As an ES module's exports are by nature: nobody puts another function in the place of one, or adds one.
      footer: { js: "Object.freeze(module.exports);" },
    }),
  ),
  build({
    ...shared,
    entryPoints: forBundlers,
    outdir: "dist/bundler",
    format: "esm",
    bundle: false,
    packages: undefined,
  }),
]);

// Modules of types alone are empty.
for (const path of readdirSync("dist/bundler", { recursive: true }).map((name) => `dist/bundler/${name}`)) {
  if (path.endsWith(".js") && statSync(path).size === 0) rmSync(path);
}

for (const [folder, type] of [
  ["esm", "module"],
  ["cjs", "commonjs"],
]) {
  mkdirSync(`dist/${folder}`, { recursive: true });
  // Bundlers read `sideEffects` from the nearest package.json, which is this one.
  writeFileSync(`dist/${folder}/package.json`, `${JSON.stringify({ type, sideEffects: ["./register.js"] })}\n`);
  execFileSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", "scripts/tsconfig.declarations.json", "--outDir", `dist/${folder}`],
    {
      stdio: "inherit",
    },
  );
}
writeFileSync("dist/bundler/package.json", '{"type":"module","sideEffects":false}\n');
