import assert from "node:assert/strict";
import { join } from "node:path";
import { httpError, toolCall } from "../../../spec/harness/index.js";
import type { Answer, OpenAIRequest } from "../../../spec/harness/index.js";
import { RunningServer } from "../../../spec/viewer/viewer-server.js";
import type { ApiCost, CostReport, QualityReport, QualityRow } from "../../../lib/viewer/api.js";
import { OwnPrices } from "../../../lib/viewer/cost/own-prices.js";
import { Prices } from "../../../lib/viewer/cost/prices.js";
import { DEFAULT_LIMITS, TraceStore } from "../../../lib/viewer/store/trace-store.js";
import { ClickHouse, sampleFile } from "../clickhouse.js";
import { Collector } from "../collector.js";
import type { Stage } from "./stage.js";
import { CONFIGURATIONS, workerEnvironment } from "./stage.js";

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

const PROCESSES = 2;
const CALLS = 100;
const MODELS = ["gpt-4o-mini", "gpt-4o", "own-model"];
const HOUR_MILLIS = 3_600_000;
/** Reads `{"model": {"input": 1}}`: the model's name is a column too. */
const PRICE_SETTINGS = "format_json_object_each_row_column_for_object_name = 'model'";

/**
 * The Collector delivers to the local page's server and, through its own ClickHouse exporter, to a ClickHouse engine: the
 * sample's SQL gives the numbers of the page's API.
 */
export async function clickhouseCountsTheSame(stage: Stage, installed: string): Promise<string> {
  const prices = sampleFile("prices.json");
  const store = new TraceStore(DEFAULT_LIMITS, new Prices(OwnPrices.parse("prices.json", prices)));
  await using viewer = await RunningServer.start({ store });
  await using clickhouse = await ClickHouse.start(installed, join(stage.folder, "clickhouse"));
  await collect(stage, clickhouse, `http://${viewer.host}`);
  clickhouse.run(sampleFile("schema.sql"));
  clickhouse.run(`INSERT INTO model_prices SETTINGS ${PRICE_SETTINGS} FORMAT JSONObjectEachRow ${prices}`);
  const [{ spans } = {}] = clickhouse.rows("SELECT count() AS spans FROM otel_traces");
  assert.equal(spans, PROCESSES * CALLS * MODELS.length * 2, "spans in the exporter's table");

  const ask = async <Report>(path: string) => (await (await fetch(`http://${viewer.host}${path}`)).json()) as Report;
  const quality = await ask<QualityReport>("/api/quality");
  const costs = await ask<CostReport>("/api/costs?by=customer");
  const hours = clickhouse.rows(
    `SELECT toUnixTimestamp(period) * 1000 AS begin, * FROM (${sampleFile("over-time.sql")})`,
  );
  const ofHours = await Promise.all(
    hours.map(({ begin }) => ask<QualityReport>(`/api/quality?from=${begin}&to=${Number(begin) + HOUR_MILLIS}`)),
  );
  const saw = [
    same("quality.sql", clickhouse.rows(sampleFile("quality.sql")), quality.rows.map(qualityRow)),
    same("fields.sql", clickhouse.rows(sampleFile("fields.sql")), quality.fields.map(fieldRow)),
    same(
      "over-time.sql",
      hours,
      ofHours.map(({ rows }) => hourRow(rows)),
    ),
    same("costs.sql", clickhouse.rows(sampleFile("costs.sql")), costs.rows.map(costRow)),
  ];
  return [`ClickHouse ${clickhouse.version}, through the Collector's exporter: ${String(spans)} spans`, ...saw].join(
    "\n",
  );
}

/** Makes the calls of each model, and has the Collector deliver their spans. */
async function collect(stage: Stage, clickhouse: ClickHouse, address: string): Promise<void> {
  stage.openai.answerWith(answer);
  const env = {
    STORE_TRACES_URL: `${address}/v1/traces`,
    RESPAN_API_KEY: "key-of-the-collector",
    CLICKHOUSE_ENDPOINT: clickhouse.endpoint,
  };
  await using collector = await Collector.start(await stage.collector(), `${CONFIGURATIONS}/clickhouse.yaml`, env);
  for (const model of MODELS) {
    const more = { CALLS: String(CALLS), FAIL_AT: "42", MODEL: model };
    await stage.workers.run(PROCESSES, workerEnvironment(stage, collector.tracesUrl, more));
  }
  await collector.stop();
  assert.deepEqual(clickhouse.failures, [], "what the exporter asked of ClickHouse");
}

/** The model: some calls are corrected at the second attempt, some never, some answers tell no usage. */
function answer({ raw, body }: OpenAIRequest): Answer {
  if (raw.includes("refuse this")) return httpError(400, "refused");
  const number = Number(/message (\d+) of/.exec(raw)?.[1] ?? 0);
  const attempt = (body.messages ?? []).filter(({ role }) => role === "assistant").length + 1;
  const isWrong = number % 7 === 0 || (number % 5 === 0 && attempt === 1);
  const result = isWrong
    ? { customer: "ACME", priority: "urgent", summary: "Cannot log in", products: ["a", 2, 3] }
    : { customer: "ACME", priority: "high", summary: "Cannot log in", products: ["a"] };
  const usage = {
    prompt: 100 + number * attempt,
    completion: 20 + (number % 3),
    cached: number % 2 === 0 ? 50 : 0,
    reasoning: number % 13 === 0 ? 5 : 0,
  };
  return toolCall({ arguments: result, usage: number % 11 === 0 ? null : usage });
}

/** Compares rows in any order: texts and counts exactly, sums and times except for their last digits. */
function same(file: string, found: readonly Row[], expected: readonly Row[]): string {
  const columns = Object.keys(expected[0] ?? {});
  assert.ok(columns.length > 0, `${file}: the API has no rows`);
  assert.equal(found.length, expected.length, `${file}: rows`);
  const inOrder = sorted(found, columns);
  for (const [index, row] of sorted(expected, columns).entries()) {
    for (const name of columns) {
      const [ours, theirs] = [inOrder[index]?.[name], row[name]];
      const where = `${file}: ${name} in ${JSON.stringify(row)}`;
      if (typeof ours !== "number" || typeof theirs !== "number") assert.equal(ours, theirs, where);
      else assert.ok(Math.abs(ours - theirs) <= toleranceOf(name, theirs), `${where}: ClickHouse finds ${ours}`);
    }
  }
  return `${file}: ${found.length} rows of ${columns.length} numbers and names are the API's`;
}

/** Times are milliseconds since 1970 in a floating-point number, which is exact to a quarter of a microsecond. */
function toleranceOf(name: string, value: number): number {
  return /^p\d\d$/.test(name) ? 0.001 : Math.abs(value) * 1e-9;
}

function sorted(rows: readonly Row[], columns: readonly string[]): readonly Row[] {
  const key = (row: Row) => JSON.stringify(columns.map((name) => (typeof row[name] === "string" ? row[name] : "")));
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function qualityRow(row: QualityRow): Row {
  return {
    response_model: row.responseModel ?? "",
    schema: row.schema ?? "",
    mode: row.mode ?? "",
    model: row.model ?? "",
    calls: row.calls,
    first_attempt_successes: row.firstAttemptSuccesses,
    failures: row.failures,
    attempts: row.attempts,
    unsuccessful_attempts: row.failedAttempts,
    validation_failures: row.validationFailures,
    explained_failures: row.explainedFailures,
    p50: row.latency.p50,
    p90: row.latency.p90,
    p99: row.latency.p99,
    input_tokens: row.tokens.input ?? null,
    output_tokens: row.tokens.output ?? null,
    ...costColumns(row),
    failed_input_tokens: row.failedTokens.input ?? 0,
    failed_output_tokens: row.failedTokens.output ?? 0,
  };
}

function costColumns({ cost, failedCost }: { readonly cost: ApiCost; readonly failedCost: ApiCost }): Row {
  return {
    usd: cost.usd ?? null,
    unknown_calls: cost.unknownCalls,
    failed_usd: failedCost.usd ?? 0,
    unknown_failed_attempts: failedCost.unknownCalls,
  };
}

function fieldRow({ responseModel = "", path, code, attempts, calls }: QualityReport["fields"][number]): Row {
  return { response_model: responseModel, path, code, attempts, calls };
}

/** The calls of one response model together. */
function hourRow(rows: readonly QualityRow[]): Row {
  const total = (count: (row: QualityRow) => number) => rows.reduce((sum, row) => sum + count(row), 0);
  return {
    response_model: rows[0]?.responseModel ?? "",
    calls: total(({ calls }) => calls),
    first_attempt_successes: total(({ firstAttemptSuccesses }) => firstAttemptSuccesses),
    failures: total(({ failures }) => failures),
  };
}

function costRow(row: CostReport["rows"][number]): Row {
  return {
    customer: row.key ?? "",
    calls: row.calls,
    threads: row.threads,
    input_tokens: row.tokens.input ?? null,
    output_tokens: row.tokens.output ?? null,
    ...costColumns(row),
  };
}
