import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { tsconfig } from "../../scripts/projects/compiler-options.js";
import { ExtractionServers } from "../../scripts/projects/extraction-servers.js";
import { Installation } from "../../scripts/projects/installation.js";
import { pack } from "../../scripts/projects/pack.js";
import type { Packed } from "../../scripts/projects/pack.js";
import { succeed } from "../../scripts/projects/run.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";
import { lastJsonLine } from "../../scripts/projects/last-json-line.js";
import { SDK_VERSION } from "../../lib/wire/package.js";
import { PAGES } from "../docs/pages.js";
import { runtimeTree } from "./runtime-tree.js";

const ROOT = join(__dirname, "../..");
const programOf = (file: string) => readFileSync(join(ROOT, "scripts/projects/programs", file), "utf8");
const program = (extension: string) => programOf(`extraction.${extension}`);

/** Packing and installing take their time on a busy machine. */
const LIMIT = 300_000;

describe("the packed package", () => {
  const folder = new TemporaryFolder();
  let packed: Packed;
  let installation: Installation;

  beforeAll(async () => {
    packed = await pack(ROOT, folder.path);
    const folderOfInstallation = join(folder.path, "installation");
    installation = await Installation.linked(
      folderOfInstallation,
      "respan-instructor",
      packed.tarball,
      join(ROOT, "node_modules"),
    );
  }, LIMIT);

  afterAll(() => folder[Symbol.dispose]());

  /** Runs a program in a project and checks what arrived at Respan. */
  async function expectTraced(project: string, file: string, ...flags: readonly string[]): Promise<void> {
    await using servers = await ExtractionServers.start();
    const { stdout, stderr } = await succeed(process.execPath, [...flags, file], {
      cwd: project,
      env: servers.environment,
    });
    expect(stderr).toBe("");
    expect(servers.check(stdout)).toBe("6 spans, 2 calls");
  }

  it("holds the builds and the documents, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const documents = PAGES.filter((page) => page.startsWith("docs/"));
    expect(paths.filter((path) => !path.startsWith("dist/")).sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "SKILL.md", "llms.txt", "package.json", ...documents]
        .filter((path) => paths.includes(path))
        .sort(),
    );
    expect(paths).toEqual(expect.arrayContaining([...documents, "SKILL.md", "llms.txt"]));
    const inDist = paths.filter((path) => path.startsWith("dist/"));
    expect(inDist.filter((path) => !/\.(c?js|d\.ts|d\.cts|d\.mts)$|\/package\.json$/.test(path)).sort()).toEqual([
      "dist/cli/THIRD_PARTY_NOTICES.txt",
      "dist/cli/page/index.html",
    ]);
    expect(inDist.filter((path) => path.includes("spec"))).toEqual([]);
  });

  it("keeps the command apart: no entry, and no file of the library, leads to it", () => {
    const own = join(installation.folder, "node_modules/respan-instructor");
    const manifest = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as {
      exports: object;
      dependencies: Record<string, string>;
    };
    expect(JSON.stringify(manifest.exports)).not.toContain("cli");
    // What only the command needs is bundled into it.
    expect(Object.keys(manifest.dependencies)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/preact|commander|genai-prices|get-tsconfig|semver/)]),
    );
    const library = packed.files.filter(({ path }) => /^dist\/(?!cli\/).*\.(c?js|d\.ts)$/.test(path));
    expect(library.length).toBeGreaterThan(4);
    for (const { path } of library) {
      const text = readFileSync(join(own, path), "utf8");
      expect([path, /["'][^"'\n]*\/(cli|viewer)\/[^"'\n]*["']/.exec(text)?.[0]]).toEqual([path, undefined]);
    }
  });

  it("brings along only packages that run nothing when they are installed, and whose licence lets anybody use them", () => {
    const tree = runtimeTree(join(installation.folder, "node_modules/respan-instructor"));
    expect(tree.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "respan-instructor",
        "@opentelemetry/otlp-transformer",
        "@opentelemetry/semantic-conventions",
      ]),
    );
    for (const { name, folder: at, scripts = {}, license } of tree) {
      const hooks = ["preinstall", "install", "postinstall"].filter((hook) => hook in scripts);
      expect([name, hooks, existsSync(join(at, "binding.gyp"))]).toEqual([name, [], false]);
      expect([name, license]).toEqual([name, expect.stringMatching(/^(Apache-2\.0|MIT|ISC|0BSD|BSD-[23]-Clause)$/)]);
    }
  });

  it("makes no code of texts", () => {
    const files = packed.files.filter(({ path }) => path.endsWith(".js"));
    for (const { path } of files) {
      const text = readFileSync(join(installation.folder, "node_modules/respan-instructor", path), "utf8");
      expect([path, /(?<!["'-])\beval\b|\bFunction\(|\bnew Function\b|["'](node:)?vm["']/.exec(text)?.[0]]).toEqual([
        path,
        undefined,
      ]);
    }
    expect(files.length).toBeGreaterThan(4);
  });

  it("exports plain properties from its CommonJS build, which a test may replace", async () => {
    const program = `
      const cjs = require("respan-instructor");
      const names = Object.entries(Object.getOwnPropertyDescriptors(cjs)).filter(([, { writable, configurable, enumerable }]) =>
        writable && configurable && enumerable);
      const { Workflow } = cjs;
      cjs.Workflow = 1;
      const replaced = cjs.Workflow;
      cjs.Workflow = Workflow;
      import("respan-instructor").then((esm) =>
        console.log(JSON.stringify([names.map(([name]) => name).sort(), Object.keys(esm).sort(), replaced, cjs.__esModule])));`;
    const project = installation.project("replaced", "commonjs", { "replaced.js": `"use strict";${program}` });
    const { stdout } = await succeed(process.execPath, ["replaced.js"], { cwd: project });
    const [fromCommonJs, fromEsm, ...rest] = JSON.parse(stdout) as [string[], string[], ...unknown[]];
    expect(fromCommonJs).toEqual(fromEsm);
    expect(fromEsm).toContain("RespanTelemetry");
    expect(rest).toEqual([1, true]);
  });

  it.each([
    ["commonjs", "testing.test.cjs"],
    ["module", "testing.test.mjs"],
  ] as const)("captures the spans of a program's own tests under node:test, as %s", async (type, file) => {
    const project = installation.project(`testing-${type}`, type, { [file]: programOf(file) });
    const { stdout } = await succeed(process.execPath, ["--test", "--test-reporter=tap", file], { cwd: project });
    expect(stdout).toMatch(/^# pass 3$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  it("shares its library between the main entry and the one for tests", async () => {
    const both = `const name = "respan-instructor/testing";
      const { captureSpans } = require(name);
      import(name).then((esm) => {
        const spans = captureSpans();
        require("respan-instructor").withTask({ name: "cjs" }, () => 1);
        let message;
        try { esm.captureSpans(); } catch (error) { message = error.message; }
        spans.dispose();
        console.log(JSON.stringify([spans.tree(), message, Object.keys(esm).sort()]));
      });`;
    const project = installation.project("testing-both", "commonjs", { "both.js": `"use strict";${both}` });
    const { stdout } = await succeed(process.execPath, ["both.js"], { cwd: project });
    expect(JSON.parse(stdout)).toEqual([
      "cjs.task",
      expect.stringContaining("spans are captured already"),
      ["CapturedSpans", "SpanList", "captureSpans"],
    ]);
  });

  it("names each module that it loads by a literal, which every bundler follows", () => {
    const calls = packed.files
      .filter(({ path }) => /^dist\/(esm|cjs|edge)\/.*\.c?js$/.test(path))
      .flatMap(({ path }) => {
        const text = readFileSync(join(installation.folder, "node_modules/respan-instructor", path), "utf8");
        return [...text.matchAll(/\b(import|require|createRequire)\(([^)]*)\)/g)].map(([, how = "", what = ""]) => ({
          path,
          how,
          what,
        }));
      });
    const isLiteral = ({ what }: { what: string }) => /^"[^"]+"$/.test(what);
    expect(calls.filter(({ path }) => !path.endsWith("/register.js")).filter((call) => !isLiteral(call))).toEqual([]);
    expect(calls.filter(({ path, how }) => path.startsWith("dist/cjs/") && how === "import")).toEqual([]);
    expect(calls.filter(isLiteral).length).toBeGreaterThan(10);
  });

  it.each(["edge-light", "workerd", "browser"])(
    "passes calls through untraced under the condition %s",
    async (condition) => {
      const project = installation.project(`on-${condition}`, "module", { "edge.mjs": programOf("edge.mjs") });
      const { stdout } = await succeed(process.execPath, [`--conditions=${condition}`, "edge.mjs"], { cwd: project });
      expect(JSON.parse(stdout)).toEqual({
        customer: "ACME",
        error: expect.stringMatching(/^respan-instructor: RespanTelemetry needs Node.js; [^\n]+$/) as unknown,
      });
    },
  );

  it("has the same exports there", async () => {
    const file = (build: string) => join(installation.folder, "node_modules/respan-instructor/dist", build, "index.js");
    const names = `const [a, b] = await Promise.all(${JSON.stringify(["edge", "esm"].map(file))}.map((path) => import(path)));
      console.log(JSON.stringify([Object.keys(a), Object.keys(b)]));`;
    const { stdout } = await succeed(process.execPath, ["--input-type=module", "-e", names], {
      cwd: installation.folder,
    });
    const [onEdge, onNode] = JSON.parse(stdout) as string[][];
    expect(onEdge).toEqual(onNode);
  });

  it.each(["esm", "cjs"])(
    "delivers by flush and by itself where timers are fake, loaded as %s",
    async (build) => {
      const project = installation.project(`timers-${build}`, "commonjs", { "timers.cjs": programOf("timers.cjs") });
      await using servers = await ExtractionServers.start();
      const env = { ...servers.environment, OTEL_BSP_SCHEDULE_DELAY: "50" };
      const { stdout } = await succeed(process.execPath, ["timers.cjs", build], { cwd: project, env, limit: 60_000 });
      expect(lastJsonLine(stdout)).toEqual({ exported: 1 });
      expect(servers.receiver.spans.map(({ name }) => name)).toEqual(["flushed.task", "by itself.task"]);
    },
    LIMIT,
  );

  it(
    "shares scope, spans and clients among its copies in one process, and traces each call once",
    async () => {
      const project = installation.project("copies", "module", { "copies.mjs": programOf("copies.mjs") });
      const installed = join(installation.folder, "node_modules/respan-instructor");
      const older = join(project, "older");
      cpSync(installed, older, { recursive: true, dereference: true });
      const build = join(older, "dist/cjs/index.js");
      writeFileSync(build, readFileSync(build, "utf8").replaceAll(`"${SDK_VERSION}"`, '"0.0.1"'));

      await using servers = await ExtractionServers.start();
      const env = servers.environment;
      const { stdout, stderr } = await succeed(process.execPath, ["copies.mjs"], { cwd: project, env });
      expect(stderr).toMatch(/^\[warn\] respan-instructor: another RespanTelemetry is active; [^\n]*\n$/);
      expect(lastJsonLine(stdout)).toMatchObject({
        last: { exported: 30, rejected: 0, failed: 0, dropped: 0, pending: 0 },
        second: { exported: 2, rejected: 0, failed: 0, dropped: 0, pending: 0 },
      });
      const { receiver } = servers;
      expect(receiver.duplicates).toEqual([]);
      const copies = ["esm", "cjs", "older"];
      for (const outer of copies) {
        for (const inner of copies) {
          const customer = `${outer} and ${inner}`;
          const spans = receiver.spans.filter(
            ({ attributes }) => attributes["respan.customer_params.customer_identifier"] === customer,
          );
          const [workflow, task, chat] = ["workflow", "task", "create"].map((end) =>
            spans.find(({ name }) => name.endsWith(`.${end}`)),
          );
          expect(spans).toHaveLength(3);
          expect([workflow?.parentSpanId, task?.parentSpanId, chat?.parentSpanId]).toEqual([
            undefined,
            workflow?.spanId,
            task?.spanId,
          ]);
        }
      }
      expect(receiver.find("instructor.create")).toHaveLength(10);
      expect(receiver.only("second.task").parentSpanId).toBe(receiver.only("second.workflow").spanId);
      expect(receiver.find("first again.workflow")).toHaveLength(1);
    },
    LIMIT,
  );

  it(
    "compiles strictly and runs in a TypeScript project, as ES module and as CommonJS",
    async () => {
      // One compilation for both: `.mts` sees the declarations of `import`, `.cts` those of `require`.
      const project = installation.project("typescript", "module", {
        "extraction.mts": program("ts"),
        "extraction.cts": program("ts"),
        "tsconfig.json": tsconfig({ module: "nodenext" }),
      });
      expect(compile(project, "respan-instructor")).toEqual([]);
      await expectTraced(project, "out/extraction.mjs");
      await expectTraced(project, "out/extraction.cjs");
    },
    LIMIT,
  );

  it.each(["mjs", "cjs"])(
    "runs in a plain JavaScript project that forbids to make code of texts (.%s)",
    async (extension) => {
      const file = `extraction.${extension}`;
      const project = installation.project(`javascript-${extension}`, "commonjs", { [file]: program(extension) });
      await expectTraced(project, file, "--disallow-code-generation-from-strings");
    },
    LIMIT,
  );
});

/**
 * Compiles a project, and checks it and the declarations of one package.
 * @returns what the compiler says
 */
function compile(project: string, dependency: string): string[] {
  const { config } = ts.readConfigFile(join(project, "tsconfig.json"), ts.sys.readFile.bind(ts.sys)) as {
    config: object;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const compilation = ts.createProgram(fileNames, options);
  // The declarations of other packages would take ten times longer.
  const checked = compilation
    .getSourceFiles()
    .filter(({ fileName }) => fileNames.includes(fileName) || fileName.includes(`/node_modules/${dependency}/`));
  expect(checked.some(({ fileName }) => fileName.endsWith("/dist/cjs/index.d.ts"))).toBe(true);
  // Without a file it would check them all.
  for (const name of fileNames) compilation.emit(compilation.getSourceFile(name));
  return checked
    .flatMap((file) => [...compilation.getSyntacticDiagnostics(file), ...compilation.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
