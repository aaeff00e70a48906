import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { run, succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";
import type { Workshop } from "../workshop.js";

const LINTERS = { publint: "^0.3", "@arethetypeswrong/cli": "^0.18" };

const lint = (name: string, command: string, args: (workshop: Workshop) => string[]): Cell => ({
  group: "package",
  name,
  async run(workshop) {
    const installation = await workshop.installation(LINTERS);
    const { code, stdout, stderr } = await run(installation.bin(command), args(workshop), { cwd: installation.folder });
    const said = `${stdout}\n${stderr}`;
    if (code !== 0 || /\b(error|warning|suggestion)s?:/i.test(said)) throw new Error(said.trim());
    return "clean";
  },
});

const contents: Cell = {
  group: "package",
  name: "what npm pack holds",
  run({ packed }) {
    const paths = packed.files.map(({ path }) => path);
    const unneeded = paths.filter(
      (path) =>
        !/^(README\.md|CHANGELOG\.md|LICENSE|SKILL\.md|llms\.txt|package\.json|docs\/[\w-]+\.md)$/.test(path) &&
        !/^dist\/(esm|cjs|edge)\/(.*\.(c?js|d\.ts)|package\.json)$/.test(path) &&
        !/^dist\/cli\/(main\.js|doctor\/probe\.js|page\/index\.html|THIRD_PARTY_NOTICES\.txt)$/.test(path),
    );
    assert.deepEqual(unneeded, [], "unnecessary files");
    const size = `${(packed.size / 1024).toFixed(0)} kB packed, ${(packed.unpackedSize / 1024).toFixed(0)} kB unpacked`;
    return Promise.resolve(`${paths.length} files, ${size}`);
  },
};

const manifest: Cell = {
  group: "package",
  name: "package.json is ready for provenance",
  async run(workshop) {
    const installation = await workshop.installation();
    const path = join(installation.folder, "node_modules/respan-instructor/package.json");
    const own = JSON.parse(readFileSync(path, "utf8")) as {
      repository?: { url?: string };
      license?: string;
      engines?: object;
      sideEffects?: unknown;
      exports: Record<string, string | Record<string, object>>;
    };
    assert.match(own.repository?.url ?? "", /^git\+https:\/\//, "repository");
    assert.equal(own.license, "Apache-2.0", "license");
    assert.ok(own.engines, "engines");
    assert.notEqual(own.sideEffects, undefined, "sideEffects");
    for (const [entry, target] of Object.entries(own.exports)) {
      if (typeof target === "string") continue;
      for (const [condition, files] of Object.entries(target)) {
        assert.equal(Object.keys(files)[0], "types", `the first condition of ${entry} ${condition}`);
      }
    }
    return "repository, license, engines, sideEffects, types first";
  },
};

/** An import that is not declared works by accident, where another package's dependency is installed beside it. */
const declaredImports: Cell = {
  group: "package",
  name: "imports what it declares and nothing else",
  async run(workshop) {
    const installation = await workshop.installation();
    const folder = join(installation.folder, "node_modules/respan-instructor");
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      dependencies: object;
      peerDependencies: object;
    };
    const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const imported = new Set<string>();
    // The command is one bundle, which holds programs that it writes as texts, with imports of their own.
    const library = workshop.packed.files.filter(({ path }) => /^dist\/(esm|cjs|edge)\/.*\.(c?js|d\.ts)$/.test(path));
    for (const { path } of library) {
      const text = readFileSync(join(folder, path), "utf8");
      for (const [, specifier = ""] of text.matchAll(/(?:\bfrom |\b(?:require|import)\(|^import )"([^"\n]+)"/gm)) {
        if (!specifier.startsWith(".") && !isBuiltin(specifier)) imported.add(packageOf(specifier));
      }
    }
    const undeclared = [...imported].filter((name) => name !== "" && !declared.has(name));
    assert.deepEqual(undeclared, [], "imported and not declared");
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => !imported.has(name)),
      [],
      "declared as a dependency and not imported",
    );
    return `${imported.size} packages`;
  },
};

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** A consumer sees one copy of each OpenTelemetry part, or two APIs would not know each other's spans. */
const oneApi: Cell = {
  group: "package",
  name: "one @opentelemetry/api is installed",
  async run(workshop) {
    const installation = await workshop.installation();
    const { stdout } = await succeed("npm", ["ls", "@opentelemetry/api", "--all", "--parseable"], {
      cwd: installation.folder,
    });
    const copies = stdout.trim().split("\n");
    assert.equal(copies.length, 1, copies.join(", "));
    return "one copy";
  },
};

export const packageCells: readonly Cell[] = [
  contents,
  manifest,
  declaredImports,
  oneApi,
  lint("publint", "publint", ({ packed }) => ["run", packed.tarball, "--strict"]),
  lint("are the types wrong?", "attw", ({ packed }) => [packed.tarball, "--no-color", "--no-emoji"]),
];
