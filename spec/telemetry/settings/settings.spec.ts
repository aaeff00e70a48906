import { AlwaysOnSampler, InMemorySpanExporter, NoopSpanProcessor } from "@opentelemetry/sdk-trace";
import { Agent } from "node:http";
import { DEFAULT_LIMITS } from "../../../lib/capture/bounds.js";
import type { OptionName } from "../../../lib/telemetry/settings/settings-table.js";
import { OF_PROVIDER } from "../../../lib/telemetry/settings/settings-table.js";
import { optionRows, read, refusal } from "./reading.js";

const provider = { getTracer: () => undefined };
const always = (): boolean => true;

/** For each option: values that it takes, values that it refuses. */
const VALUES: Record<OptionName, readonly [readonly unknown[], readonly unknown[]]> = {
  apiKey: [["key-1"], [1, null, "two words", "line\nbreak", "schlüssel"]],
  baseUrl: [
    ["https://api.respan.ai", "http://127.0.0.1:4318/v1/traces"],
    ["api.respan.ai", "ftp://api.respan.ai", "//x", 1, null, new URL("https://api.respan.ai")],
  ],
  appName: [["desk"], [1, {}, null]],
  isAutoInstrument: [
    [true, false],
    ["true", 1, null],
  ],
  customerIdentifier: [
    ["customer_123", 123],
    [true, null],
  ],
  customerEmail: [["ann@example.com"], [1]],
  customerName: [["Ann"], [[]]],
  threadIdentifier: [["thread", 7], [7n]],
  sessionIdentifier: [["session", 7], [Number.NaN]],
  properties: [
    [{}, { plan: "pro" }],
    ["x", [], null],
  ],
  metadata: [
    [{}, { team: "billing", nested: { a: [1] } }],
    [[], "x", null, 1, new Map(), new Date()],
  ],
  environment: [["production"], [false]],
  traceContent: [
    [true, false, always],
    ["no", 0, null],
  ],
  isEnabled: [
    [true, false],
    ["yes", 1],
  ],
  isBatchingEnabled: [[true, false], [0]],
  logLevel: [
    ["none", "error", "warn", "info", "debug", "verbose", "all"],
    ["loud", "WARN", 3],
  ],
  headers: [
    [{}, { "x-tenant": "a b" }],
    [{ "x-tenant": 1 }, { "bad name": "x" }, { x: "a\r\nauthorization: b" }, "x: y", null],
  ],
  resourceAttributes: [
    [{}, { "host.name": "a", n: 1, yes: true, list: ["a", "b", null], absent: undefined }],
    [{ nested: {} }, [], { fn: always }, { list: ["a", {}] }, { nothing: null }, "a=b"],
  ],
  exporter: [[new InMemorySpanExporter()], [{}, always, "console", null, { export: always }]],
  spanProcessors: [
    [[], [new NoopSpanProcessor()]],
    [new NoopSpanProcessor(), [{}], [null], [undefined], [{ onStart: always, onEnd: always, shutdown: always }]],
  ],
  sampler: [[new AlwaysOnSampler()], [{}, 0.5]],
  sampleRate: [
    [0, 0.5, 1],
    [-0.1, 1.1, Number.NaN, "0.5", null],
  ],
  tracerProvider: [[provider], [{}, always]],
  redact: [
    [always, {}, { keys: ["ssn"], patterns: [/x/] }],
    ["ssn", [], null],
  ],
  limits: [
    [{}, { payloadBytes: 1_024 }, { payloadBytes: 524_288, items: 100_000, depth: 200 }, { items: undefined }],
    [
      null,
      [],
      16_384,
      { payloadBytes: 1_023 },
      { payloadBytes: 524_289 },
      { items: 0 },
      { items: 1.5 },
      { depth: 201 },
      { depth: "8" },
      { bytes: 2_048 },
    ],
  ],
  spanPostprocess: [[always], [{}, true]],
  shouldExportSpan: [[always], [true]],
  spanNameStyle: [["legacy", "semantic"], ["pretty"]],
  registerGlobal: [[true, false], ["global"]],
  propagateBaggage: [
    [true, false, {}, { metadata: ["tenant"] }],
    ["yes", { metadata: "tenant" }, { metadata: [1] }, { keys: ["tenant"] }],
  ],
  compression: [
    ["gzip", "none"],
    ["br", true],
  ],
  timeoutMillis: [
    [1, 10_000],
    [0, -1, 1.5, "10", Number.POSITIVE_INFINITY],
  ],
  flushTimeoutMillis: [[1], [0, Number.NaN, 2 ** 31]],
  maxQueueBytes: [
    [1, 2 ** 40],
    [0, -5, 0.5, "64MB"],
  ],
  httpAgent: [[new Agent()], [{}, "http://proxy"]],
};

/** Options whose objects and arrays are copied: a later change of the caller's reaches nothing. */
const COPIED: ReadonlySet<OptionName> = new Set([
  "headers",
  "limits",
  "resourceAttributes",
  "spanProcessors",
  "propagateBaggage",
]);

/** For each variable: texts and what they stand for, and texts that it refuses. */
const VARIABLES: Partial<Record<OptionName, readonly [readonly (readonly [string, unknown])[], readonly string[]]>> = {
  apiKey: [
    [
      ["key-1", "key-1"],
      [" key-1\n", "key-1"],
    ],
    ["two words"],
  ],
  baseUrl: [[["http://localhost:1/api", "http://localhost:1/api"]], ["localhost:4318", "file:///x"]],
  appName: [[["desk", "desk"]], []],
  customerIdentifier: [[["c", "c"]], []],
  customerEmail: [[["a@b", "a@b"]], []],
  customerName: [[["Ann Lee", "Ann Lee"]], []],
  threadIdentifier: [[["t", "t"]], []],
  sessionIdentifier: [[["s", "s"]], []],
  metadata: [[['{"a":{"b":1}}', { a: { b: 1 } }]], ["[1]", "a=b", "null", '"text"', "{"]],
  environment: [[["staging", "staging"]], []],
  traceContent: [
    [
      ["true", true],
      ["No", false],
      ["0", false],
      ["OFF", false],
      ["on", true],
    ],
    ["maybe", "2"],
  ],
  isEnabled: [
    [
      ["TRUE", true],
      ["false", false],
      ["Off", false],
      ["yes", true],
      ["1", true],
    ],
    ["disabled"],
  ],
  isBatchingEnabled: [
    [
      ["no", false],
      ["1", true],
    ],
    ["x"],
  ],
  logLevel: [
    [
      ["DEBUG", "debug"],
      ["WARNING", "warn"],
      ["Critical", "error"],
      ["fatal", "error"],
      ["chatty", "warn"],
    ],
    [],
  ],
  spanNameStyle: [[["Semantic", "semantic"]], ["python"]],
};

describe("settings", () => {
  it("has a row for every option that can be given, and values to try it with", () => {
    expect(
      optionRows()
        .map(({ option }) => option)
        .sort(),
    ).toEqual(Object.keys(VALUES).sort());
  });

  it.each(optionRows().map((row) => [row.option, row] as const))("takes and refuses values of %s", (option, row) => {
    const [taken, refused] = VALUES[option];
    for (const value of taken) {
      const got = read({ [option]: value })[option];
      if (COPIED.has(option)) expect(got).toEqual(value);
      else expect(got).toBe(value);
    }
    for (const value of refused) {
      const error = refusal({ [option]: value });
      expect(error).toBeInstanceOf(TypeError);
      expect(error.name).toBe("InvalidSettingError");
      expect(error.setting).toBe(option);
      expect(error.message).toContain(`option "${option}"`);
      if (option !== "redact") expect(error.message).toContain(`must be ${row.wants}, got `);
    }
  });

  it.each(
    optionRows()
      .filter(({ variable }) => variable !== undefined)
      .map((row) => [row.variable!, row] as const),
  )("reads %s", (variable, row) => {
    const [taken, refused] = VARIABLES[row.option]!;
    for (const [text, value] of taken) expect(read({}, { [variable]: text })[row.option]).toEqual(value);
    for (const text of refused) {
      const error = refusal({}, { [variable]: text });
      expect(error.setting).toBe(variable);
      expect(error.message).toContain(`environment variable ${variable} must be ${row.wants}, got `);
    }
  });

  it.each(optionRows())("falls back to the default of $option", ({ option, default: byDefault, variable }) => {
    expect(read()[option]).toEqual(byDefault);
    if (variable !== undefined) expect(read({}, { [variable]: " " })[option]).toEqual(byDefault);
    expect(read({ [option]: undefined })[option]).toEqual(byDefault);
  });

  it("prefers the constructor to the variable", () => {
    const environment = { RESPAN_APP_NAME: "variable", RESPAN_ENABLED: "false", RESPAN_METADATA: '{"a":1}' };
    const settings = read({ appName: "option", isEnabled: true, metadata: { b: 2 } }, environment);
    expect(settings).toMatchObject({ appName: "option", isEnabled: true });
    expect(settings.metadata).toEqual({ b: 2 });
  });

  it("does not look at a variable whose option is given", () => {
    expect(read({ baseUrl: "http://a" }, { RESPAN_BASE_URL: "nonsense" }).baseUrl).toBe("http://a");
  });

  it("reads a key and an address without the space around them", () => {
    expect(read({ apiKey: "key-1\n", baseUrl: " https://api.respan.ai\r\n" })).toMatchObject({
      apiKey: "key-1",
      baseUrl: "https://api.respan.ai",
    });
    expect(read({ apiKey: " \n" }, { RESPAN_API_KEY: "variable" })).toMatchObject({ apiKey: "variable" });
  });

  it("warns of a level in the variable that it does not know, and says which there are", () => {
    expect(read({}, { RESPAN_LOG_LEVEL: "chatty" }).warnings).toEqual([
      'environment variable RESPAN_LOG_LEVEL must be one of "none", "error", "warn", "info", "debug", "verbose", "all", ' +
        'got "chatty"; the default is used',
    ]);
    expect(read({ logLevel: "info" }, { RESPAN_LOG_LEVEL: "chatty" }).warnings).toEqual([]);
    expect(refusal({ logLevel: "chatty" }).setting).toBe("logLevel");
  });

  it("takes an empty text for an option that is not given", () => {
    expect(read({ apiKey: "", appName: "" }, { RESPAN_API_KEY: "variable" })).toMatchObject({ apiKey: "variable" });
  });

  describe("an option that does not exist", () => {
    it.each([
      ["api_key", "apiKey"],
      ["sampelRate", "sampleRate"],
      ["TraceContent", "traceContent"],
      ["customer_identifier", "customerIdentifier"],
      ["apiK", "apiKey"],
    ])("%s is refused, and the nearest is suggested", (name, nearest) => {
      const error = refusal({ [name]: "secret-value" });
      expect(error.message).toContain(`RespanTelemetry has no option "${name}"; did you mean "${nearest}"?`);
      expect(error.message).not.toContain("secret-value");
    });

    it.each(["api", "q", "constructor", "__proto__"])("%s is refused, and all are named where none is near", (name) => {
      expect(refusal(JSON.parse(`{"${name}":1}`)).message).toBe(
        `respan-instructor: RespanTelemetry has no option "${name}"; the options are ${optionRows()
          .map(({ option }) => option)
          .join(", ")}`,
      );
    });

    it("is refused where its value is empty, or undefined", () => {
      expect(refusal({ api_key: "" }).setting).toBe("api_key");
      expect(refusal({ api_key: undefined }).setting).toBe("api_key");
    });
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
      { sampler: { shouldSample: always }, sampleRate: 1 },
      'options "sampler" and "sampleRate" cannot be given together',
      "sampleRate",
    ],
  ])("refuses %j", (options, message, setting) => {
    const error = refusal(options);
    expect(error.message.slice("respan-instructor: ".length)).toContain(message);
    expect(error.setting).toBe(setting);
  });

  it.each(Object.keys(OF_PROVIDER) as (keyof typeof OF_PROVIDER)[])("has no %s for a processor", (option) => {
    const [[value]] = VALUES[option];
    expect(() => read({ [option]: value }, {}, "RespanSpanProcessor")).toThrow(
      `RespanSpanProcessor has no option "${option}"`,
    );
    expect([...read({ [option]: value }).given]).toEqual([option]);
  });

  describe("what a message shows", () => {
    it.each([
      [{ apiKey: "sk live secret" }, {}],
      [{ headers: { authorization: "sk live secret\n" } }, {}],
      [{}, { RESPAN_API_KEY: "sk live secret" }],
      [{ baseUrl: "ftp://ann:a-secret-word@host" }, {}],
      [{ apiKey: "https://api.respan.ai", baseUrl: "secret-of-ours" }, {}],
      [{ baseUrl: "aB3dE6gH.secretword" }, {}],
      [{}, { RESPAN_API_KEY: "https://api.respan.ai", RESPAN_BASE_URL: "key_secret_4711" }],
    ])("never holds a secret: %j %j", (options, environment) => {
      expect(refusal(options, environment).message).not.toContain("secret");
    });

    it.each(["api.respan.ai", "localhost:4318", "10.0.0.1/api", "ftp://host"])("is an address: %s", (baseUrl) => {
      expect(refusal({ baseUrl }).message).toContain(`got "${baseUrl}"`);
    });

    it("masks a credential that stands in the wrong place", () => {
      const { message } = refusal({ logLevel: "Bearer abcdefghijklmnop123456" });
      expect(message).not.toContain("abcdefghijklmnop");
      expect(message).toContain('got "Bearer ');
    });

    it("is short", () => {
      expect(refusal({ logLevel: "x".repeat(10_000) }).message.length).toBeLessThan(300);
    });

    it("says what was got", () => {
      expect(refusal({ sampleRate: 2 }).message).toBe(
        'respan-instructor: option "sampleRate" must be a number from 0 to 1, got 2',
      );
    });
  });

  describe("content", () => {
    it.each(["false", "0", "no", "OFF"])(
      "is vetoed by TRACELOOP_TRACE_CONTENT=%s, whatever the option says",
      (text) => {
        expect(read({ traceContent: true }, { TRACELOOP_TRACE_CONTENT: text }).traceContent).toBe(false);
      },
    );

    it("is vetoed by RESPAN_TRACE_CONTENT, whatever the option says", () => {
      expect(read({ traceContent: always }, { RESPAN_TRACE_CONTENT: "no" }).traceContent).toBe(false);
    });

    it("is not allowed by a variable against the option", () => {
      expect(read({ traceContent: false }, { RESPAN_TRACE_CONTENT: "yes" }).traceContent).toBe(false);
    });

    it("leaves other words of another product's variable alone", () => {
      expect(read({}, { TRACELOOP_TRACE_CONTENT: "maybe" }).traceContent).toBe(true);
    });
  });

  describe("the limits", () => {
    const variables = {
      RESPAN_LIMIT_PAYLOAD_BYTES: "2048",
      RESPAN_LIMIT_ITEMS: " 7 ",
      RESPAN_LIMIT_DEPTH: "3",
    };

    it("are 64 KiB in a call and 16 KiB elsewhere, 50 items, 8 levels", () => {
      const { chat, payload } = read().captureLimits;
      expect(chat).toEqual({ maxBytes: 65_536, maxItems: 50, maxDepth: 8 });
      expect(payload).toEqual({ maxBytes: 16_384, maxItems: 50, maxDepth: 8 });
    });

    it("are what variables say, the same in a call and elsewhere", () => {
      const bounds = { maxBytes: 2_048, maxItems: 7, maxDepth: 3 };
      expect(read({}, variables).captureLimits).toEqual({ chat: bounds, payload: bounds });
      expect(read({}, variables, "RespanSpanProcessor").captureLimits).toEqual({ chat: bounds, payload: bounds });
    });

    it("are what the option says, one by one, before variables", () => {
      const { payload } = read({ limits: { items: 9, depth: undefined } }, variables).captureLimits;
      expect(payload).toEqual({ maxBytes: 2_048, maxItems: 9, maxDepth: 3 });
    });

    it.each([
      ["RESPAN_LIMIT_PAYLOAD_BYTES", "64kb", 'must be a whole number from 1024 to 524288, got "64kb"'],
      ["RESPAN_LIMIT_ITEMS", "0", "must be a whole number from 1 to 100000, got 0"],
      ["RESPAN_LIMIT_DEPTH", "1.5", "must be a whole number from 1 to 200, got 1.5"],
    ])("are refused in %s=%s", (name, text, problem) => {
      expect(refusal({}, { [name]: text }).message).toContain(`environment variable ${name} ${problem}`);
    });
  });

  describe("OpenTelemetry's variables", () => {
    it.each([
      ["true", false],
      ["TRUE", false],
      ["1", true],
      ["false", true],
    ])("OTEL_SDK_DISABLED=%s leaves it enabled: %s", (text, isEnabled) => {
      expect(read({ isEnabled: true }, { OTEL_SDK_DISABLED: text }).isEnabled).toBe(isEnabled);
    });

    it("have OpenTelemetry's defaults", () => {
      expect(read().otel).toMatchObject({
        maxQueueSize: 2_048,
        maxExportBatchSize: 512,
        scheduleDelayMillis: 5_000,
        exportTimeoutMillis: 30_000,
        usesLatestGenAi: false,
      });
      expect(read().warnings).toEqual([]);
    });

    it("bound the queue and its batches", () => {
      const environment = {
        OTEL_BSP_MAX_QUEUE_SIZE: "100",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "400",
        OTEL_BSP_SCHEDULE_DELAY: "10",
        OTEL_BSP_EXPORT_TIMEOUT: "0",
      };
      expect(read({}, environment).otel).toMatchObject({
        maxQueueSize: 100,
        maxExportBatchSize: 100,
        scheduleDelayMillis: 10,
        exportTimeoutMillis: 2_147_483_647,
      });
    });

    it.each(["many", "-1", "0", "1.5", "1e99", "2147483648"])(
      "warn of OTEL_BSP_MAX_QUEUE_SIZE=%s and go on with the default",
      (text) => {
        const { otel, warnings } = read({}, { OTEL_BSP_MAX_QUEUE_SIZE: text });
        expect(otel.maxQueueSize).toBe(2_048);
        expect(warnings).toEqual([expect.stringContaining("OTEL_BSP_MAX_QUEUE_SIZE") as string]);
      },
    );

    it.each(["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT"])("take in %s what a timer can wait for", (name) => {
      expect(read({}, { [name]: "2147483647" }).warnings).toEqual([]);
      expect(read({}, { [name]: "0" }).warnings).toEqual([]);
      const byDefault = name === "OTEL_BSP_SCHEDULE_DELAY" ? 5_000 : 30_000;
      const warning = `environment variable ${name} must be a whole number of at least 0; ${byDefault} is used`;
      expect(read({}, { [name]: "2147483648" }).warnings).toEqual([warning]);
    });

    it.each([
      ["gen_ai_latest_experimental", true],
      ["http, gen_ai_latest_experimental", true],
      ["http/dup", false],
    ])("OTEL_SEMCONV_STABILITY_OPT_IN=%s asks for the current GenAI form: %s", (text, uses) => {
      expect(read({}, { OTEL_SEMCONV_STABILITY_OPT_IN: text }).otel.usesLatestGenAi).toBe(uses);
    });
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
