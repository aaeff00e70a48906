import { NoopSpanProcessor } from "@opentelemetry/sdk-trace";
import { DEFAULT_LIMITS } from "../../../lib/capture/bounds.js";
import type { OptionName } from "../../../lib/telemetry/settings/settings-table.js";
import { optionRows, read, refusal } from "./reading.js";

const nothing = (): undefined => undefined;

const long = "x".repeat(100);

/** For each option: what cannot be used, and what is said of it. */
const WRONG: Record<OptionName, readonly (readonly [unknown, string])[]> = {
  apiKey: [
    ["two words", "a key without spaces, got a text of 9 characters [redacted]"],
    [1, "a key without spaces, got a number [redacted]"],
  ],
  baseUrl: [["api.respan.ai", 'an http(s) URL, got "api.respan.ai"']],
  appName: [[1, "a text, got 1"]],
  isAutoInstrument: [["true", 'true or false, got "true"']],
  customerIdentifier: [[true, "a text or a number, got true"]],
  customerEmail: [[null, "a text, got null"]],
  customerName: [[["Ann", "Lee"], "a text, got an array of 2"]],
  threadIdentifier: [[7n, "a text or a number, got 7"]],
  sessionIdentifier: [[Number.NaN, "a text or a number, got NaN"]],
  properties: [[["a"], "an object, got an array of 1"]],
  metadata: [["team=desk", 'a JSON object, got "team=desk"']],
  environment: [[false, "a text, got false"]],
  traceContent: [[{}, "true, false or a function that returns one of them, got an object"]],
  isEnabled: [[1, "true or false, got 1"]],
  isBatchingEnabled: [[nothing, "true or false, got a function"]],
  logLevel: [["loud", 'one of "none", "error", "warn", "info", "debug", "verbose", "all", got "loud"']],
  headers: [
    [{ "a b": "secret" }, "an object of header names and texts, got an object [redacted]"],
    [null, "an object of header names and texts, got null [redacted]"],
  ],
  resourceAttributes: [[[], "an object of attributes, got an array of 0"]],
  exporter: [["console", 'an OpenTelemetry SpanExporter, got "console"']],
  spanProcessors: [[new NoopSpanProcessor(), "an array of OpenTelemetry SpanProcessors, got an object"]],
  sampler: [[0.5, "an OpenTelemetry Sampler, got 0.5"]],
  sampleRate: [[2, "a number from 0 to 1, got 2"]],
  tracerProvider: [[{}, "an OpenTelemetry TracerProvider, got an object"]],
  redact: [["ssn", 'an object with keys, patterns, disable and rules, or a function, got "ssn"']],
  limits: [
    [100, "an object of payloadBytes (1024 to 524288), items (1 to 100000) and depth (1 to 200), got 100"],
    [
      { items: 0 },
      "an object of payloadBytes (1024 to 524288), items (1 to 100000) and depth (1 to 200), got an object",
    ],
    [
      { bytes: 2_000 },
      "an object of payloadBytes (1024 to 524288), items (1 to 100000) and depth (1 to 200), got an object",
    ],
  ],
  spanPostprocess: [[true, "a function, got true"]],
  shouldExportSpan: [[Symbol("x"), "a function, got a symbol"]],
  spanNameStyle: [
    [long, `"legacy" or "semantic", got "${long}"`],
    [`${long}yz`, `"legacy" or "semantic", got "${long}…"`],
  ],
  registerGlobal: [["global", 'true or false, got "global"']],
  propagateBaggage: [["yes", 'true, false or an object with metadata keys, got "yes"']],
  compression: [["br", '"gzip" or "none", got "br"']],
  timeoutMillis: [[0, "a whole number of milliseconds, at least 1, got 0"]],
  flushTimeoutMillis: [[1.5, "a whole number of milliseconds, at least 1, got 1.5"]],
  maxQueueBytes: [[-1, "a whole number of bytes, at least 1, got -1"]],
  httpAgent: [["http://proxy", 'an http.Agent or https.Agent, got "http://proxy"']],
};

describe("what is said of an option that cannot be used", () => {
  it.each(optionRows().flatMap(({ option }) => WRONG[option].map(([value, wants]) => [option, wants, value] as const)))(
    "%s must be %s",
    (option, wants, value) => {
      const error = refusal({ [option]: value });
      expect(error.message).toBe(`respan-instructor: option "${option}" must be ${wants}`);
      expect(error.setting).toBe(option);
    },
  );

  it("masks a credential that stands in the wrong place", () => {
    const error = refusal({ logLevel: "Bearer abcdefghijklmnop123456" });
    expect(error.message).not.toContain("abcdefghijklmnop");
    expect(error.message).toContain('got "Bearer ');
  });

  it.each<[unknown, string, string]>([
    [
      { redact: { words: [] } },
      'option "redact": redact.words: no such part, expected keys, patterns, disable or rules',
      "redact",
    ],
    [{ redact: { keys: "ssn" } }, 'option "redact": redact.keys', "redact"],
    [{ redact: { patterns: ["ssn"] } }, 'option "redact": redact.patterns', "redact"],
    ["sk-secret", "RespanTelemetry takes an object of options, got a text of 9 characters [redacted]", "options"],
    [[1], "RespanTelemetry takes an object of options, got an array of 1", "options"],
    [null, "RespanTelemetry takes an object of options, got null", "options"],
    [{ ["x".repeat(500)]: 1 }, `RespanTelemetry has no option "${"x".repeat(100)}"`, "x".repeat(500)],
    [
      { sampler: { shouldSample: nothing }, sampleRate: 1 },
      'options "sampler" and "sampleRate" cannot be given together',
      "sampleRate",
    ],
  ])("%j", (options, message, setting) => {
    const error = refusal(options);
    expect(error.message.slice("respan-instructor: ".length)).toContain(message);
    expect(error.setting).toBe(setting);
  });
});

describe("without options and variables", () => {
  const defaults = {
    baseUrl: "https://api.respan.ai/api",
    isAutoInstrument: true,
    traceContent: true,
    isEnabled: true,
    isBatchingEnabled: true,
    logLevel: "warn",
    spanNameStyle: "legacy",
    registerGlobal: true,
    propagateBaggage: false,
    compression: "gzip",
    timeoutMillis: 10_000,
    flushTimeoutMillis: 10_000,
    maxQueueBytes: 67_108_864,
  };

  it.each([undefined, {}, { appName: undefined, apiKey: "" }])("everything has its default: %j", (options) => {
    const { otel, given, redactor, captureLimits, warnings, ...settings } = read(options);
    const set = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    expect(set).toEqual(defaults);
    expect(given.size).toBe(0);
    expect(warnings).toEqual([]);
    expect(otel.isDisabled).toBe(false);
    expect(captureLimits).toEqual(DEFAULT_LIMITS);
    expect(redactor.text("password=swordfish-123456")).not.toContain("swordfish");
  });
});

describe("a variable", () => {
  const variables = {
    RESPAN_API_KEY: ["apiKey", "key", "key"],
    RESPAN_BASE_URL: ["baseUrl", "http://localhost:1/api", "http://localhost:1/api"],
    RESPAN_APP_NAME: ["appName", "desk", "desk"],
    RESPAN_CUSTOMER_IDENTIFIER: ["customerIdentifier", "c", "c"],
    RESPAN_CUSTOMER_EMAIL: ["customerEmail", "c@example.com", "c@example.com"],
    RESPAN_CUSTOMER_NAME: ["customerName", "Ann Lee", "Ann Lee"],
    RESPAN_THREAD_IDENTIFIER: ["threadIdentifier", "t", "t"],
    RESPAN_SESSION_IDENTIFIER: ["sessionIdentifier", "s", "s"],
    RESPAN_METADATA: ["metadata", '{"team":"desk"}', { team: "desk" }],
    RESPAN_ENVIRONMENT: ["environment", "staging", "staging"],
    RESPAN_TRACE_CONTENT: ["traceContent", "off", false],
    RESPAN_ENABLED: ["isEnabled", "0", false],
    RESPAN_BATCHING_ENABLED: ["isBatchingEnabled", "No", false],
    RESPAN_LOG_LEVEL: ["logLevel", "DEBUG", "debug"],
    RESPAN_SPAN_NAME_STYLE: ["spanNameStyle", "Semantic", "semantic"],
  } as const;

  it.each(Object.entries(variables))("%s does what its option does", (variable, [option, text, value]) => {
    expect(read(undefined, { [variable]: text })[option]).toEqual(value);
  });

  it("that is no JSON is shown as it is", () => {
    expect(refusal({}, { RESPAN_METADATA: "{team" }).message).toBe(
      'respan-instructor: environment variable RESPAN_METADATA must be a JSON object, got "{team"',
    );
  });

  it("of the provider is not the processor's", () => {
    expect(read({}, { RESPAN_APP_NAME: "desk" }, "RespanSpanProcessor").appName).toBeUndefined();
  });
});

describe("RespanSpanProcessor", () => {
  const OF_PROVIDER = {
    appName: "desk",
    isAutoInstrument: false,
    resourceAttributes: {},
    spanProcessors: [],
    sampler: { shouldSample: nothing },
    sampleRate: 1,
    tracerProvider: { getTracer: nothing },
    registerGlobal: false,
  };
  const OF_EXPORT = {
    apiKey: "key",
    baseUrl: "http://localhost",
    customerIdentifier: "c",
    customerEmail: "c@example.com",
    customerName: "C",
    threadIdentifier: "t",
    metadata: {},
    environment: "staging",
    traceContent: false,
    isEnabled: true,
    isBatchingEnabled: false,
    logLevel: "none",
    headers: {},
    exporter: { export: nothing, shutdown: nothing },
    redact: {},
    limits: { payloadBytes: 1_024, items: 1, depth: 1 },
    spanPostprocess: nothing,
    shouldExportSpan: nothing,
    spanNameStyle: "semantic",
    propagateBaggage: true,
    compression: "none",
    timeoutMillis: 1,
    flushTimeoutMillis: 1,
    maxQueueBytes: 1,
    httpAgent: { addRequest: nothing },
  };

  it.each(Object.entries(OF_PROVIDER))("has no option %s, which is the provider's", (option, value) => {
    expect(() => read({ [option]: value }, {}, "RespanSpanProcessor")).toThrow(
      `RespanSpanProcessor has no option "${option}"`,
    );
    expect([...read({ [option]: value }).given]).toEqual([option]);
  });

  it("takes all others", () => {
    const settings = read(OF_EXPORT, {}, "RespanSpanProcessor");
    expect(settings).toMatchObject(OF_EXPORT);
    expect([...settings.given]).toEqual(Object.keys(OF_EXPORT));
  });
});
