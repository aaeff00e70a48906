import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { succeed } from "../projects/run.js";
import { CACHE, MissingPart } from "./cache.js";
import { freePort, ServerProcess } from "./server-process.js";

/** A span as Phoenix's REST API gives it. */
export interface PhoenixSpan {
  name: string;
  context: { trace_id: string; span_id: string };
  span_kind: string;
  parent_id: string | null;
  start_time: string;
  end_time: string;
  status_code: "UNSET" | "OK" | "ERROR";
  status_message: string;
  attributes: Record<string, unknown>;
  events: { name: string; timestamp: string }[];
}

/** A real Arize Phoenix, with a database of its own in a folder that goes away. */
export class Phoenix implements AsyncDisposable {
  private constructor(
    private readonly server: ServerProcess,
    private readonly url: string,
  ) {}

  /** Installs it where it is not installed yet: a few minutes, once. */
  static async install(): Promise<string> {
    const venv = join(CACHE, "phoenix", "venv");
    const command = join(venv, "bin", "phoenix");
    if (existsSync(command)) return command;
    try {
      await succeed("python3", ["-m", "venv", venv], { cwd: "." });
      const args = ["install", "--quiet", "--disable-pip-version-check", "arize-phoenix"];
      await succeed(join(venv, "bin", "pip"), args, { cwd: ".", limit: 1_200_000 });
      return command;
    } catch (error) {
      const how = "It is installed by `pip install arize-phoenix`, which needs Python 3.10 or later";
      throw new MissingPart("Arize Phoenix", how, error);
    }
  }

  static async start(command: string, folder: string): Promise<Phoenix> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const env = {
      PHOENIX_HOST: "127.0.0.1",
      PHOENIX_PORT: new URL(url).port,
      PHOENIX_GRPC_PORT: String(await freePort()),
      PHOENIX_WORKING_DIR: folder,
      PHOENIX_TELEMETRY_ENABLED: "false",
    };
    const isReady = async () => (await fetch(`${url}/healthz`)).ok;
    return new Phoenix(await ServerProcess.start(command, ["serve"], { env, isReady, limit: 180_000 }), url);
  }

  get tracesUrl(): string {
    return `${this.url}/v1/traces`;
  }

  /** Reads spans back over REST, as soon as there are so many; what there is after the limit. */
  async spans(count: number, limit = 60_000): Promise<PhoenixSpan[]> {
    const end = Date.now() + limit;
    for (;;) {
      const response = await fetch(`${this.url}/v1/projects/default/spans?limit=1000`);
      const spans = response.ok ? ((await response.json()) as { data: PhoenixSpan[] }).data : [];
      if (spans.length >= count || Date.now() > end) return spans;
      await sleep(250);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }
}
