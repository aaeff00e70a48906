import { trace } from "@opentelemetry/api";
import * as api from "../../lib/index.js";
import { settingsSchema } from "../../lib/telemetry/settings/settings-table.js";
import { textOf } from "./pages.js";

const page = textOf("docs/migrating.md");

/** A section's text, up to the next of its rank. */
function section(heading: string): string {
  const [, text = ""] = page.split(`\n## ${heading}\n`);
  return text.split("\n## ")[0] ?? "";
}

/** The two cells of each row of a section's tables. */
function rows(text: string): [there: string, here: string][] {
  const cells = [...text.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, there = "", here = ""]) => [there, here]);
  return cells.filter(([there]) => !/^-+$/.test(there ?? "")) as [string, string][];
}

const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

/** The options, the configuration of a decorator and the exports of `@respan/tracing` 1.1.6, from its sources. */
const TRACING = wordsOf(`
  appName apiKey baseURL disableBatch logLevel traceContent exporter headers processor propagator contextManager
  silenceInitializationMessage tracingEnabled spanNameStyle resourceAttributes spanPostprocessCallback
  instrumentModules disabledInstrumentations
  name version associationProperties traceContent inputParameters suppressTracing processors
  initialize isInitialized withTask withWorkflow withAgent withTool @workflow @task @agent @tool
  withRespanSpanAttributes propagateAttributes enableInstrumentation enableInstrumentations flush shutdown
  addProcessor getClient getSpanBufferManager getCurrentTraceId getCurrentSpanId getTracer getCurrentSpan
  updateCurrentSpan addEvent recordException isRecording addSpanEvent recordSpanException setSpanStatus
  withManualSpan forceFlush shutdownTracing buildReadableSpan injectSpan registerSpanTransformer`);

/** The same of `@respan/respan`. */
const RESPAN = wordsOf(`
  apiKey baseURL appName instrumentations disabledInstrumentations traceContent logLevel
  silenceInitializationMessage spanNameStyle initialize withWorkflow withTask withAgent withTool
  withRespanSpanAttributes getClient getSpanBufferManager addProcessor getInstrumentationStatus
  propagateAttributes logBatchResults flush shutdown telemetry OTELInstrumentor`);

const named = (text: string, name: string): boolean => new RegExp(`(?<![\\w.])${name}\\b|\\.${name}\\b`).test(text);

describe("docs/migrating.md", () => {
  it("has everything of @respan/tracing in the left column of a table", () => {
    const left = rows(section("From `@respan/tracing`"))
      .map(([there]) => there)
      .join("\n");
    expect(TRACING.filter((name) => !named(left, name))).toEqual([]);
  });

  it("has everything of @respan/respan in the left column of a table", () => {
    const left = rows(section("From `@respan/respan`"))
      .map(([there]) => there)
      .join("\n");
    expect(RESPAN.filter((name) => !named(left, name))).toEqual([]);
  });

  it("names in the right column only what there is", () => {
    const right = [section("From `@respan/tracing`"), section("From `@respan/respan`")].flatMap(rows);
    const here = right.map(([, cell]) => cell).join("\n");
    const calls = [...here.matchAll(/`(?:await )?(?:new )?(telemetry\.|trace\.)?@?([A-Za-z]+)\(/g)];
    const unknown = calls.filter(([, owner, name = ""]) => {
      if (owner === "telemetry.") return !(name in api.RespanTelemetry.prototype);
      return owner === undefined ? !(name in api) : !(name in trace);
    });
    expect(unknown.map(([call]) => call)).toEqual([]);
    expect(calls.length).toBeGreaterThan(15);
    const given = [...here.matchAll(/(?:`|\{ )([a-z]\w+): /g)].map(([, name = ""]) => name);
    const options = [...Object.keys(settingsSchema().shape), "captureInput", "name", "status", "args"];
    expect(given.filter((name) => !options.includes(name))).toEqual([]);
  });
});
