import { chmodSync, cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { json, write } from "../../../scripts/projects/installation.js";
import type { Files } from "../../../scripts/projects/installation.js";
import { succeed } from "../../../scripts/projects/run.js";
import { TemporaryFolder } from "../../../scripts/projects/temporary-folder.js";
import { BuiltCommand } from "../built-command.js";
import { runHere } from "../run-here.js";

const TYPESCRIPT = { "tsconfig.json": json({ compilerOptions: { target: "es2022" } }), "src/main.ts": "" };

describe("respan-instructor setup", () => {
  function project(manifest: object, files: Files = {}): TemporaryFolder {
    const folder = new TemporaryFolder();
    write(folder.path, { "package.json": json({ name: "@acme/support-api", ...manifest }), ...files });
    return folder;
  }

  const setup = ({ path }: { readonly path: string }, ...args: string[]) => runHere(["setup", path, ...args]);

  /** Every file of a folder with its text. */
  function filesIn(folder: string): Record<string, string> {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      paths.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
      }),
    );
  }

  const KINDS: readonly (readonly [what: string, manifest: object, files: Files, path: string, holds: string])[] = [
    ["TypeScript, ES modules", { type: "module" }, TYPESCRIPT, "src/tracing.ts", "import { RespanTelemetry } from"],
    ["JavaScript, ES modules", { type: "module" }, {}, "tracing.js", "import { RespanTelemetry } from"],
    ["JavaScript, CommonJS", {}, {}, "tracing.js", "module.exports = { telemetry };"],
    ["Express", { dependencies: { express: "5" } }, TYPESCRIPT, "src/tracing.ts", "export function respanScope("],
    [
      "Express in JavaScript",
      { dependencies: { express: "5" } },
      {},
      "tracing.js",
      "module.exports = { telemetry, respanScope };",
    ],
    ["Fastify", { type: "module", dependencies: { fastify: "5" } }, TYPESCRIPT, "src/tracing.ts", "A preHandler hook"],
    [
      "NestJS",
      { dependencies: { "@nestjs/core": "11", express: "5" } },
      TYPESCRIPT,
      "src/tracing.ts",
      "export const telemetry",
    ],
    [
      "Next.js",
      { dependencies: { next: "16" } },
      { ...TYPESCRIPT, "src/app/page.tsx": "" },
      "src/instrumentation.ts",
      "NEXT_RUNTIME",
    ],
    [
      "Next.js without src/app",
      { dependencies: { next: "16" } },
      { ...TYPESCRIPT, "app/page.tsx": "" },
      "instrumentation.ts",
      "NEXT_RUNTIME",
    ],
    [
      "Lambda",
      { devDependencies: { "@types/aws-lambda": "8" } },
      TYPESCRIPT,
      "src/tracing.ts",
      "export function traced<",
    ],
    ["Lambda by its template", {}, { "template.yaml": "" }, "tracing.js", "module.exports = { telemetry, traced };"],
  ];

  it.each(KINDS)(
    "adds to a project with %s a tracing file, an example of the variables and a section for agents, once",
    async (_what, manifest, files, path, holds) => {
      using folder = project(manifest, files);
      const before = filesIn(folder.path);
      const { stdout } = await setup(folder, "--dry-run");
      expect(filesIn(folder.path)).toEqual(before);
      expect(stdout).toContain("\n$ npm install respan-instructor@^");
      await expectSameByPatch(folder.path, stdout);

      const after = filesIn(folder.path);
      const added = Object.keys(after).filter((name) => !(name in before));
      expect(added.sort()).toEqual([".env.example", "AGENTS.md", path].sort());
      expect(after).toMatchObject(before);
      expect(after[path]).toContain(holds);
      expect(after[path]).toContain('new RespanTelemetry({ appName: "support-api" })');
      expect(after["AGENTS.md"]).toContain(`\`${path}\` constructs`);
      expect(await setup(folder, "--no-install")).toMatchObject({ stderr: "", code: 0 });
      expect(filesIn(folder.path)).toEqual(after);
    },
  );

  /** Applies what was printed to a copy, and sets the folder itself up: both must hold the same. */
  async function expectSameByPatch(folder: string, printed: string): Promise<void> {
    using copy = new TemporaryFolder();
    cpSync(folder, copy.path, { recursive: true });
    const patch = printed.slice(printed.indexOf("--- "), printed.indexOf("\nWhat is left"));
    using kept = new TemporaryFolder();
    write(kept.path, { "set-up.patch": patch });
    await succeed("git", ["apply", join(kept.path, "set-up.patch")], { cwd: copy.path });
    await setup({ path: folder }, "--no-install");
    expect(filesIn(copy.path)).toEqual(filesIn(folder));
  }

  it.each(["", "KEY=1\n", "KEY=1\nOTHER=2\nMORE=3\nLAST=4\n", "KEY=1"])(
    "adds to files that are there, and keeps what they hold (%j)",
    async (text) => {
      using folder = project({}, { ".env.example": text, "AGENTS.md": `# Agents\n\nBe kind.\n${text}` });
      await expectSameByPatch(folder.path, (await setup(folder, "--dry-run")).stdout);
      const { ".env.example": example, "AGENTS.md": guide } = filesIn(folder.path);
      expect(example?.startsWith(text)).toBe(true);
      expect(example).toContain("\nRESPAN_API_KEY=\n");
      expect(guide).toMatch(/^# Agents\n\nBe kind\.\n/);
    },
  );

  it("adds only the variables that an example lacks", async () => {
    using folder = project({}, { ".env.example": "RESPAN_API_KEY=\n" });
    await setup(folder, "--no-install");
    const example = filesIn(folder.path)[".env.example"] ?? "";
    expect(example.match(/RESPAN_API_KEY=/g)).toHaveLength(1);
    expect(example).toContain("# RESPAN_BASE_URL=\n");
  });

  it("leaves a tracing file of the project's own as it is, and shows what it lacks", async () => {
    using folder = project({ type: "module" }, { "tracing.js": "// ours\n" });
    const { stdout } = await setup(folder, "--no-install");
    expect(filesIn(folder.path)["tracing.js"]).toBe("// ours\n");
    expect(stdout).toContain("1. tracing.js is there, and stays as it is. What it lacks:\n");
    expect(stdout).toContain("new RespanTelemetry(");
  });

  it("takes the framework that --framework names", async () => {
    using folder = project({}, TYPESCRIPT);
    const { stdout } = await setup(folder, "--framework", "fastify", "--dry-run");
    expect(stdout).toMatch(/^npm, CommonJS, TypeScript with standard decorators, fastify\n/);
    expect((await setup(folder, "--framework", "koa")).stderr).toContain("Allowed choices are nextjs, nestjs");
  });

  let command: BuiltCommand;
  beforeAll(() => {
    command = new BuiltCommand();
  });
  afterAll(() => command[Symbol.dispose]());

  it.each([
    ["npm", "package-lock.json", "install"],
    ["pnpm", "pnpm-lock.yaml", "add"],
    ["yarn", "yarn.lock", "add"],
    ["bun", "bun.lock", "add"],
  ])("installs with %s what is not declared, by %s", async (manager, lockFile, verb) => {
    using folder = project({ dependencies: { openai: "6", zod: "3" } }, { [lockFile]: "" });
    using tools = new TemporaryFolder();
    write(tools.path, { [manager]: '#!/bin/sh\necho "$0 $@ in $PWD"\n' });
    chmodSync(join(tools.path, manager), 0o755);
    // A process of its own, whose output the package manager writes to.
    const { stdout, code } = await command.run(["setup"], { PATH: `${tools.path}:/usr/bin:/bin` }, folder.path);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `/${manager} ${verb} respan-instructor@\\S+ @instructor-ai/instructor@\\S+ @opentelemetry/api@\\S+ in ${folder.path}\n`,
      ),
    );
  });

  it("writes nothing where the packages cannot be installed", async () => {
    using folder = project({ packageManager: "pnpm@12.0.0" });
    const { stderr, code } = await runHere(["setup", folder.path], { PATH: "/nowhere" });
    expect(code).toBe(1);
    expect(stderr).toBe("The packages could not be installed; nothing was written.\n");
    expect(existsSync(join(folder.path, "AGENTS.md"))).toBe(false);
  });

  it("refuses a folder without a project", async () => {
    using folder = new TemporaryFolder();
    const { stderr, code } = await setup(folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no package\.json in .*: run `npm init` there first\.\n$/);
  });
});
