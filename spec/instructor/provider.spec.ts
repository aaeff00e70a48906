import OpenAI, { AzureOpenAI } from "openai";
import { recognizeProvider } from "../../lib/instructor/provider.js";

const options = { apiKey: "sk-local" };

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

  it("is the host's where the host has a name", () => {
    const at = (baseURL: string) => recognizeProvider(new OpenAI({ ...options, baseURL })).system;
    expect(at("https://api.openai.com/v1")).toBe("openai");
    expect(at("https://api.groq.com/openai/v1")).toBe("groq");
    expect(at("https://api.together.xyz/v1")).toBe("together");
    expect(at("https://models.example.com/v1")).toBe("models.example.com");
  });

  it("is Azure for Azure's client, whatever its host", () => {
    const client = new AzureOpenAI({ ...options, apiVersion: "2024-10-21", baseURL: "http://127.0.0.1:4000/openai" });
    expect(recognizeProvider(client).system).toBe("azure.ai.openai");
  });
});
