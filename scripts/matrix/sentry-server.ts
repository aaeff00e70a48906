import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

type Item = Record<string, unknown>;

/** Takes what Sentry's SDK sends: envelopes, whose lines are JSON. */
export class SentryServer implements AsyncDisposable {
  readonly #items: { type: string; item: Item }[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void body(request).then((text) => {
        this.#take(text);
        response.setHeader("content-type", "application/json").end("{}");
      });
    });
  }

  static async start(): Promise<SentryServer> {
    const server = new SentryServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get dsn(): string {
    return `http://public@127.0.0.1:${(this.#server.address() as AddressInfo).port}/1`;
  }

  /** What arrived of a type, for example `transaction`. */
  items(type: string): Item[] {
    return this.#items.filter((item) => item.type === type).map(({ item }) => item);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** An envelope is a header, and then a header and a payload for each item. */
  #take(envelope: string): void {
    const [, ...lines] = envelope.trim().split("\n");
    for (let at = 0; at + 1 < lines.length; at += 2) {
      const { type } = JSON.parse(lines[at] ?? "{}") as { type?: string };
      this.#items.push({ type: type ?? "", item: JSON.parse(lines[at + 1] ?? "{}") as Item });
    }
  }
}

async function body(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const whole = Buffer.concat(pieces);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole).toString("utf8");
}
