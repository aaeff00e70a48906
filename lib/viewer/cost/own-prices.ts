import { readFileSync } from "node:fs";
import { linearCost } from "./linear-cost.js";
import type { LinearRates, PricedModel, PricedTokens } from "./linear-cost.js";

const RATES = ["input", "output", "cached", "reasoning"] as const;

/**
 * A user's own prices: a JSON object of models, each with dollars for a million tokens, as
 * `{"my-model": {"input": 2.5, "output": 10, "cached": 1.25, "reasoning": 10}}`. `cached` is `input` where it is absent,
 * `reasoning` is `output`. A name may say the provider too: `"azure.ai.openai/gpt-4o"`.
 */
export class OwnPrices {
  readonly path: string;
  readonly #rates: ReadonlyMap<string, LinearRates>;

  private constructor(path: string, rates: ReadonlyMap<string, LinearRates>) {
    this.path = path;
    this.#rates = rates;
  }

  /** Throws an error that names the file and the model where a price cannot be read. */
  static read(path: string): OwnPrices {
    return OwnPrices.parse(path, readFileSync(path, "utf8"));
  }

  static parse(path: string, text: string): OwnPrices {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Error(`${path} is not valid JSON`);
    }
    if (!isRecord(value)) throw new Error(`${path} is not an object of models and their prices`);
    return new OwnPrices(
      path,
      new Map(Object.entries(value).map(([model, price]) => [model, ratesOf(path, model, price)])),
    );
  }

  costOf({ provider, model, requestModel }: PricedModel, tokens: PricedTokens): number | undefined {
    const rates = [model, requestModel]
      .flatMap((name) => (name === undefined ? [] : [`${provider ?? ""}/${name}`, name]))
      .map((name) => this.#rates.get(name))
      .find((found) => found !== undefined);
    if (rates === undefined) return undefined;
    const { input = 0, output = 0, cached = 0, reasoning = 0 } = tokens;
    return linearCost(rates, {
      input,
      output,
      cached: Math.min(cached, input),
      reasoning: Math.min(reasoning, output),
    });
  }
}

function ratesOf(path: string, model: string, price: unknown): LinearRates {
  const fail = (what: string): Error => new Error(`${path}: the price of ${JSON.stringify(model)} ${what}`);
  if (!isRecord(price)) throw fail('is not an object with "input" and "output"');
  for (const [name, rate] of Object.entries(price)) {
    if (!RATES.some((known) => known === name)) throw fail(`has no part named ${JSON.stringify(name)}`);
    if (typeof rate !== "number" || !(rate >= 0)) throw fail(`needs dollars for a million tokens as ${name}`);
  }
  const { input, output, cached = input, reasoning = output } = price as Partial<LinearRates>;
  if (input === undefined || output === undefined || cached === undefined || reasoning === undefined) {
    throw fail('needs both "input" and "output"');
  }
  return { input, output, cached, reasoning };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
