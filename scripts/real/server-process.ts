import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnvironment } from "../projects/run.js";

export interface ServerStart {
  readonly env: Readonly<Record<string, string>>;
  /** Asked again and again until it is true. */
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds for that. */
  readonly limit: number;
  readonly cwd?: string;
}

/** A third-party server as a child process: started, polled until it answers, stopped by `SIGTERM`. */
export class ServerProcess {
  #output = "";

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.#output = (this.#output + text).slice(-20_000)));
    }
  }

  static async start(
    command: string,
    args: readonly string[],
    { env, isReady, limit, cwd }: ServerStart,
  ): Promise<ServerProcess> {
    const child = spawn(command, args, {
      env: { ...cleanEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd !== undefined && { cwd }),
    });
    const server = new ServerProcess(child);
    const end = Date.now() + limit;
    while (!(await isReady().catch(() => false))) {
      if (child.exitCode !== null || Date.now() > end) {
        await server.stop();
        throw new Error(`${command} did not start:\n${server.#output}`);
      }
      await sleep(100);
    }
    return server;
  }

  /** The end of its output. */
  get output(): string {
    return this.#output;
  }

  /** Asks it to stop, as a deployment does, and waits until it has. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 60_000);
    await gone;
    clearTimeout(timer);
  }
}

/** A free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
