// Builds dist: an ESM and a CommonJS build, each one file and its own declarations, and an ESM build for bundlers, file
// by file, so that they can leave out what a program does not use.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const require = createRequire(import.meta.url);
rmSync("dist", { recursive: true, force: true });

const shared = {
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  sourcemap: false,
  logLevel: "warning",
};

// `register` and `testing` share the one copy of the library with `index` instead of bundling a second.
const registerImportsIndex = {
  name: "register-imports-index",
  setup(builder) {
    builder.onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: "./index.js", external: true }));
  },
};

// What a bundler sees has a static import of Instructor, which it can follow; Node's builds load it when it is needed.
// The command and the local page are bundled apart, by scripts/build-cli.mjs.
const forNode = /^(register|testing|instructor.instrumentor.load(\.esm)?|(cli|viewer)\/.*)\.ts$/;
const forBundlers = readdirSync("lib", { recursive: true })
  .filter((path) => path.endsWith(".ts") && !forNode.test(path))
  .map((path) => ({ in: `lib/${path}`, out: path.replace(/\.ts$/, "").replace(/load\.bundler$/, "load") }));
const esmLoader = {
  name: "esm-loader",
  setup(builder) {
    builder.onResolve({ filter: /\/load\.js$/ }, () => ({ path: `${root}lib/instructor/instrumentor/load.esm.ts` }));
  },
};

/**
 * OpenTelemetry's packages and `reflect-metadata` are CommonJS. Where an ES module imports such a package, Node looks
 * through its source for the names that it exports, which takes longer than loading it; `require` gives the same module
 * without. In both builds each package is asked for once, and what is used of it has a name of its own instead of a
 * getter. Each name is told to be pure, so that those that nothing uses are left out. Not the API in an ES module: it has an
 * ES build since 1.10, and a tracer that is got before there is a provider is served by that copy of it alone.
 */
function requiredPackages(head, loader, isRequired) {
  const setup = (builder) => {
    builder.onResolve({ filter: /^(@opentelemetry\/|reflect-metadata$)/ }, ({ path, kind }) =>
      kind === "import-statement" && isRequired(path) ? { path, namespace: "required" } : { path, external: true },
    );
    builder.onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => {
      const names = Object.keys(require(path)).filter((name) => name !== "default");
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ named("${name}");`);
      const named = names.length > 0 ? "const named = (name) => loaded[name];" : "export {};";
      return {
        contents: [head, `const loaded = ${loader}("${path}");`, named, ...exported].join("\n"),
        resolveDir: root,
      };
    });
  };
  return { name: "required-packages", setup };
}
const requiredByModules = requiredPackages(
  'import { createRequire } from "node:module";',
  "createRequire(import.meta.url)",
  (path) => path !== "@opentelemetry/api",
);
const requiredByCommonJs = requiredPackages("", "require", () => true);

const entries = ["lib/index.ts", "lib/register.ts", "lib/testing.ts"];
await Promise.all([
  ...entries.map((entry) =>
    build({
      ...shared,
      entryPoints: [entry],
      outdir: "dist/esm",
      format: "esm",
      plugins: [registerImportsIndex, esmLoader, requiredByModules],
    }),
  ),
  ...entries.map((entry) =>
    build({
      ...shared,
      entryPoints: [entry],
      outdir: "dist/cjs",
      format: "cjs",
      plugins: [registerImportsIndex, requiredByCommonJs],
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

// One character that is not Latin makes an engine keep the whole of a source in twice the memory, and read it slower.
for (const path of ["dist/esm/index.js", "dist/cjs/index.js"]) {
  const [line] = /^.*[^\0-\x7f].*$/m.exec(readFileSync(path, "utf8")) ?? [];
  if (line !== undefined) throw new Error(`${path}: only ASCII, please: ${line}`);
}

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
