import { SpanStatusCode } from "@opentelemetry/api";
import OpenAI from "openai";
import type { APIPromise } from "openai";
import { Task } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";
import { InProcess } from "../scope/in-process.js";

type Asked = APIPromise<OpenAI.ChatCompletion>;

describe("an APIPromise that a decorated method returns", () => {
  let server: OpenAIServer;
  let host: InProcess;
  beforeEach(async () => {
    server = await OpenAIServer.start();
    host = new InProcess();
  });
  afterEach(async () => {
    host[Symbol.dispose]();
    await server.close();
  });
  class Desk {
    private readonly openai = new OpenAI({ apiKey: "test", baseURL: server.url, maxRetries: 0 });
    @Task() ask(): Asked {
      return this.openai.chat.completions.create({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: "hello" }],
      });
    }
  }
  /** What is recorded of the answer. */
  const answer = (): OpenAI.ChatCompletion =>
    JSON.parse(String(host.attributesOf("ask.task")["traceloop.entity.output"])) as OpenAI.ChatCompletion;

  it.each<[string, (asked: Asked) => Promise<unknown>]>([
    ["awaited", (asked) => asked.then()],
    ["asked for its response as well", (asked) => asked.withResponse()],
    ["parsed", (asked) => (asked as unknown as { parse(): Promise<unknown> }).parse()],
    ["asked for everything, one after the other", async (asked) => [await asked.withResponse(), await asked]],
  ])("has the answer alone recorded, however it is got: %s", async (_, use) => {
    server.reply(content("hello yourself"));
    await use(new Desk().ask());
    expect(host.spans).toHaveLength(1);
    expect(answer().choices[0]?.message.content).toBe("hello yourself");
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, (asked: Asked) => Promise<unknown>]>([
    ["awaited", (asked) => asked.then()],
    ["asked for its response as well", (asked) => asked.withResponse()],
    ["asked for its bare response", (asked) => asked.asResponse()],
  ])("fails the span where the request fails: %s", async (_, use) => {
    server.reply(httpError(400, "no such model"));
    await expect(use(new Desk().ask())).rejects.toThrow("no such model");
    expect(host.spans).toHaveLength(1);
    expect(host.spans[0]?.status).toMatchObject({
      code: SpanStatusCode.ERROR,
      message: expect.stringContaining("no such model") as string,
    });
  });

  it("can be used in every way after its span has ended", async () => {
    server.reply(content("hello yourself"));
    const asked = new Desk().ask();
    for (const open of slot.tracing!.open) open.end();
    const { data, response } = await asked.withResponse();
    expect([data.choices[0]?.message.content, response.status]).toEqual(["hello yourself", 200]);
    expect((await asked).choices).toHaveLength(1);
    expect((await asked.asResponse()).status).toBe(200);
    expect(host.spans).toHaveLength(1);
    expect(host.attributesOf("ask.task")).not.toHaveProperty(["traceloop.entity.output"]);
  });

  it("has nothing recorded where its bare response was taken, whatever is asked of it afterwards", async () => {
    server.reply(content("hello yourself"));
    const asked = new Desk().ask();
    expect((await asked.asResponse()).status).toBe(200);
    expect(host.spans).toHaveLength(1);
    expect((await asked).choices).toHaveLength(1);
    expect(host.spans).toHaveLength(1);
    expect(host.attributesOf("ask.task")).not.toHaveProperty(["traceloop.entity.output"]);
  });
});
