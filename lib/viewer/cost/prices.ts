import { calcPrice } from "@pydantic/genai-prices";
import type { ModelPrice, PriceCalculation, Provider, Usage } from "@pydantic/genai-prices";
import type { PriceTable } from "../api.js";
import { linearCost } from "./linear-cost.js";
import type { PricedModel, PricedTokens } from "./linear-cost.js";
import type { OwnPrices } from "./own-prices.js";

/** The bundled table; a spec checks that the version is the installed one. The date is that of its release. */
export const BUNDLED_TABLE = { name: "@pydantic/genai-prices", version: "0.1.8", date: "2026-09-23" };

/** Providers that the table knows under another name than OpenTelemetry. Others have the same name, or are unknown. */
const TABLE_NAMES: Readonly<Record<string, string>> = {
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure",
  mistral_ai: "mistral",
  "gcp.gemini": "google",
  "gcp.vertex_ai": "google",
  gemini: "google",
  vertex_ai: "google",
  "aws.bedrock": "aws",
  x_ai: "x-ai",
};
/** A gateway in front of other providers: the model's name alone says whose it is. */
const GATEWAYS: ReadonlySet<string> = new Set(["respan", "keywordsai", "litellm"]);

const HOUR_MILLIS = 3_600_000;
const MAX_KEPT = 5_000;

interface Rates {
  readonly provider: Provider;
  readonly price: ModelPrice;
}

/** What tokens cost in US dollars: by the user's own prices, else by the bundled table. */
export class Prices {
  readonly #own: OwnPrices | undefined;
  /** Finding a model in the table takes about 0.1 ms, and most calls are to the same few models. */
  readonly #found = new Map<string, Rates | undefined>();

  constructor(own?: OwnPrices) {
    this.#own = own;
  }

  get table(): PriceTable {
    return { ...BUNDLED_TABLE, ...(this.#own !== undefined && { ownFile: this.#own.path }) };
  }

  /** Undefined where the price or the tokens are not known. */
  costOf(model: PricedModel, tokens: PricedTokens, time: number): number | undefined {
    const { input, output } = tokens;
    if (input === undefined && output === undefined) return undefined;
    const own = this.#own?.costOf(model, tokens);
    if (own !== undefined) return own;
    for (const name of [model.model, model.requestModel]) {
      const rates = name === undefined ? undefined : this.#ratesOf(model.provider, name, time);
      if (name !== undefined && rates !== undefined) return costAt(rates, name, tokens, time);
    }
    return undefined;
  }

  #ratesOf(provider: string | undefined, model: string, time: number): Rates | undefined {
    // Some prices depend on the time of the day.
    const hour = Math.floor(time / HOUR_MILLIS);
    const key = `${hour} ${provider ?? ""} ${model}`;
    if (!this.#found.has(key)) {
      if (this.#found.size >= MAX_KEPT) this.#found.clear();
      this.#found.set(key, lookUp(provider, model, time));
    }
    return this.#found.get(key);
  }
}

function lookUp(provider: string | undefined, model: string, time: number): Rates | undefined {
  const providerId = provider === undefined ? undefined : (TABLE_NAMES[provider] ?? provider);
  const isNamed = providerId !== undefined && !GATEWAYS.has(providerId);
  const found = calculated({}, model, time, isNamed ? { providerId } : {});
  return found === undefined
    ? undefined
    : { provider: { ...found.provider, models: [found.model] }, price: found.model_price };
}

/** The table's own calculation throws at counts that contradict each other. */
function calculated(
  usage: Usage,
  model: string,
  time: number,
  where: { readonly providerId?: string; readonly provider?: Provider },
): PriceCalculation | undefined {
  try {
    return calcPrice(usage, model, { ...where, timestamp: new Date(time) }) ?? undefined;
  } catch {
    return undefined;
  }
}

function costAt({ provider, price }: Rates, model: string, tokens: PricedTokens, time: number): number | undefined {
  const { input = 0, output = 0, cached = 0, reasoning = 0 } = tokens;
  if ((input > 0 && price.input_mtok === undefined) || (output > 0 && price.output_mtok === undefined)) {
    return undefined;
  }
  const parts = { cached: Math.min(cached, input), reasoning: Math.min(reasoning, output) };
  const { input_mtok, output_mtok, cache_read_mtok = input_mtok, output_reasoning_mtok = output_mtok } = price;
  if ([input_mtok, output_mtok, cache_read_mtok, output_reasoning_mtok].some((rate) => typeof rate === "object")) {
    // A price that changes with the number of tokens.
    const usage = {
      input_tokens: input,
      output_tokens: output,
      cache_read_tokens: parts.cached,
      output_reasoning_tokens: parts.reasoning,
    };
    return calculated(usage, model, time, { provider })?.total_price;
  }
  return linearCost(
    {
      input: rateOf(input_mtok),
      cached: rateOf(cache_read_mtok),
      output: rateOf(output_mtok),
      reasoning: rateOf(output_reasoning_mtok),
    },
    { input, output, ...parts },
  );
}

function rateOf(rate: ModelPrice[string]): number {
  return typeof rate === "number" ? rate : 0;
}
