import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { OpenAIServer } from "../../spec/harness/index.js";
import type { Packed } from "../projects/pack.js";
import { write } from "../projects/installation.js";
import { run, succeed } from "../projects/run.js";
import type { Finished } from "../projects/run.js";
import { freePort, ServerProcess } from "../real/server-process.js";
import { startDev } from "../viewer-bench/dev-process.mjs";
import type { Kind } from "./kinds.js";
import { managerFolder } from "./managers.js";

const MINUTES = 60_000;

/** A new project, taken from an empty folder to its first trace by following the command's output. */
export class FreshProject {
  readonly #kind: Kind;
  readonly #folder: string;
  readonly #packed: Packed;
  #path = "";

  constructor(kind: Kind, folder: string, packed: Packed) {
    this.#kind = kind;
    this.#folder = folder;
    this.#packed = packed;
  }

  /** @returns what was seen */
  async prove(): Promise<string> {
    await this.#begin();
    await this.#setUp();
    this.#writeProgram();
    if (this.#kind.build !== undefined) await this.#tool(this.#kind.build, {}, 10 * MINUTES);
    return this.#trace();
  }

  /** The project as it is without this package, and then with it among its dependencies. */
  async #begin(): Promise<void> {
    const { generate, files, manager } = this.#kind;
    mkdirSync(this.#folder, { recursive: true });
    this.#path = [join(this.#folder, "node_modules/.bin"), await managerFolder(manager), process.env.PATH].join(
      delimiter,
    );
    if (generate !== undefined) await this.#tool(generate, { CI: "1" }, 10 * MINUTES);
    write(this.#folder, { ".gitignore": "node_modules\ndist\n.next\n.yarn\n.pnp.*\nnext-env.d.ts\n", ...files });
    await this.#tool(["git", "init", "--quiet"]);
    const [command, verb] = manager === "npm" ? ["npm", "install"] : [manager.replace("-berry", ""), "add"];
    const tarball = manager === "yarn-berry" ? `respan-instructor@file:${this.#packed.tarball}` : this.#packed.tarball;
    await this.#tool([command, verb, tarball], {}, 15 * MINUTES);
    await this.#commit();
  }

  /** Shows what it would do, does it, and does nothing the second time. */
  async #setUp(): Promise<void> {
    const { found, step, manager } = this.#kind;
    const shown = await this.#command(["setup", "--dry-run"]);
    assert.equal(await this.#changes(), "", "what --dry-run changed");
    assert.match(shown, new RegExp(`^${manager.replace("-berry", "")}, `), "the package manager");
    assert.match(shown, found);
    const done = await this.#command(["setup"], 15 * MINUTES);
    assert.match(done, step, "the steps that are left");
    assert.match(await this.#changes(), /\?\? \.env\.example/);
    await this.#commit();
    assert.match(await this.#command(["setup"]), /Everything is there; nothing was changed\./);
    assert.equal(await this.#changes(), "", "what a second run changed");
  }

  #writeProgram(): void {
    const texts = Object.entries(this.#kind.program).map(([path, text]) => [
      path,
      typeof text === "string" ? text : text(readFileSync(join(this.#folder, path), "utf8")),
    ]);
    write(this.#folder, Object.fromEntries(texts) as Record<string, string>);
  }

  /** Runs the program while `dev` runs, and reads its trace with the command. */
  async #trace(): Promise<string> {
    const ticket = { customer: "ACME", priority: "high", summary: "Cannot log in" };
    await using openai = await OpenAIServer.start({ objects: { SupportTicket: ticket } });
    const bin = join(this.#folder, "node_modules/.bin/respan-instructor");
    const dev = await startDev([bin], this.#folder);
    const env = {
      OPENAI_API_KEY: "sk-local",
      OPENAI_BASE_URL: openai.url,
      RESPAN_BASE_URL: `${dev.address}/api`,
      NEXT_TELEMETRY_DISABLED: "1",
    };
    try {
      await this.#runProgram(env);
      const expected = ["--expect-workflow", "support_ticket_extraction", "--expect-span", "instructor.create"];
      await this.#command(["traces", "assert", ...expected, "--max-errors", "0"], MINUTES, env);
      const shown = await this.#command(["traces", "show", "latest"], MINUTES, env);
      assert.match(shown, /gpt-4o-mini/);
      await this.#command(["doctor"], 2 * MINUTES, env);
      return shown.trimEnd();
    } finally {
      await dev.stop();
    }
  }

  /** To its end, or, as a server, until its first trace has arrived. */
  async #runProgram(env: Readonly<Record<string, string>>): Promise<void> {
    const { start, path } = this.#kind;
    if (path === undefined) await this.#tool(start, env, MINUTES);
    const server = path === undefined ? undefined : await this.#ask(path, env);
    await this.#command(["traces", "wait", "--name", "support_ticket_extraction", "--timeout", "30"], MINUTES, env);
    await server?.stop();
  }

  /** Starts the server and sends it a request as soon as it answers. */
  async #ask(path: string, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const port = String(await freePort());
    const [command = "", ...args] = this.#kind.start;
    let answer = "";
    const isReady = async (): Promise<boolean> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      answer = await response.text();
      return response.ok;
    };
    const program = command === "node" ? process.execPath : join(this.#folder, "node_modules/.bin", command);
    const server = await ServerProcess.start(program, args, {
      env: { ...env, PATH: this.#path, PORT: port },
      isReady,
      limit: MINUTES,
      cwd: this.#folder,
    });
    assert.match(answer, /"customer":"ACME"/);
    return server;
  }

  /** Runs this package's command, which must succeed, and returns its output. */
  async #command(
    args: readonly string[],
    limit = MINUTES,
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    return (await this.#tool(["respan-instructor", ...args], env, limit)).stdout;
  }

  #tool(
    [command = "", ...args]: readonly string[],
    env: Readonly<Record<string, string>> = {},
    limit = MINUTES,
  ): Promise<Finished> {
    return succeed(command, args, { cwd: this.#folder, env: { ...env, PATH: this.#path }, limit });
  }

  async #changes(): Promise<string> {
    return (await this.#tool(["git", "status", "--porcelain"])).stdout.trim();
  }

  async #commit(): Promise<void> {
    await this.#tool(["git", "add", "--all"]);
    const who = ["-c", "user.name=fresh", "-c", "user.email=fresh@example.com", "-c", "commit.gpgsign=false"];
    await run("git", [...who, "commit", "--quiet", "--no-verify", "--message", "Begin"], { cwd: this.#folder });
  }
}
