import { nearestName, plainName } from "./nearest-name.js";

/**
 * What options are called elsewhere: in Respan's JavaScript and Python packages, in OpenTelemetry and in similar tools.
 * One line for each name of ours; case, `_` and `-` count for nothing. What is merely spelled alike need not be listed. Of
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
