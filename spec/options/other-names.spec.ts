import { checkInstrumentorOptions } from "../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { withTask } from "../../lib/decorators/decorators.js";
import { nearestName, OTHER_NAMES, suggestedName } from "../../lib/options/check-options.js";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";

const client = { chat: { completions: { create: () => undefined } } };

/** Everything that takes options, with an option that it does not have. */
const OWNERS: Readonly<Record<string, (options: object) => unknown>> = {
  RespanTelemetry: (options) => new RespanTelemetry(options),
  RespanSpanProcessor: (options) => new RespanSpanProcessor(options),
  withTask: (options) => withTask(options, () => 1),
  createTracedInstructor: (options) => createTracedInstructor({ client, ...options }),
  InstructorInstrumentor: checkInstrumentorOptions,
};

function answer(owner: string, option: string): string {
  try {
    OWNERS[owner]!({ [option]: "true" });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("an option with another tool's name is answered with this package's name", () => {
  it.each([
    // @respan/tracing and @respan/respan
    ["RespanTelemetry", "baseURL", "baseUrl"],
    ["RespanTelemetry", "disableBatch", "isBatchingEnabled"],
    ["RespanTelemetry", "tracingEnabled", "isEnabled"],
    ["RespanTelemetry", "processor", "spanProcessors"],
    ["RespanTelemetry", "propagator", "tracerProvider"],
    ["RespanTelemetry", "contextManager", "tracerProvider"],
    ["RespanTelemetry", "silenceInitializationMessage", "logLevel"],
    ["RespanTelemetry", "spanPostprocessCallback", "spanPostprocess"],
    ["RespanTelemetry", "instrumentModules", "isAutoInstrument"],
    ["RespanTelemetry", "instrumentations", "isAutoInstrument"],
    ["RespanTelemetry", "disabledInstrumentations", "isAutoInstrument"],
    ["withTask", "associationProperties", "metadata"],
    ["withTask", "inputParameters", "captureInput"],
    ["withTask", "recordInputs", "captureInput"],
    ["InstructorInstrumentor", "captureContent", "traceContent"],
    ["InstructorInstrumentor", "recordInputs", "traceContent"],
    // Python
    ["RespanTelemetry", "app_name", "appName"],
    ["RespanTelemetry", "api_key", "apiKey"],
    ["RespanTelemetry", "base_url", "baseUrl"],
    ["RespanTelemetry", "log_level", "logLevel"],
    ["RespanTelemetry", "is_batching_enabled", "isBatchingEnabled"],
    ["RespanTelemetry", "instruments", "isAutoInstrument"],
    ["RespanTelemetry", "block_instruments", "isAutoInstrument"],
    ["RespanTelemetry", "resource_attributes", "resourceAttributes"],
    ["RespanTelemetry", "span_postprocess_callback", "spanPostprocess"],
    ["RespanTelemetry", "is_enabled", "isEnabled"],
    ["RespanTelemetry", "is_auto_instrument", "isAutoInstrument"],
    ["RespanTelemetry", "auto_flush", "isBatchingEnabled"],
    ["RespanTelemetry", "customer_identifier", "customerIdentifier"],
    ["RespanSpanProcessor", "endpoint", "baseUrl"],
    ["withTask", "method_name", "name"],
    ["createTracedInstructor", "max_retries", "retryAllErrors"],
  ])("%s: %s -> %s", (owner, option, ours) => {
    expect(answer(owner, option)).toContain(`${owner} has no option "${option}"; did you mean "${ours}"?`);
  });

  it.each(Object.entries(OTHER_NAMES).flatMap(([ours, others]) => others.map((other) => [other, ours] as const)))(
    "%s: every line of the table leads to %s",
    (other, ours) => {
      expect(suggestedName(other, ["captureIt", ours])).toBe(ours);
      expect(suggestedName(other.toUpperCase(), [ours])).toBe(ours);
    },
  );

  it("names options that there are", () => {
    const all = Object.keys(OWNERS).map((owner) => answer(owner, "zzz"));
    expect(all.join()).toContain("the options are ");
    for (const ours of Object.keys(OTHER_NAMES)) expect(all.join(", ")).toMatch(new RegExp(`\\b${ours}\\b`));
  });
});

describe("the name that was probably meant", () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ["spelled in another case", "APIKEY", ["baseUrl", "apiKey", "appKeys"], "apiKey"],
    ["with underscores", "api_key", ["apiKeys", "apiKey"], "apiKey"],
    ["with hyphens", "x-api-key", ["apiKey", "xApiKey"], "xApiKey"],
    ["candidates with underscores", "traceloopPath", ["traceloop_pat", "traceloop_path"], "traceloop_path"],
    ["a letter too few", "nam", ["version", "name"], "name"],
    ["a letter too many", "namee", ["version", "name"], "name"],
    ["a letter too many at the front", "xname", ["xx", "name"], "name"],
    ["a letter too few at the front", "ame", ["axx", "name"], "name"],
    ["a wrong letter", "nome", ["nope!", "version", "name"], "name"],
    ["letters in the wrong place", "mnae", ["version", "name"], "name"],
    // One to replace, against two to take out.
    ["one change against two", "cat", ["c", "cut"], "cut"],
    ["two changes against three", "cart", ["c", "cat s", "port"], "port"],
    ["all of it against some of it", "metdata", ["data", "metadata", "met"], "metadata"],
    ["half of it wrong", "abzz", ["axcd", "abcd"], "abcd"],
    ["more than half of it wrong", "azz", ["abcd", "abc", "ab"], undefined],
    ["nothing in common", "zzz", ["abcd", "abc", "ab"], undefined],
    ["nothing at all", "", ["abc", "ab", "abcd"], undefined],
    ["of two equally near ones the first", "tap", ["map", "cap"], "map"],
    ["no candidates", "name", [], undefined],
  ])("is the candidate that is most like it: %s", (_, name, candidates, nearest) => {
    expect(nearestName(name, candidates)).toBe(nearest);
  });

  it("is compared by its first 64 characters, however long the name is", () => {
    const sent = "a".repeat(64) + "b".repeat(1_000);
    expect(nearestName(sent, ["b".repeat(600), "a".repeat(64)])).toBe("a".repeat(64));
    expect(nearestName("a".repeat(64), [`${"a".repeat(62)}cc`, sent])).toBe(sent);
  });
});
