import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

interface Item {
  /** A transaction of Sentry 10: its name, and the spans below it. */
  readonly transaction?: string;
  readonly spans?: readonly { readonly description?: string }[];
  /** Spans of Sentry 11, which sends them one by one. */
  readonly items?: readonly { readonly name?: string; readonly is_segment?: boolean }[];
}

/** Takes what Sentry's SDK sends: envelopes, whose lines are JSON. */
export class SentryServer implements AsyncDisposable {
  readonly #items: Item[] = [];
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

  /** Names of the spans at the top. */
  get roots(): (string | undefined)[] {
    return this.#items.flatMap(({ transaction, items = [] }) => [
      ...(transaction === undefined ? [] : [transaction]),
      ...items.filter((item) => item.is_segment).map(({ name }) => name),
    ]);
  }

  /** Names of the spans below. */
  get inner(): (string | undefined)[] {
    return this.#items.flatMap(({ spans = [], items = [] }) => [
      ...spans.map(({ description }) => description),
      ...items.filter((item) => item.is_segment !== true).map(({ name }) => name),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** An envelope is a header, and then a header and a payload for each item. */
  #take(envelope: string): void {
    const [, ...lines] = envelope.trim().split("\n");
    for (let at = 1; at < lines.length; at += 2) this.#items.push(JSON.parse(lines[at] ?? "{}") as Item);
  }
}

async function body(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const whole = Buffer.concat(pieces);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole).toString("utf8");
}
