/** A request's tokens; `input` includes the cached ones and `output` the reasoning ones. */
export interface PricedTokens {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cached?: number | undefined;
  readonly reasoning?: number | undefined;
}

export interface PricedModel {
  /** As `gen_ai.provider.name` says it. */
  readonly provider: string | undefined;
  /** The model that answered. */
  readonly model: string | undefined;
  /** The model that was asked for. */
  readonly requestModel: string | undefined;
}

/** Dollars for a million tokens of each kind. */
export interface LinearRates {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Dollars for tokens whose price does not depend on their number. */
export function linearCost(rates: LinearRates, tokens: Readonly<Record<keyof LinearRates, number>>): number {
  const dollars =
    (tokens.input - tokens.cached) * rates.input +
    tokens.cached * rates.cached +
    (tokens.output - tokens.reasoning) * rates.output +
    tokens.reasoning * rates.reasoning;
  return dollars / 1e6;
}
