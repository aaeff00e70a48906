import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";

const require = createRequire(import.meta.url);
const compilerOptions = {
  target: "es2022",
  module: "commonjs",
  esModuleInterop: true,
  isolatedModules: true,
};

const compiled = new Map();
let typescript;

/** What TypeScript makes of a file: kept beside the sources, since a process restarts after each endless mutant. */
function javascriptOf(root, file) {
  const source = readFileSync(file, "utf8");
  if (file.endsWith(".json")) return `module.exports = ${source}`;
  const kept = join(root, ".compiled", `${createHash("sha1").update(source).digest("hex")}.js`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  typescript ??= require("typescript");
  const { outputText } = typescript.transpileModule(source, { compilerOptions, fileName: file });
  mkdirSync(dirname(kept), { recursive: true });
  // Another process may be writing the same one.
  writeFileSync(`${kept}.${process.pid}`, outputText);
  renameSync(`${kept}.${process.pid}`, kept);
  return outputText;
}

function compile(root, file) {
  const known = compiled.get(file);
  if (known !== undefined) return known;
  const parameters = ["exports", "require", "module", "__filename", "__dirname"];
  const made = compileFunction(javascriptOf(root, file), parameters, { filename: file });
  compiled.set(file, made);
  return made;
}

/** `./x.js` means `./x.ts` here, as it does for jest and TypeScript. */
function fileOf(root, from, name) {
  if (name === "respan-instructor") return join(root, "lib/index.ts");
  if (!name.startsWith(".")) return undefined;
  const path = resolve(dirname(from), name);
  const found = [path.replace(/\.js$/, ".ts"), `${path}.ts`, join(path, "index.ts"), path].find(
    (candidate) => existsSync(candidate) && /\.(?:ts|json)$/.test(candidate),
  );
  if (found === undefined) throw new Error(`${from} asks for ${name}, which is not there`);
  return found;
}

/** The project's own modules, evaluated once each for one reading of a spec file; packages stay loaded. */
export class SpecModules {
  #root;
  #modules = new Map();

  constructor(root) {
    this.#root = root;
  }

  load(file) {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(file, module);
    const packages = createRequire(file);
    const requireFrom = (name) => {
      const own = fileOf(this.#root, file, name);
      return own === undefined ? packages(name) : this.load(own);
    };
    requireFrom.resolve = packages.resolve;
    requireFrom.cache = require.cache;
    compile(this.#root, file).call(module.exports, module.exports, requireFrom, module, file, dirname(file));
    return module.exports;
  }
}

/** What `jest.isolateModules` promises: inside `load`, packages are read again. */
export function withFreshPackages(load) {
  const kept = { ...require.cache };
  for (const key of Object.keys(require.cache)) Reflect.deleteProperty(require.cache, key);
  try {
    load();
  } finally {
    for (const key of Object.keys(require.cache)) Reflect.deleteProperty(require.cache, key);
    Object.assign(require.cache, kept);
  }
}
