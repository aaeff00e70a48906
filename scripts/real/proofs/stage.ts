import type { OpenAIServer } from "../../../spec/harness/index.js";
import type { Store } from "../store.js";
import type { Workers } from "../workers.js";

/** The parts that every proof uses. */
export interface Stage {
  readonly openai: OpenAIServer;
  readonly store: Store;
  readonly workers: Workers;
  /** A temporary folder. */
  readonly folder: string;
  /** Builds the Collector where it is not built yet. */
  collector(): Promise<string>;
}

/** Where a configuration of the sample lies. */
export const CONFIGURATIONS = "samples/scale/collector";

/** The options of a worker. */
export function workerEnvironment(
  stage: Stage,
  tracesUrl: string,
  more: Record<string, string>,
): Record<string, string> {
  return { OPENAI_API_KEY: "sk-local", OPENAI_BASE_URL: stage.openai.url, RESPAN_BASE_URL: tracesUrl, ...more };
}
