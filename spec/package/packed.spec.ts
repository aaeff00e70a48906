import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tsconfig } from "../../scripts/projects/compiler-options.js";
import { ExtractionServers } from "../../scripts/projects/extraction-servers.js";
import { Installation } from "../../scripts/projects/installation.js";
import { pack } from "../../scripts/projects/pack.js";
import type { Packed } from "../../scripts/projects/pack.js";
import { run, succeed } from "../../scripts/projects/run.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";
import { lastJsonLine } from "../../scripts/projects/last-json-line.js";
import { SDK_VERSION } from "../../lib/wire/version.js";
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
    const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const wanted = ["openai", "zod", "@instructor-ai/instructor", "@opentelemetry/api", "typescript", "@types/node"];
    installation = await Installation.of(join(folder.path, "installation"), {
      "respan-instructor": packed.tarball,
      ...Object.fromEntries(wanted.map((name) => [name, own.devDependencies[name] ?? "latest"])),
    });
  }, LIMIT);

  afterAll(() => folder[Symbol.dispose]());

  /** Runs a program in a project and checks what arrived at Respan. */
  async function expectTraced(project: string, file: string): Promise<void> {
    await using servers = await ExtractionServers.start();
    const { stdout, stderr } = await succeed(process.execPath, [file], { cwd: project, env: servers.environment });
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
    expect(inDist.filter((path) => !/\.(js|d\.ts|d\.cts|d\.mts)$|\/package\.json$/.test(path)).sort()).toEqual([
      "dist/cli/THIRD_PARTY_NOTICES.txt",
      "dist/cli/page/index.html",
    ]);
    expect(inDist.filter((path) => path.includes("spec"))).toEqual([]);
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

  it("exports what nobody can replace or add to", async () => {
    const program = `
      const cjs = require("respan-instructor");
      const tries = (exports) => {
        let refused = 0;
        for (const change of [() => (exports.RespanTelemetry = 1), () => (exports.more = 1), () => delete exports.Workflow]) {
          try { (() => { "use strict"; change(); })(); } catch { refused++; }
        }
        return [refused, typeof exports.RespanTelemetry, typeof exports.more, typeof exports.Workflow, Object.isFrozen(exports.HookName)];
      };
      import("respan-instructor").then((esm) => console.log(JSON.stringify([Object.isFrozen(cjs), tries(cjs), tries(esm)])));`;
    const project = installation.project("frozen", "commonjs", { "frozen.js": `"use strict";${program}` });
    const { stdout } = await succeed(process.execPath, ["frozen.js"], { cwd: project });
    const kept = [3, "function", "undefined", "function", true];
    expect(JSON.parse(stdout)).toEqual([true, kept, kept]);
  });

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
        last: { exported: 30, rejected: 0, failed: 0, dropped: 0 },
        second: { exported: 2, rejected: 0, failed: 0, dropped: 0 },
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

  it.each(["mjs", "cjs"])(
    "runs where the process forbids to make code of texts (.%s)",
    async (extension) => {
      const file = `extraction.${extension}`;
      const project = installation.project(`forbidding-${extension}`, "commonjs", { [file]: program(extension) });
      await using servers = await ExtractionServers.start();
      const args = ["--disallow-code-generation-from-strings", file];
      const { stdout } = await succeed(process.execPath, args, { cwd: project, env: servers.environment });
      expect(servers.check(stdout)).toBe("6 spans, 2 calls");
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
      const { stdout } = await run(installation.bin("tsc"), ["-p", "."], { cwd: project });
      expect(stdout).toBe("");
      await expectTraced(project, "out/extraction.mjs");
      await expectTraced(project, "out/extraction.cjs");
    },
    LIMIT,
  );

  it.each(["mjs", "cjs"])(
    "runs in a plain JavaScript project (.%s)",
    async (extension) => {
      const file = `extraction.${extension}`;
      const project = installation.project(`javascript-${extension}`, "commonjs", { [file]: program(extension) });
      await expectTraced(project, file);
    },
    LIMIT,
  );
});
