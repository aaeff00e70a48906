import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WORKFLOW_NAME } from "../../lib/wire/attributes.js";
import { BuiltCommand } from "../cli/built-command.js";
import { DevProcess } from "../cli/dev-process.js";
import { ProgramFolder } from "../cli/program-folder.js";
import { runHere } from "../cli/run-here.js";
import { received } from "../viewer/spans.js";
import { RunningServer } from "../viewer/viewer-server.js";
import { PAGES, ROOT, snippetsOf, textOf } from "./pages.js";

const COMMANDS = snippetsOf("SKILL.md")
  .filter(({ language }) => language === "sh")
  .flatMap(({ code }) => code.split("\n"))
  .map((line) => line.replace(/^npx respan-instructor /, ""));

const DECLARED = ["respan-instructor", "@instructor-ai/instructor", "@opentelemetry/api", "openai", "zod"];

describe("what travels in the package for coding agents", () => {
  it("is published, with the pages that it names", () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: string[] };
    expect(files).toEqual(expect.arrayContaining(["llms.txt", "SKILL.md", "docs/*.md"]));
    const named = [...textOf("llms.txt").matchAll(/\]\((docs\/[^)]+)\)/g)].map(([, path = ""]) => path);
    expect(named.sort()).toEqual(PAGES.filter((page) => page.startsWith("docs/")).sort());
  });

  it("is short", () => {
    expect(textOf("SKILL.md").split("\n").length).toBeLessThan(130);
  });
});

describe("a command of SKILL.md", () => {
  let command: BuiltCommand;
  let server: RunningServer;
  let folder: ProgramFolder;
  beforeAll(async () => {
    command = new BuiltCommand();
    server = await RunningServer.start();
    server.store.add([
      received("1", "a", { attributes: { [WORKFLOW_NAME]: "support_ticket_extraction" } }),
      received("1", "b", { name: "instructor.create", parentSpanId: "a".padStart(16, "0") }),
    ]);
    const dependencies = Object.fromEntries(DECLARED.map((name) => [name, "*"]));
    folder = new ProgramFolder(command, { dependencies });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
    command[Symbol.dispose]();
  });

  it.each(COMMANDS.filter((line) => !line.startsWith("dev")))("runs (%s)", async (line) => {
    const env = { RESPAN_BASE_URL: `http://${server.host}/api` };
    const { stdout, stderr, code } = await runHere(line.split(" "), env, folder.path);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).not.toBe("");
  });

  it.each(COMMANDS.filter((line) => line.startsWith("dev")))("runs until it is stopped (%s)", async (line) => {
    await using dev = new DevProcess([...line.split(" "), "--port", "0"]);
    expect(await dev.address()).toMatch(/^http:/);
    expect(await dev.stop("SIGTERM")).toBe(0);
  });
});
