import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { httpError, json } from "./openai-answers.js";
import type { Answer, Delivery, Drop } from "./openai-answers.js";
import { auto } from "./openai-auto.js";
import type { Extracted } from "./openai-auto.js";
import { completionBody, completionEvents, cutPositions } from "./openai-wire.js";
import type { ChatRequest } from "./openai-wire.js";

/** One request that the server received. */
export interface OpenAIRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The parsed JSON; `{}` for a request without one. */
  body: ChatRequest & Record<string, unknown>;
  /** The body as it came. */
  raw: string;
  /** Whether the client went away before it had the whole answer. */
  clientClosedEarly: boolean;
  /** Settles once the answer is out or the connection gone. */
  closed: Promise<void>;
}

/** Makes an answer to a request. */
export type Answerer = (request: OpenAIRequest) => Answer | Promise<Answer>;

export interface OpenAIServerOptions {
  /** Answers when nothing is scripted. Default: an error that says so. */
  answer?: Answerer;
  /** Objects by schema name, for answers in the form that each request's mode asks for (see `auto`). */
  objects?: Record<string, Extracted>;
}

/** How long a test waits for something that should have happened long ago. */
const LIMIT = 20_000;

/**
 * A local server that speaks as much of OpenAI's API as this project's tests, samples and benchmarks need: chat
 * completions whole and streamed, also under Azure's paths, with every fault that a script asks for.
 *
 * @example
 * await using server = await OpenAIServer.start();
 * server.reply(toolCall({ arguments: { customer: "ACME" } }));
 * const openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url });
 */
export class OpenAIServer implements AsyncDisposable {
  /** All requests so far, in the order of their arrival. */
  readonly requests: OpenAIRequest[] = [];
  readonly #server: Server;
  readonly #script: (Answer | Answerer)[] = [];
  readonly #watchers = new Set<() => void>();
  #answerer: Answerer;
  #answered = 0;

  private constructor(options: OpenAIServerOptions) {
    this.#answerer = options.answer ?? (options.objects ? auto(options.objects) : nothingScripted);
    this.#server = createServer((incoming, response) => {
      response.on("error", () => undefined);
      void this.#serve(incoming, response);
    });
    this.#server.keepAliveTimeout = 0;
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: OpenAIServerOptions = {}): Promise<OpenAIServer> {
    const server = new OpenAIServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** `http://127.0.0.1:PORT`, the Azure client's `endpoint`. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The openai client's `baseURL`. */
  get url(): string {
    return `${this.origin}/v1`;
  }

  /** Scripts the next answers, one a request. */
  reply(...answers: (Answer | Answerer)[]): this {
    this.#script.push(...answers);
    return this;
  }

  /** Answers from now on whatever is not scripted. */
  answerWith(answerer: Answerer): this {
    this.#answerer = answerer;
    return this;
  }

  /** The latest request; throws when there is none. */
  get lastRequest(): OpenAIRequest {
    const request = this.requests.at(-1);
    if (!request) throw new Error("the OpenAI server has received no request");
    return request;
  }

  /** Scripted answers that no request has taken yet. */
  get unusedAnswers(): number {
    return this.#script.length;
  }

  /** Settles once so many requests have arrived. */
  async waitForRequests(count: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (this.requests.length < count) return;
        clearTimeout(timer);
        this.#watchers.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(check);
        reject(new Error(`waited for ${count} requests, got ${this.requests.length}`));
      }, LIMIT);
      this.#watchers.add(check);
      check();
    });
  }

  /** Forgets requests and script. */
  clear(): void {
    this.requests.length = 0;
    this.#script.length = 0;
  }

  /** Stops listening and cuts every connection that is still open. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await receive(incoming, response);
    this.requests.push(request);
    for (const check of [...this.#watchers]) check();
    const answer = builtIn(request) ?? (await this.#choose(request));
    await deliver(answer, request, response, `chatcmpl-${++this.#answered}`);
  }

  async #choose(request: OpenAIRequest): Promise<Answer> {
    const scripted = this.#script.shift() ?? this.#answerer;
    try {
      return typeof scripted === "function" ? await scripted(request) : scripted;
    } catch (error) {
      return httpError(500, `the answerer threw: ${String(error)}`, { headers: { "x-should-retry": "false" } });
    }
  }
}

function nothingScripted(): Answer {
  return httpError(500, "no answer is scripted for this request", { headers: { "x-should-retry": "false" } });
}

/** What an OpenAI client can ask beside chat completions, so that pass-through calls have something to call. */
function builtIn({ method, path }: OpenAIRequest): Answer | undefined {
  if (method === "GET" && path.endsWith("/models")) {
    return json({ object: "list", data: [{ id: "gpt-4o-mini", object: "model", created: 0, owned_by: "local" }] });
  }
  if (method === "POST" && path.endsWith("/embeddings")) {
    return json({
      object: "list",
      model: "text-embedding-3-small",
      data: [{ object: "embedding", index: 0, embedding: [0.25, -0.5, 0.75] }],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
  }
  return undefined;
}

async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<OpenAIRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const raw = Buffer.concat(pieces).toString("utf8");
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const body = parse(raw);
  const deployment = /\/openai\/deployments\/([^/]+)\//.exec(url.pathname)?.[1];
  if (deployment !== undefined) body.model ??= decodeURIComponent(deployment);
  const request: OpenAIRequest = {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
    raw,
    clientClosedEarly: false,
    closed: new Promise((resolve) => {
      response.once("close", () => {
        request.clientClosedEarly = !response.writableFinished && !dropped.has(response);
        resolve();
      });
    }),
  };
  return request;
}

/** The JSON of a body; `{}` where there is none, as in a GET or an upload. */
function parse(raw: string): OpenAIRequest["body"] {
  try {
    return JSON.parse(raw) as OpenAIRequest["body"];
  } catch {
    return {};
  }
}

/** Responses whose connection the script took away, which is not the client's doing. */
const dropped = new WeakSet<ServerResponse>();

async function deliver(answer: Answer, request: OpenAIRequest, response: ServerResponse, id: string): Promise<void> {
  const isStream = answer.kind === "completion" && request.body.stream === true;
  if (answer.delay !== undefined) await race(sleep(answer.delay, undefined, { ref: false }), request);
  if (answer.gate && answer.gateBeforeWrite === undefined) await race(answer.gate.pass(), request);
  if (response.destroyed) return;
  if (answer.drop && (answer.drop.after ?? "nothing") === "nothing") {
    lose(response, answer.drop);
    return;
  }

  const writes = cut(bodyOf(answer, request.body, id, isStream), answer);
  if (isStream) {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", ...ids(id), ...answer.headers });
  } else {
    const [status, contentType] =
      answer.kind === "plain" ? [answer.status, answer.contentType] : [200, "application/json"];
    const length = writes.reduce((sum, write) => sum + write.length, 0);
    response.writeHead(status, {
      "content-type": contentType,
      "content-length": length,
      ...ids(id),
      ...answer.headers,
    });
  }
  response.flushHeaders();
  await send(writes, answer, request, response);
}

async function send(
  writes: readonly Buffer[],
  answer: Answer,
  request: OpenAIRequest,
  response: ServerResponse,
): Promise<void> {
  const limit = dropLimit(answer.drop, writes);
  let sent = 0;
  for (const [index, write] of writes.entries()) {
    if (index > 0 && answer.writeDelay !== undefined) {
      await race(sleep(answer.writeDelay, undefined, { ref: false }), request);
    }
    if (answer.gate && answer.gateBeforeWrite === index) await race(answer.gate.pass(), request);
    if (response.destroyed) return;
    const rest = Math.min(write.length, limit - sent);
    if (rest > 0) await new Promise<void>((resolve) => response.write(write.subarray(0, rest), () => resolve()));
    sent += rest;
    if (sent >= limit) {
      lose(response, answer.drop);
      return;
    }
  }
  response.end();
}

/** Waits for something, but not beyond the connection's end. */
async function race(wait: Promise<unknown>, request: OpenAIRequest): Promise<void> {
  await Promise.race([wait, request.closed]);
}

function lose(response: ServerResponse, drop: Drop | undefined): void {
  dropped.add(response);
  if (drop?.reset) response.socket?.resetAndDestroy();
  else response.destroy();
}

/** How many bytes of the body go out before the connection is lost; infinite when it is not. */
function dropLimit(drop: Drop | undefined, writes: readonly Buffer[]): number {
  const after = drop?.after;
  if (after === undefined || after === "nothing") return Number.POSITIVE_INFINITY;
  if ("bytes" in after) return after.bytes;
  return writes.slice(0, after.writes).reduce((sum, write) => sum + write.length, 0);
}

function bodyOf(answer: Answer, request: ChatRequest, id: string, isStream: boolean): Buffer[] {
  if (answer.kind === "plain") return [Buffer.from(answer.body)];
  if (isStream) return completionEvents(answer, request, id).map((event) => Buffer.from(event));
  return [Buffer.from(JSON.stringify(completionBody(answer, request, id)))];
}

function cut(body: readonly Buffer[], { cuts }: Delivery): readonly Buffer[] {
  if (cuts === undefined) return body;
  const whole = Buffer.concat(body);
  let from = 0;
  return cutPositions(whole.length, cuts).map((to) => {
    const part = whole.subarray(from, to);
    from = to;
    return part;
  });
}

function ids(id: string): Record<string, string> {
  return { "x-request-id": id.replace("chatcmpl-", "req_") };
}
