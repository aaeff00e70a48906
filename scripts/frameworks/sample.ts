import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cleanEnvironment, run, succeed } from "../projects/run.js";
import type { Finished } from "../projects/run.js";
import { FOLDER, PACKED } from "./pack-once.js";

type Environment = Readonly<Record<string, string>>;

/** A sample after its folder was copied and `npm install && npm run build` ran, with the packed package. */
export class Sample {
  private constructor(readonly folder: string) {}

  /**
   * @param name the folder's under `samples`
   * @param dependencies versions in place of the sample's own
   */
  static async install(name: string, dependencies: Environment = {}): Promise<Sample> {
    const root = join(__dirname, "../..");
    const folder = join(
      process.env[FOLDER] ?? "",
      [name, ...Object.values(dependencies)].join("-").replaceAll("^", ""),
    );
    cpSync(join(root, "samples", name), folder, { recursive: true });
    const path = join(folder, "package.json");
    const manifest = JSON.parse(readFileSync(path, "utf8")) as {
      scripts: Record<string, string>;
      dependencies: Record<string, string>;
    };
    manifest.dependencies = {
      ...manifest.dependencies,
      ...dependencies,
      "respan-instructor": process.env[PACKED] ?? "",
    };
    writeFileSync(path, JSON.stringify(manifest, undefined, 2));
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    await succeed("npm", ["install", ...flags], { cwd: folder, limit: 900_000 });
    if (manifest.scripts.build !== undefined) {
      await succeed("npm", ["run", "build", "--silent"], { cwd: folder, env: { NEXT_TELEMETRY_DISABLED: "1" } });
    }
    return new Sample(folder);
  }

  /** Runs a program to its end. */
  node(args: readonly string[], env: Environment): Promise<Finished> {
    return succeed(process.execPath, args, { cwd: this.folder, env, limit: 60_000 });
  }

  /** Runs a program that ends in its own way, which is part of what it shows. */
  invoke(args: readonly string[], env: Environment): Promise<Finished> {
    return run(process.execPath, args, { cwd: this.folder, env, limit: 60_000 });
  }

  /** Starts a server that prints `listening on PORT` (or its address) when it is ready. */
  start(args: readonly string[], env: Environment): Promise<RunningSample> {
    return RunningSample.start(this.folder, args, env);
  }
}

/** A server process of a sample. It is stopped by `SIGTERM`, as a container is. */
export class RunningSample implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly lines: readonly string[],
  ) {}

  static async start(cwd: string, args: readonly string[], env: Environment): Promise<RunningSample> {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: string[] = [];
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`the server did not say that it listens:\n${output.join("")}`));
      }, 60_000);
      child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
      lines.on("line", (line) => {
        output.push(`${line}\n`);
        const found = /listening on (\d+)|127\.0\.0\.1:(\d+)/.exec(line);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found[1] ?? found[2] ?? "");
      });
      child.once("exit", (code) => {
        clearTimeout(timer);
        reject(new Error(`the server ended with ${code ?? "a signal"}:\n${output.join("")}`));
      });
    });
    return new RunningSample(child, `http://127.0.0.1:${port}`, output);
  }

  /** The server's output so far. */
  get output(): string {
    return this.lines.join("");
  }

  /** Asks the server to stop and waits until it has. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 15_000);
    await gone;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Posts JSON and reads JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Environment = {},
): Promise<{ status: number; body: Json }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: (text.startsWith("{") ? JSON.parse(text) : { text }) as Json };
}

export type Json = Record<string, unknown>;
