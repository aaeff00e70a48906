import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { post, Sample } from "../../scripts/frameworks/sample.js";
import type { RunningSample } from "../../scripts/frameworks/sample.js";
import { orphans, outline, Stage } from "./stage.js";

const NEST_12 = {
  "@nestjs/common": "^12.0.0",
  "@nestjs/core": "^12.0.0",
  "@nestjs/event-emitter": "^12.0.0",
  "@nestjs/microservices": "^12.0.0",
  "@nestjs/platform-express": "^12.0.0",
};

describe.each([
  ["11", {}],
  ["12", NEST_12],
])("NestJS %s with our decorators above and below its own", (_, dependencies: Record<string, string>) => {
  let sample: Sample;
  let stage: Stage;
  let server: RunningSample;
  const toClose: AsyncDisposable[] = [];
  let microservicePort: number;

  beforeAll(async () => {
    sample = await Sample.install("nestjs", dependencies);
    stage = await Stage.start();
    toClose.push(stage);
    microservicePort = await freePort();
    const env = { ...stage.environment, PORT: "0", MICROSERVICE_PORT: String(microservicePort) };
    server = await sample.start(["out/main.js"], env);
    toClose.unshift(server);
  });

  afterAll(async () => {
    for (const each of toClose) await each[Symbol.asyncDispose]();
  });

  const AGENT = { "x-role": "agent" };

  it.each(["above", "below"])("routes to a handler, with its status, pipes and interceptors (%s)", async (where) => {
    const { status, body } = await post(`${server.url}/tickets/${where}`, { message: "customer_7 waits" }, AGENT);
    expect(status).toBe(202);
    expect(body).toEqual({
      customer: "customer_7",
      priority: "high",
      summary: "Cannot log in",
      // Instructor's own.
      _meta: { usage: { completion_tokens: 21, prompt_tokens: 57, total_tokens: 78 } },
      // What Nest knows of the handler is the method's own name, and the handler's span is over behind it.
      handler: where,
      traceAfter: null,
    });
  });

  it.each(["above", "below"])("refuses who the guard should refuse (%s)", async (where) => {
    for (const headers of [{}, { "x-role": "visitor" }]) {
      const { status } = await post(`${server.url}/tickets/${where}`, { message: "let me in" }, headers);
      expect(status).toBe(403);
    }
  });

  it("keeps parameter pipes, headers and routes of a method that is decorated in between", async () => {
    const response = await fetch(`${server.url}/tickets/between/42`);
    expect(response.headers.get("x-answered-by")).toBe("nest");
    expect(await response.json()).toEqual({ type: "number", id: 42 });
    expect((await fetch(`${server.url}/tickets/between/notanumber`)).status).toBe(400);
  });

  it("still hears events", async () => {
    expect(await (await fetch(`${server.url}/tickets/heard`)).json()).toEqual(["above customer_7", "below customer_7"]);
  });

  it.each(["above", "below"])("still answers messages (%s)", async (where) => {
    expect(await message(microservicePort, `count.${where}`, "three small words")).toBe(3);
  });

  it("traced all of it, and nothing that was refused", async () => {
    await server.stop();
    const request = (where: string) => [
      `${where}.workflow`,
      "  support_ticket_extraction.workflow",
      "    prompt.task",
      "    instructor.create",
      `  heard_${where}.task`,
    ];
    expect(outline(stage.respan)).toEqual([
      ...request("above"),
      ...request("below"),
      "between.tool",
      "message_above.workflow",
      "message_below.workflow",
    ]);
    expect(orphans(stage.respan)).toEqual([]);
    expect(stage.respan.spans[0]!.resource["service.name"]).toBe("support-nest");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Asks Nest's TCP transport, whose frames are a length, a `#` and JSON. */
async function message(port: number, pattern: string, data: unknown): Promise<unknown> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const text = JSON.stringify({ pattern, data, id: "1" });
  socket.write(`${text.length}#${text}`);
  let answer = "";
  for await (const piece of socket) {
    answer += String(piece);
    const [length, rest] = answer.split(/#(.*)/s) as [string, string | undefined];
    if (rest !== undefined && rest.length >= Number(length)) break;
  }
  socket.destroy();
  return (JSON.parse(answer.slice(answer.indexOf("#") + 1)) as { response: unknown }).response;
}
