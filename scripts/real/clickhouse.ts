import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { succeed } from "../projects/run.js";
import { CACHE, MissingPart } from "./cache.js";
import type { TableText } from "./native-block.js";
import { nativeBlock } from "./native-block.js";
import { bodyOf } from "./request-body.js";

const VERSION = "3.4.0";

/** As much of `chdb` as is used here. */
interface Session {
  query(sql: string, format?: string): string;
  close(): void;
}
interface Chdb {
  readonly Session: new (folder: string) => Session;
}

/**
 * A real ClickHouse engine (`chdb`, in this process) behind as much of ClickHouse's HTTP interface as the Collector's
 * exporter needs: statements, `SELECT` and `DESCRIBE` of texts and numbers, and inserts in the Native format.
 */
export class ClickHouse implements AsyncDisposable {
  readonly #session: Session;
  readonly #folder: string;
  readonly #server: Server;
  #inserts = 0;
  /** The exporter's errors. */
  readonly failures: string[] = [];

  private constructor(session: Session, folder: string) {
    this.#session = session;
    this.#folder = folder;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Installs the engine where it is not installed yet: half a gigabyte, once. */
  static async install(): Promise<string> {
    const folder = join(CACHE, `chdb-${VERSION}`);
    if (existsSync(join(folder, "node_modules", "chdb"))) return folder;
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), '{ "private": true }');
      const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
      await succeed("npm", ["install", ...flags, `chdb@${VERSION}`], { cwd: folder, limit: 600_000 });
      return folder;
    } catch (error) {
      throw new MissingPart("a ClickHouse engine", `It is installed by \`npm install chdb@${VERSION}\``, error);
    }
  }

  /** @param installed what {@link install} gave; `folder` is for its data, and goes away with it */
  static async start(installed: string, folder: string): Promise<ClickHouse> {
    const { Session } = createRequire(join(installed, "package.json"))("chdb") as Chdb;
    mkdirSync(folder);
    const clickhouse = new ClickHouse(new Session(join(folder, "data")), folder);
    await new Promise<void>((resolve) => clickhouse.#server.listen(0, "127.0.0.1", resolve));
    return clickhouse;
  }

  /** For the exporter; uncompressed, since the engine itself does not read compressed bodies. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}?compress=none`;
  }

  get version(): string {
    return this.#session.query("SELECT version()", "TSVRaw").trim();
  }

  /** Runs statements of a file that give nothing back, in the exporter's database. */
  run(statements: string): void {
    this.#session.query("USE otel");
    for (const statement of statements.split(/;\s*$/m)) {
      if (statement.trim() !== "") this.#session.query(statement);
    }
  }

  /** The rows of a query, in the exporter's database. */
  rows(query: string): readonly Readonly<Record<string, string | number | null>>[] {
    this.#session.query("USE otel");
    const text = this.#session.query(query.trim().replace(/;$/, ""), "JSON");
    return (JSON.parse(text) as { data: Record<string, string | number | null>[] }).data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#session.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = new URL(request.url ?? "/", "http://localhost").searchParams;
    const body = await bodyOf(request);
    try {
      const statement = parameters.get("query");
      if (statement !== null) this.#insert(statement, body);
      else response.write(this.#answer(body.toString(), Number(parameters.get("client_protocol_version"))));
      response.end();
    } catch (error) {
      this.failures.push(String(error));
      response.writeHead(500).end(String(error));
    }
  }

  /** Empty for a statement that gives nothing back. */
  #answer(sql: string, revision: number): Buffer {
    if (!/^\s*(SELECT|DESCRIBE)\b/i.test(sql)) {
      this.#session.query(sql);
      return Buffer.alloc(0);
    }
    // The client reads later answers in the form of the revision that it is told: the one that it asked for.
    const asked = sql.replace("revision()", `toUInt32(${revision})`);
    return nativeBlock(JSON.parse(this.#session.query(asked, "JSONCompact")) as TableText, revision);
  }

  #insert(statement: string, block: Buffer): void {
    const path = join(this.#folder, `${++this.#inserts}.native`);
    writeFileSync(path, block);
    const [, into = ""] = /^(INSERT INTO .*?\))\s*(?:VALUES|FORMAT)\b/is.exec(statement) ?? [];
    this.#session.query(`${into} FROM INFILE '${path}' FORMAT Native`);
    rmSync(path);
  }
}

/** The file of a statement or a table beside the sample's Collector configurations. */
export function sampleFile(name: string): string {
  return readFileSync(join("samples/scale/clickhouse", name), "utf8");
}
