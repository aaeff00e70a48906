import { readFileSync } from "node:fs";
import { join } from "node:path";
import { calcPrice } from "@pydantic/genai-prices";
import { OwnPrices } from "../../../lib/viewer/cost/own-prices.js";
import { BUNDLED_TABLE, Prices } from "../../../lib/viewer/cost/prices.js";

const NOW = Date.UTC(2026, 8, 23);
const model = (name: string, provider = "openai") => ({
  provider,
  model: name,
  requestModel: undefined,
});

describe("the bundled prices", () => {
  const prices = new Prices();

  it("are of the version and the day that the page shows", () => {
    const path = join(__dirname, "../../../node_modules", BUNDLED_TABLE.name, "package.json");
    // To update the package, look up the day of its release.
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: BUNDLED_TABLE.version });
    expect(BUNDLED_TABLE.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it.each([
    ["gpt-4o-mini", "openai"],
    ["gpt-4.1", "openai"],
    ["claude-sonnet-4-20250514", "anthropic"],
    ["gemini-2.5-pro", "google"],
    ["mistral-large-latest", "mistral"],
  ])("are what the table itself calculates for %s", (name, providerId) => {
    for (const [input, output, cached] of [
      [1_000, 100, 0],
      [250_000, 2_000, 50_000],
    ] as const) {
      const usage = { input_tokens: input, output_tokens: output, cache_read_tokens: cached };
      const expected = calcPrice(usage, name, { providerId, timestamp: new Date(NOW) })?.total_price;
      expect(expected).toBeGreaterThan(0);
      expect(prices.costOf(model(name, providerId), { input, output, cached }, NOW)).toBeCloseTo(expected ?? 0, 10);
    }
  });

  it("know a provider by OpenTelemetry's name, and a gateway's model by its own", () => {
    const tokens = { input: 1_000, output: 10 };
    const gemini = prices.costOf(model("gemini-2.5-pro", "google"), tokens, NOW);
    expect(prices.costOf(model("gemini-2.5-pro", "gcp.gemini"), tokens, NOW)).toBe(gemini);
    expect(prices.costOf(model("gemini-2.5-pro", "respan"), tokens, NOW)).toBe(gemini);
    const unsaid = { provider: undefined, model: "gemini-2.5-pro", requestModel: undefined };
    expect(prices.costOf(unsaid, tokens, NOW)).toBe(gemini);
  });

  it("are unknown, never 0, for a model, a provider or tokens that are not known", () => {
    const tokens = { input: 1_000, output: 10 };
    expect(prices.costOf(model("gpt-4o-mini", "ollama"), tokens, NOW)).toBeUndefined();
    expect(prices.costOf(model("my-own-model"), tokens, NOW)).toBeUndefined();
    expect(
      prices.costOf({ provider: "openai", model: undefined, requestModel: undefined }, tokens, NOW),
    ).toBeUndefined();
    expect(prices.costOf(model("gpt-4o-mini"), { input: undefined, output: undefined }, NOW)).toBeUndefined();
  });

  it("fall back to the requested model, and accept more cached tokens than input tokens", () => {
    const asked = { provider: "openai", model: "ft:unknown", requestModel: "gpt-4o-mini" };
    expect(prices.costOf(asked, { input: 1_000, output: 0 }, NOW)).toBeGreaterThan(0);
    const all = prices.costOf(model("gpt-4o-mini"), { input: 10, output: 0, cached: 10 }, NOW);
    expect(prices.costOf(model("gpt-4o-mini"), { input: 10, output: 0, cached: 99 }, NOW)).toBe(all);
  });
});

describe("a user's own prices", () => {
  const parse = (value: unknown) => OwnPrices.parse("prices.json", JSON.stringify(value));

  it("come before the table's, with cached and reasoning tokens at their own", () => {
    const own = parse({
      "gpt-4o-mini": { input: 1, output: 2, cached: 0.5, reasoning: 3 },
      "openai/x": { input: 7, output: 7 },
    });
    const prices = new Prices(own);
    const tokens = { input: 3_000_000, output: 2_000_000, cached: 1_000_000, reasoning: 1_000_000 };
    // 2 × 1 + 1 × 0.5 + 1 × 2 + 1 × 3
    expect(prices.costOf(model("gpt-4o-mini"), tokens, NOW)).toBeCloseTo(7.5, 10);
    expect(prices.costOf(model("x"), { input: 1_000_000, output: 0 }, NOW)).toBeCloseTo(7, 10);
    expect(prices.costOf(model("x", "azure"), { input: 1_000_000, output: 0 }, NOW)).toBeUndefined();
    expect(prices.table).toEqual({ ...BUNDLED_TABLE, ownFile: "prices.json" });
  });

  it.each([
    ["[]", "prices.json is not an object of models and their prices"],
    ["{", "prices.json is not valid JSON"],
    ['{"m":1}', 'prices.json: the price of "m" is not an object with "input" and "output"'],
    ['{"m":{"input":1}}', 'prices.json: the price of "m" needs both "input" and "output"'],
    ['{"m":{"input":-1,"output":1}}', 'prices.json: the price of "m" needs dollars for a million tokens as input'],
    ['{"m":{"input":1,"output":1,"cache":1}}', 'prices.json: the price of "m" has no part named "cache"'],
  ])("that cannot be read are refused: %s", (text, message) => {
    expect(() => OwnPrices.parse("prices.json", text)).toThrow(message);
  });
});
