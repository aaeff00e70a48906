/**
 * What options are called elsewhere: in Respan's JavaScript and Python packages, in OpenTelemetry and in similar tools.
 * One line for each of our names; case, `_` and `-` count for nothing. What is merely spelled alike need not be listed. Of
 * two lines with the same name the first counts that the owner of the options has.
 */
export const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  apiKey: ["key", "token", "secretKey", "respanApiKey"],
  baseUrl: ["endpoint", "apiEndpoint", "url", "host", "collectorUrl", "respanBaseUrl"],
  appName: ["serviceName", "service", "projectName", "applicationName", "name"],
  isEnabled: ["tracingEnabled", "enableTracing", "enabled", "disabled", "disableTracing"],
  isBatchingEnabled: ["disableBatch", "disableBatching", "batch", "batching", "batchEnabled", "autoFlush"],
  isAutoInstrument: [
    "instrumentations",
    "instruments",
    "instrumentModules",
    "disabledInstrumentations",
    "blockInstruments",
  ],
  logLevel: ["debug", "verbose", "silenceInitializationMessage"],
  metadata: ["associationProperties", "tags", "attributes"],
  customerIdentifier: ["customerId", "customer", "userId", "user"],
  sessionIdentifier: ["sessionId", "session"],
  customerEmail: ["email", "userEmail"],
  customerName: ["userName"],
  threadIdentifier: ["threadId", "thread", "conversationId"],
  customIdentifier: ["customId"],
  groupIdentifier: ["traceGroupIdentifier", "groupId", "traceGroup"],
  evaluationIdentifier: ["evaluationId", "evalId", "experimentId"],
  environment: ["env", "deploymentEnvironment"],
  prompt: ["promptId", "promptReference"],
  captureInput: ["inputParameters", "recordInputs", "ignoreInput", "hideInputs", "input"],
  captureOutput: ["recordOutputs", "ignoreOutput", "hideOutputs", "output"],
  traceContent: [
    "captureContent",
    "recordContent",
    "captureMessageContent",
    "hideContent",
    "recordInputs",
    "recordOutputs",
  ],
  name: ["methodName", "spanName", "entityName"],
  spanProcessors: ["processor", "processors"],
  exporter: ["spanExporter", "traceExporter"],
  spanPostprocess: ["spanPostprocessCallback", "beforeSendSpan"],
  shouldExportSpan: ["exportFilter", "filter", "filterFn"],
  sampleRate: ["samplingRate", "samplingRatio", "tracesSampleRate"],
  tracerProvider: ["provider", "propagator", "contextManager"],
  redact: ["mask", "masking", "piiRedaction"],
  limits: ["spanLimits", "maxPayloadBytes", "maxPayloadSize", "attributeValueLengthLimit", "maxAttributeLength"],
  timeoutMillis: ["timeout", "exportTimeout"],
  client: ["openai", "llm"],
  retryAllErrors: ["maxRetries", "retries"],
};

/** The option that was probably meant, of those that there are. */
export function suggestedName(name: string, options: readonly string[]): string | undefined {
  const typed = plainName(name);
  const isCalled = (others: readonly string[]): boolean => others.some((other) => plainName(other) === typed);
  const known = Object.entries(OTHER_NAMES).find(([ours, others]) => options.includes(ours) && isCalled(others));
  return known?.[0] ?? nearestName(name, options);
}

/**
 * The candidate that is spelled most like `name`; case, `_` and `-` count for nothing, so `api_key` finds `apiKey`. None
 * where more than half of its letters would have to be changed: what is not meant is no help.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = plainName(name);
  let nearest: string | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plainName(candidate));
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return smallest * 2 <= wanted.length ? nearest : undefined;
}

const LONGEST = 64;

/** A name without what people spell differently. */
export function plainName(name: string): string {
  return name.slice(0, LONGEST).replace(/[_-]/g, "").toLowerCase();
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
