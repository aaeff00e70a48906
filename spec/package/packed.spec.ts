import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tsconfig } from "../../scripts/projects/compiler-options.js";
import { ExtractionServers } from "../../scripts/projects/extraction-servers.js";
import { Installation } from "../../scripts/projects/installation.js";
import { pack } from "../../scripts/projects/pack.js";
import type { Packed } from "../../scripts/projects/pack.js";
import { run, succeed } from "../../scripts/projects/run.js";
import { TemporaryFolder } from "../../scripts/projects/temporary-folder.js";

const ROOT = join(__dirname, "../..");
const program = (extension: string) =>
  readFileSync(join(ROOT, `scripts/projects/programs/extraction.${extension}`), "utf8");

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
    expect(paths.filter((path) => !path.startsWith("dist/")).sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "package.json"].filter((path) => paths.includes(path)),
    );
    const inDist = paths.filter((path) => path.startsWith("dist/"));
    expect(inDist.filter((path) => !/\.(js|d\.ts|d\.cts|d\.mts)$|\/package\.json$/.test(path))).toEqual([]);
    expect(inDist.filter((path) => path.includes("spec"))).toEqual([]);
  });

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
