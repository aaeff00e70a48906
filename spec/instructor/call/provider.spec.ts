import Instructor from "@instructor-ai/instructor";
import OpenAI, { AzureOpenAI } from "openai";
import { z } from "zod";
import { MODES } from "../../../lib/instructor/client/config.js";
import { PROVIDERS, recognizeProvider } from "../../../lib/instructor/call/provider.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { content, functionCall, toolCall } from "../../harness/index.js";
import type { World } from "../world.js";
import { collect, muteConsole, eachWorld } from "../world.js";

const options = { apiKey: "sk-local", maxRetries: 0 };
const ticket = { customer: "ACME" };
const messages = [{ role: "user" as const, content: "Who?" }];
const plain = { model: "some-model", messages };
const request = { ...plain, response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" } };

/** What a minifier makes of a class: the same, under another name. */
function minified<C extends object>(client: C): C {
  for (let at: unknown = Object.getPrototypeOf(client); at; at = Object.getPrototypeOf(at)) {
    if (at !== Object.prototype) {
      const { constructor } = at as { constructor: object };
      Object.defineProperty(constructor, "name", { value: "a", configurable: true });
    }
  }
  return client;
}

describe("the provider of a client", () => {
  const names = [OpenAI, AzureOpenAI].map((each) => [each, each.name] as const);
  afterEach(() => {
    for (const [each, name] of names) Object.defineProperty(each, "name", { value: name, configurable: true });
  });

  it("is OpenAI where OpenAI's client talks to a local address, in a minified bundle too", () => {
    const local = () => new OpenAI({ ...options, baseURL: "http://127.0.0.1:4000/v1" });
    const recognized = recognizeProvider(local());
    expect(recognized).toMatchObject({ system: "openai", address: "127.0.0.1", port: 4000 });
    expect(recognizeProvider(minified(local()))).toEqual(recognized);
  });

  it("is Azure for Azure's client, whatever its host", () => {
    const client = () =>
      new AzureOpenAI({ ...options, apiVersion: "2024-10-21", baseURL: "http://127.0.0.1:4000/openai" });
    expect(recognizeProvider(client())).toMatchObject({ system: "azure.ai.openai", address: "127.0.0.1", port: 4000 });
    expect(recognizeProvider(minified(client())).system).toBe("azure.ai.openai");
  });

  it.each([
    ["http://[::1]:4000/v1", "::1", 4000],
    ["http://localhost/v1", "localhost", 80],
    ["https://10.0.0.7/v1/", "10.0.0.7", 443],
  ])("is OpenAI at %s, an address without a name", (baseURL, address, port) => {
    expect(recognizeProvider(new OpenAI({ ...options, baseURL }))).toMatchObject({ system: "openai", address, port });
  });

  it.each(PROVIDERS.map(({ system, example }) => [example, system]))("at %s is %s", (baseURL, system) => {
    expect(recognizeProvider(new OpenAI({ ...options, baseURL })).system).toBe(system);
  });

  it.each([
    ["https://aiplatform.googleapis.com/v1", "gcp.vertex_ai"],
    ["https://aiplatform.eu.rep.googleapis.com/v1", "gcp.vertex_ai"],
    ["https://storage.googleapis.com", "storage.googleapis.com"],
    ["https://bedrock-runtime-fips.us-east-1.amazonaws.com/openai/v1", "aws.bedrock"],
    ["https://bedrock-runtime.cn-north-1.amazonaws.com.cn/openai/v1", "aws.bedrock"],
    ["https://bedrock-mantle.us-east-1.api.aws/v1", "aws.bedrock"],
    ["https://my-bedrock.s3.us-east-1.amazonaws.com", "my-bedrock.s3.us-east-1.amazonaws.com"],
    ["https://api.moonshot.cn/v1", "moonshot_ai"],
    ["https://my-model.eastus.models.ai.azure.com", "azure.ai.inference"],
    ["https://nox.ai/v1", "nox.ai"],
    ["https://eu.api.openai.com/v1", "openai"],
    ["https://acme.services.ai.azure.com/models", "azure.ai.openai"],
    ["https://acme.azure-api.net/openai", "azure.ai.openai"],
    ["https://api.together.ai/v1", "together"],
    ["http://127.0.0.1:11434/v1", "ollama"],
    ["http://ollama:8000/v1", "ollama"],
    ["https://ollama.acme.example/v1", "ollama"],
  ])("at %s is %s, too", (baseURL, system) => {
    expect(recognizeProvider(new OpenAI({ ...options, baseURL })).system).toBe(system);
  });

  it("is not one whose name a host only ends or begins with", () => {
    const at = (baseURL: string) => recognizeProvider(new OpenAI({ ...options, baseURL })).system;
    expect(at("https://notopenai.com/v1")).toBe("notopenai.com");
    expect(at("https://api.openai.com.example.org/v1")).toBe("api.openai.com.example.org");
  });

  it("is the class of a client that has one of its own, wherever it talks to", () => {
    for (const [Class, system] of [
      [class Anthropic {}, "anthropic"],
      [class Groq {}, "groq"],
      [class Together {}, "together"],
      [class Mistral {}, "mistral_ai"],
    ] as const) {
      expect(recognizeProvider(Object.assign(new Class(), { baseURL: "http://127.0.0.1:1" })).system).toBe(system);
    }
  });

  class MyOpenAI {}
  class OpenAICompatible {}
  class AzureOpenAIProxy {}
  class GroqClient {}
  class MyGroq {}
  class TogetherAI {}
  class MistralClient {}
  class AnthropicBedrock {}
  class Derived extends GroqClient {}

  it.each<[client: object, baseURL: string | undefined, system: string, reportsStreamUsage: boolean]>([
    [new OpenAICompatible(), "http://127.0.0.1:1", "openai", false],
    [new AzureOpenAIProxy(), "http://127.0.0.1:1", "openai", false],
    [new MyOpenAI(), "http://127.0.0.1:1", "openai", false],
    [new MyOpenAI(), "http://api.localhost:1", "openai", false],
    [new MyOpenAI(), "http://[::1]:1", "openai", false],
    [new MyOpenAI(), "https://1.example.com", "1.example.com", false],
    [new MyOpenAI(), undefined, "openai", false],
    [new GroqClient(), undefined, "groq", true],
    [new Derived(), undefined, "groq", true],
    [new MyGroq(), "http://127.0.0.1:1", "openai", false],
    [new TogetherAI(), undefined, "together", false],
    [new MistralClient(), undefined, "mistral_ai", false],
    [new AnthropicBedrock(), undefined, "anthropic", false],
    [new GroqClient(), "https://api.openai.com/v1", "groq", true],
    [{}, "https://cognitiveservices.azure.com", "azure.ai.openai", true],
    [{}, "https://api.keywordsai.co/api", "respan", true],
    [{}, "https://my-ollama.example.com", "ollama", true],
    [{}, "https://myollama.example.com", "myollama.example.com", false],
    [{}, "https://ollamas.example.com", "ollamas.example.com", false],
    [{ apiVersion: "2024-08-31" }, undefined, "azure.ai.openai", false],
    [{ apiVersion: "2024-09-01" }, undefined, "azure.ai.openai", true],
    [{ apiVersion: "preview" }, undefined, "azure.ai.openai", true],
    [{ apiVersion: "v2024-01-01" }, undefined, "azure.ai.openai", true],
    [{ apiVersion: 7 }, "https://api.groq.com", "groq", true],
    [Object.create(null) as object, "https://api.groq.com", "groq", true],
  ])("of %p at %s is %s, and reports the usage of streams: %p", (client, baseURL, system, reportsStreamUsage) => {
    expect(recognizeProvider(Object.assign(client, { baseURL }))).toMatchObject({ system, reportsStreamUsage });
  });

  it("survives a client that refuses to be looked at", () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
        getPrototypeOf: () => {
          throw new Error("no");
        },
      },
    );
    expect(recognizeProvider(hostile).system).toBe("openai");
    expect(recognizeProvider({ baseURL: "not a URL" })).toMatchObject({ address: undefined, port: undefined });
  });
});

/** Base URL, `gen_ai.system`, and whether its streams are asked for their usage. */
const HOSTS = [
  ["https://api.groq.com/openai/v1", "groq", true],
  ["https://api.mistral.ai/v1", "mistral_ai", false],
  ["https://models.acme.example:8443/v1", "models.acme.example", false],
] as const;

muteConsole();
let world: World;
eachWorld((made) => (world = made));

/** Sends every request to the local server, wherever it was to go. */
const asked: string[] = [];
const redirected: typeof fetch = async (input, init) => {
  const { pathname, search, href } = new URL(input instanceof Request ? input.url : input);
  asked.push(href);
  return fetch(`${world.server.origin}${pathname}${search}`, init);
};
beforeEach(() => asked.splice(0));

it.each([
  ["https://acme.openai.azure.com/openai/deployments/d", "2023-05-15", false],
  ["https://acme.openai.azure.com/openai/deployments/d", "2024-10-21", true],
  ["https://acme.openai.azure.com/openai/v1", undefined, true],
  ["https://acme.cognitiveservices.azure.com/openai/deployments/d", "2024-02-01", false],
])(
  "a stream of OpenAI's own client at %s, api-version %s, is asked for its usage: %s",
  async (baseURL, version, asks) => {
    world.server.answerWith(() => content("Hello there"));
    const defaultQuery = version === undefined ? {} : { "api-version": version };
    const openai = new OpenAI({ ...options, baseURL, defaultQuery, fetch: redirected });
    const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
    await collect(await client.chat.completions.create({ ...plain, stream: true }));
    expect(world.server.lastRequest.body.stream_options).toEqual(asks ? { include_usage: true } : undefined);
  },
);

describe.each(HOSTS)("a call to %s", (baseURL, system, reportsUsage) => {
  const client = () =>
    createTracedInstructor({ client: new OpenAI({ ...options, baseURL, fetch: redirected }), mode: "TOOLS" });
  const { hostname, port } = new URL(baseURL);
  const place = {
    "gen_ai.system": system,
    "gen_ai.provider.name": system,
    "server.address": hostname,
    "server.port": port === "" ? 443 : Number(port),
  };

  it(`names ${system}, and the host`, async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    await expect(client().create(request)).resolves.toMatchObject(ticket);
    expect((await world.span()).attributes).toMatchObject(place);
    expect(asked[0]).toBe(`${baseURL.replace(/\/$/, "")}/chat/completions`);
  });

  it(`is ${reportsUsage ? "asked" : "not asked"} for the usage of its streams`, async () => {
    world.server.answerWith(({ body }) => (body.tools ? toolCall({ arguments: ticket }) : content("Hello there")));
    const traced = client();
    expect((await collect(traced.createPartial(request))).at(-1)).toMatchObject(ticket);
    await collect(await traced.chat.completions.create({ ...request, stream: true }));
    const chunks = await collect(await traced.chat.completions.create({ ...plain, stream: true }));
    expect(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage === undefined)).toBe(true);
    const asks = world.server.requests.map(({ body }) => body.stream_options);
    expect(asks).toEqual(Array(3).fill(reportsUsage ? { include_usage: true } : undefined));
    const spans = await world.spans();
    expect(spans).toHaveLength(3);
    for (const { attributes } of spans) {
      expect(attributes).toMatchObject(place);
      expect(attributes["llm.usage.total_tokens"]).toBe(reportsUsage ? 78 : undefined);
    }
  });
});

describe.each([
  "https://api.openai.com/v1",
  "https://api.endpoints.anyscale.com/v1",
  "https://api.together.xyz/v1",
  "https://api.groq.com/openai/v1",
  "https://api.anthropic.com/v1/",
  "https://api.mistral.ai/v1",
])("a request to %s", (baseURL) => {
  it.each(MODES)("is the one that Instructor itself makes, in %s", async (mode) => {
    world.server.answerWith(({ body }) => {
      if (body.tools) return toolCall({ arguments: ticket });
      return body.functions ? functionCall({ arguments: ticket }) : content(ticket);
    });
    const own = {
      client: new OpenAI({ ...options, baseURL, fetch: redirected }),
      mode,
      logger: (...args: unknown[]) => void logged.push(String(args[1])),
    };
    const logged: string[] = [];
    const untraced = Instructor(own);
    await untraced.chat.completions.create({ ...request, max_retries: 1 });
    await collect((await untraced.chat.completions.create({ ...request, stream: true })) as AsyncIterable<object>);
    const [sent, said] = [world.server.requests.map(({ raw }) => raw), logged.splice(0)];
    world.server.clear();
    const traced = createTracedInstructor({ ...own, traceContent: true });
    await traced.create({ ...request, max_retries: 1 });
    await collect(await traced.create({ ...request, stream: true, stream_options: { include_usage: false } }));
    const [whole, stream] = world.server.requests.map(({ raw }) => raw);
    expect([
      whole,
      stream?.replace(/"stream_options":\{"include_usage":false\},?|,"stream_options":\{.*?\}/, ""),
    ]).toEqual(sent);
    expect(logged).toEqual(said);
  });
});

describe("a call to an Azure deployment", () => {
  const azure = (given: ConstructorParameters<typeof AzureOpenAI>[0]) =>
    createTracedInstructor({ client: new AzureOpenAI({ ...options, fetch: redirected, ...given }), mode: "TOOLS" });
  const endpoint = "https://acme.openai.azure.com";

  it("names the resource's host, and the deployment for a model", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const apiVersion = "2024-10-21";
    await azure({ endpoint, apiVersion }).create({ ...request, model: "gpt-4o-prod" });
    await azure({ endpoint, apiVersion, deployment: "gpt-4o-prod" }).create(request);
    await azure({ baseURL: `${endpoint}/openai/`, apiVersion }).create({ ...request, model: "gpt-4o-prod" });
    const path = "/openai/deployments/gpt-4o-prod/chat/completions?api-version=2024-10-21";
    expect(asked).toEqual(Array(3).fill(`${endpoint}${path}`));
    const spans = await world.spans();
    for (const { attributes } of spans) {
      expect(attributes).toMatchObject({
        "gen_ai.system": "azure.ai.openai",
        "server.address": "acme.openai.azure.com",
        "server.port": 443,
      });
    }
    expect(spans.map(({ attributes }) => attributes["gen_ai.request.model"])).toEqual([
      "gpt-4o-prod",
      "some-model",
      "gpt-4o-prod",
    ]);
  });
});

it("a client that is pointed elsewhere is recognized anew", async () => {
  world.server.answerWith(() => toolCall({ arguments: ticket }));
  const openai = new OpenAI({ ...options, baseURL: "https://api.openai.com/v1", fetch: redirected });
  const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
  await client.create(request);
  openai.baseURL = "https://api.deepseek.com/v1";
  await client.create(request);
  const systems = (await world.spans()).map(({ attributes }) => attributes["gen_ai.system"]);
  expect(systems).toEqual(["openai", "deepseek"]);
});
