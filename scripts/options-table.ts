import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OptionName } from "../lib/telemetry/settings/settings-table.js";
import { LIMIT_VARIABLES, settingsSchema, VARIABLES } from "../lib/telemetry/settings/settings-table.js";

/** Pages that hold the table, between its two marks. */
const PAGES = ["README.md", "docs/configuration.md"];
const BEGIN = "<!-- options: written by `npm run docs:options` -->";
const END = "<!-- /options -->";

/** What each option is for. */
const DESCRIPTIONS: Readonly<Record<OptionName, string>> = {
  apiKey: "The Respan API key; without one nothing is exported.",
  baseUrl: "Where spans are sent: `{baseUrl}/v2/traces`.",
  appName: "The service's name (`service.name`); else `OTEL_SERVICE_NAME`, else `respan`.",
  isAutoInstrument: "Traces every Instructor client of the process.",
  customerIdentifier: "The customer of every span that has no other.",
  customerEmail: "The customer's e-mail address.",
  customerName: "The customer's name.",
  threadIdentifier: "The conversation or job of every span that has no other.",
  sessionIdentifier: "The session of every span that has no other.",
  metadata: "Metadata of every span.",
  properties: "A record that every span carries as one JSON text.",
  environment: "The environment, for example `production`.",
  traceContent:
    "Whether messages, arguments and results are recorded; any `false` wins, `TRACELOOP_TRACE_CONTENT`'s too.",
  isEnabled: "`false`: no spans and next to no cost; so does `OTEL_SDK_DISABLED=true`.",
  isBatchingEnabled: "`false` exports spans in the turn of the event loop in which they end (serverless).",
  logLevel: "What is written to stderr where the host has set no `diag` logger.",
  headers: "Further headers of each export request.",
  resourceAttributes: "Further attributes of the resource.",
  exporter: "Sends spans elsewhere than to Respan.",
  spanProcessors: "Further processors of the provider.",
  sampler: "Decides which traces are recorded; not together with `sampleRate`.",
  sampleRate: "The share of traces that is recorded, by trace id; a span with a parent follows it.",
  tracerProvider: "A provider of your own that carries a `RespanSpanProcessor`.",
  redact: "Masking rules to add or to take off, further keys and patterns, or a function that rewrites each text.",
  limits:
    "How much of a value is recorded: `payloadBytes` (default 64 KiB of a message and of a structured call's result, 16 KiB elsewhere), `items` (50), `depth` (8).",
  spanPostprocess: "Changes a copy of each span before it is exported.",
  shouldExportSpan: "Chooses which spans are exported; asked when a span starts.",
  spanNameStyle: "`semantic` exports `llm.{model}`, `workflow`, `task`, `agent.{name}`, `tool.{name}` as names.",
  registerGlobal: "Registers the provider for the process where no SDK is registered.",
  propagateBaggage: "Customer, thread, session and chosen metadata keys travel to other services as W3C baggage.",
  compression: "How request bodies are compressed.",
  timeoutMillis: "How long one request may take.",
  flushTimeoutMillis: "How long `flush()` and `shutdown()` may take.",
  maxQueueBytes: "How many bytes of spans may wait for their export.",
  httpAgent: "The agent of export requests: a proxy, a certificate authority of your own.",
};

function shown(value: unknown): string {
  if (value === undefined) return "";
  return value === 64 * 1024 * 1024 ? "64 MiB" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** The options of `RespanTelemetry` as a Markdown table, from what the constructor reads. */
export function optionsTable(): string {
  const schema = settingsSchema();
  const defaults = schema.parse({});
  const rows = schema.keyof().options.map((option) => {
    const names = option === "limits" ? Object.values(LIMIT_VARIABLES) : [VARIABLES[option]?.name ?? []].flat();
    const cells = [`\`${option}\``, names.map((name) => `\`${name}\``).join(", "), shown(defaults[option])];
    return `| ${[...cells, DESCRIPTIONS[option].replaceAll("|", "\\|")].join(" | ")} |`;
  });
  return ["| option | variable | default | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** A page with the table of now in it. */
export function withTable(page: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`no place for the options table: ${BEGIN} … ${END}`);
  const table = `<!-- prettier-ignore-start -->\n${optionsTable()}\n<!-- prettier-ignore-end -->`;
  return `${page.slice(0, from + BEGIN.length)}\n\n${table}\n\n${page.slice(to)}`;
}

/** The pages that a change of the settings must reach. */
export const pages: readonly string[] = PAGES.map((page) => join(__dirname, "..", page));

if (require.main === module) {
  for (const page of pages) writeFileSync(page, withTable(readFileSync(page, "utf8")));
}
