import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { OptionName } from "../lib/telemetry/settings/settings-table.js";
import { LIMIT_VARIABLES, settingsSchema, VARIABLES } from "../lib/telemetry/settings/settings-table.js";

/** Pages that hold the table, between its two marks; the reference has the types too. */
const PAGES = ["README.md", "docs/configuration.md"];
const WITH_TYPES = "docs/configuration.md";
/** Where the options are declared. */
const DECLARATIONS = join(__dirname, "../lib/telemetry/telemetry-options.ts");
const BEGIN = "<!-- options: written by `npm run docs:options` -->";
const END = "<!-- /options -->";

/** The purpose of each option. */
const DESCRIPTIONS: Readonly<Record<OptionName, string>> = {
  apiKey: "The Respan API key. Without one nothing is exported.",
  baseUrl: "Where spans are sent: `{baseUrl}/v2/traces`.",
  appName: "The service's name (`service.name`); else `OTEL_SERVICE_NAME`, else `respan`.",
  isAutoInstrument: "Traces every Instructor client of the process.",
  customerIdentifier: "The default customer of spans.",
  customerEmail: "The customer's email address.",
  customerName: "The customer's name.",
  threadIdentifier: "The default conversation or job of spans.",
  sessionIdentifier: "The default session of spans.",
  metadata: "Metadata of every span.",
  properties: "A record on every span, as one JSON string.",
  environment: "The environment, for example `production`.",
  traceContent:
    "Whether messages, arguments and results are recorded. Any `false` wins, including `TRACELOOP_TRACE_CONTENT`'s.",
  isEnabled: "`false` records no spans, at next to no cost. So does `OTEL_SDK_DISABLED=true`.",
  isBatchingEnabled: "`false` exports spans in the event loop turn in which they end (serverless).",
  logLevel: "What is written to stderr if the program has set no `diag` logger.",
  headers: "Additional headers of export requests.",
  resourceAttributes: "Additional attributes of the resource.",
  exporter: "Receives the spans instead of Respan.",
  spanProcessors: "Additional span processors of the provider.",
  sampler: "Decides which spans are recorded. Not together with `sampleRate`.",
  sampleRate: "The share of traces that are recorded, from 0 to 1. Child spans follow their parent.",
  tracerProvider: "Your own provider, which must have a `RespanSpanProcessor`.",
  redact: "Masking rules to add or to turn off, more keys and patterns, or a function that rewrites each text.",
  limits:
    "How much of a value is recorded: `payloadBytes` (64 KiB of a message and of a structured call's result, 16 KiB elsewhere), `items` (50), `depth` (8).",
  spanPostprocess: "Changes a copy of each span before it is exported.",
  shouldExportSpan: "Selects the spans that are exported, when they start.",
  spanNameStyle: "`semantic` exports the names `llm.{model}`, `workflow`, `task`, `agent.{name}`, `tool.{name}`.",
  registerGlobal: "Registers the provider globally if no SDK is registered.",
  propagateBaggage: "Sends customer, thread, session and chosen metadata keys to other services as W3C baggage.",
  compression: "Compression of request bodies.",
  timeoutMillis: "Limit of one request, in milliseconds.",
  flushTimeoutMillis: "Limit of `flush()` and `shutdown()`, in milliseconds.",
  maxQueueBytes: "Limit of the export queue, in bytes.",
  httpAgent: "The agent of export requests, for example for a proxy or a certificate authority.",
};

/** The type of each option, as it is declared. */
function declaredTypes(): ReadonlyMap<string, string> {
  const file = ts.createSourceFile(DECLARATIONS, readFileSync(DECLARATIONS, "utf8"), ts.ScriptTarget.ES2022, true);
  const members = file.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => ["ExportOptions", "RespanTelemetryOptions"].includes(name.text))
    .flatMap((declaration) => [...declaration.members])
    .filter(ts.isPropertySignature);
  return new Map(
    members.map(({ name, type }) => [name.getText(), (type?.getText() ?? "").replace(/ \| undefined$/, "")]),
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  return value === 64 * 1024 * 1024 ? "64 MiB" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** The options of `RespanTelemetry` as a Markdown table, from what the constructor reads. */
function optionsTable(hasTypes: boolean): string {
  const schema = settingsSchema();
  const defaults = schema.parse({});
  const types = declaredTypes();
  const typeOf = (option: string): string => {
    const type = types.get(option);
    if (type === undefined) throw new Error(`${DECLARATIONS} does not declare ${option}`);
    return `\`${type}\``;
  };
  const rows = schema.keyof().options.map((option) => {
    const names = option === "limits" ? Object.values(LIMIT_VARIABLES) : [VARIABLES[option]?.name ?? []].flat();
    const cells = [
      `\`${option}\``,
      ...(hasTypes ? [typeOf(option)] : []),
      names.map((name) => `\`${name}\``).join(", "),
      shown(defaults[option]),
      DESCRIPTIONS[option],
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const headings = ["option", ...(hasTypes ? ["type"] : []), "variable", "default", ""];
  return [`| ${headings.join(" | ")} |`, `|${" --- |".repeat(headings.length)}`, ...rows].join("\n");
}

/** A page's text with the current table in it. */
export function withTable(text: string, page: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`no place for the options table: ${BEGIN} … ${END}`);
  const written = optionsTable(page.endsWith(WITH_TYPES));
  const table = `<!-- prettier-ignore-start -->\n${written}\n<!-- prettier-ignore-end -->`;
  return `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/** The pages that a change of the settings must reach. */
export const pages: readonly string[] = PAGES.map((page) => join(__dirname, "..", page));

if (require.main === module) {
  for (const page of pages) writeFileSync(page, withTable(readFileSync(page, "utf8"), page));
}
