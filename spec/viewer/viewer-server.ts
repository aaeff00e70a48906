import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { pageOf } from "../../lib/viewer/page-file.js";
import { ViewerServer } from "../../lib/viewer/server.js";
import type { ViewerOptions } from "../../lib/viewer/server.js";
import { TraceStore } from "../../lib/viewer/store/trace-store.js";

export const PAGE = "<!doctype html><style>a{}</style><body><script>go()</script>";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
}

/** A viewer's server on a free port, and a client that sends what no browser would. */
export class RunningServer implements AsyncDisposable {
  readonly store: TraceStore;
  readonly server: ViewerServer;
  readonly errors: unknown[] = [];

  private constructor(options: Partial<ViewerOptions>) {
    this.store = options.store ?? new TraceStore();
    const onError = (error: unknown): void => void this.errors.push(error);
    this.server = new ViewerServer({ page: pageOf(PAGE), onError, ...options, store: this.store });
  }

  static async start(options: Partial<ViewerOptions> = {}): Promise<RunningServer> {
    const running = new RunningServer(options);
    await running.server.listen("127.0.0.1", 0);
    return running;
  }

  get host(): string {
    return `127.0.0.1:${this.server.port}`;
  }

  ask(path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.server.port, path, method, headers, agent: false as const };
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async get<Body = Record<string, unknown>>(path: string, headers: Record<string, string> = {}): Promise<Body> {
    return JSON.parse((await this.ask(path, { headers })).body.toString()) as Body;
  }

  post(body: Uint8Array | string, headers: Record<string, string> = {}, path = "/v1/traces"): Promise<Answer> {
    return this.ask(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}
