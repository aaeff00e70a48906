import { join } from "node:path";
import { run, succeed } from "../projects/run.js";
import { CACHE, MissingPart } from "./cache.js";
import { freePort, ServerProcess } from "./server-process.js";

type Environment = Readonly<Record<string, string>>;

/** A real OpenTelemetry Collector on a port of its own, which it keeps when it is started again. */
export class Collector implements AsyncDisposable {
  #server: ServerProcess | undefined;

  private constructor(
    private readonly binary: string,
    private readonly config: string,
    private readonly env: Environment,
    private readonly port: number,
  ) {}

  /** Builds it where it is not built yet: a few minutes, once. */
  static async build(): Promise<string> {
    const folder = join(CACHE, "otelcol-0.160");
    const { code } = await run("go", ["version"], { cwd: "." }).catch(() => ({ code: 1 }));
    try {
      if (code !== 0) await succeed(join(folder, "dist/otelcol"), ["--version"], { cwd: "." });
      else await succeed("bash", ["scripts/real/otelcol/build.sh", folder], { cwd: ".", limit: 1_200_000 });
    } catch (error) {
      const how = "It is built from source, which needs Go 1.25 or later: https://go.dev/dl";
      throw new MissingPart("the OpenTelemetry Collector", how, error);
    }
    return join(folder, "dist/otelcol");
  }

  /** @param config path of its configuration; `env` has the variables that it refers to */
  static async start(binary: string, config: string, env: Environment): Promise<Collector> {
    const collector = new Collector(binary, config, env, await freePort());
    await collector.start();
    return collector;
  }

  /** Where processes send their spans. */
  get tracesUrl(): string {
    return `http://127.0.0.1:${this.port}/v1/traces`;
  }

  async start(): Promise<void> {
    const env = { ...this.env, COLLECTOR_ENDPOINT: `127.0.0.1:${this.port}` };
    const isReady = async () => (await fetch(this.tracesUrl)).status > 0;
    const args = ["--config", this.config];
    this.#server = await ServerProcess.start(this.binary, args, { env, isReady, limit: 30_000 });
  }

  /** Gracefully: it delivers what it holds. */
  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
