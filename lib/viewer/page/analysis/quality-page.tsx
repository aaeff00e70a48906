import type { JSX } from "preact";
import type { FieldFailure, QualityReport, QualityRow } from "../../api.js";
import { go } from "../hooks.js";
import type { Live } from "../live.js";
import { costText, countText, durationText, plural, shareText, tokensText } from "../model/format.js";
import { analysisParameters, routeHash } from "../model/route.js";
import type { AnalysisQuery } from "../model/route.js";
import { ComparisonSheet } from "./comparison-sheet.js";
import { Analysis, PriceNote, Sheet } from "./parts.js";
import { Periods } from "./periods.js";
import { useReport } from "./report.js";

/** How structured calls go: which fields fail, how often, and what it costs. */
export function QualityPage({ query, live }: { query: AnalysisQuery; live: Live }): JSX.Element {
  const { compare, with: other, ...filter } = query;
  const report = useReport<QualityReport>("quality", filter, live);
  const filtered = Object.values(filter).join(" · ");
  const parameters = analysisParameters(filter).toString();
  return (
    <Analysis
      title="Quality"
      report={report}
      bar={
        <p class="analysis-bar">
          {filtered !== "" && <a href={routeHash({ page: "quality", query: {} })}>{filtered} only: show all</a>}
          <a href={`/api/export?format=jsonl&${parameters}`} download>
            Failed and corrected as JSON lines
          </a>
          <a href={`/api/export?format=vitest&${parameters}`} download>
            as a Vitest file
          </a>
        </p>
      }
      isEmpty={({ rows }) => rows.length === 0}
      empty="No structured call is held yet."
      show={({ rows, fields, periods, periodMillis, prices }) => (
        <>
          <ContentNote rows={rows} />
          <Sheet name="Response models" columns={COLUMNS}>
            {rows.map((row) => (
              <Row key={keyOf(row)} row={row} picked={[compare, other]} query={query} />
            ))}
          </Sheet>
          <p class="quiet">Choose two rows to see them side by side.</p>
          <ComparisonSheet a={rowWith(rows, compare)} b={rowWith(rows, other)} nameOf={nameOf} />
          <h2>Fields that fail</h2>
          <Fields fields={fields} calls={rows.reduce((sum, { calls }) => sum + calls, 0)} />
          <h2>Over time</h2>
          <Periods periods={periods} periodMillis={periodMillis} />
          <PriceNote prices={prices} />
        </>
      )}
    />
  );
}

const COLUMNS: readonly (readonly [string, boolean?])[] = [
  ["Compare"],
  ["Response model"],
  ["Schema"],
  ["Mode"],
  ["Model"],
  ["Calls", true],
  ["First attempt", true],
  ["Attempts a call", true],
  ["Failed", true],
  ["p50", true],
  ["p90", true],
  ["p99", true],
  ["Tokens", true],
  ["Cost", true],
  ["Failed tokens", true],
  ["Failed cost", true],
];

interface RowProps {
  readonly row: QualityRow;
  readonly picked: readonly (string | undefined)[];
  readonly query: AnalysisQuery;
}

function Row({ row, picked, query }: RowProps): JSX.Element {
  const { responseModel, schema, mode, model, calls, latency } = row;
  const key = keyOf(row);
  const pick = (): void => {
    const keys = picked.filter((each) => each !== undefined);
    // A third choice takes the place of the second.
    const next = keys.includes(key) ? keys.filter((each) => each !== key) : [...keys.slice(0, 1), key];
    const { compare: _, with: __, ...rest } = query;
    go({
      page: "quality",
      query: { ...rest, ...(next[0] && { compare: next[0] }), ...(next[1] && { with: next[1] }) },
    });
  };
  return (
    <tr>
      <td>
        <input type="checkbox" checked={picked.includes(key)} onChange={pick} aria-label={`Compare ${nameOf(row)}`} />
      </td>
      <th scope="row">
        {responseModel === undefined ? (
          <span class="quiet">not said</span>
        ) : (
          <a href={routeHash({ page: "quality", query: { responseModel } })}>{responseModel}</a>
        )}
      </th>
      <td class="mono" title={schema}>
        {schema?.slice(0, 8) ?? "–"}
      </td>
      <td>{mode ?? "–"}</td>
      <td>{model ?? "–"}</td>
      <td class="number">{countText(calls)}</td>
      <td class="number">{shareText(row.firstAttemptSuccesses, calls)}</td>
      <td class="number">{Number((row.attempts / calls).toFixed(2))}</td>
      <td class="number">{shareText(row.failures, calls)}</td>
      <td class="number">{durationText(latency.p50)}</td>
      <td class="number">{durationText(latency.p90)}</td>
      <td class="number">{durationText(latency.p99)}</td>
      <td class="number">{tokensText(row.tokens)}</td>
      <td class="number">{costText(row.cost)}</td>
      <td class="number">{row.failedAttempts === 0 ? "0" : tokensText(row.failedTokens)}</td>
      <td class="number">{row.failedAttempts === 0 ? "$0" : costText(row.failedCost)}</td>
    </tr>
  );
}

function keyOf({ responseModel, schema, mode, model }: QualityRow): string {
  return JSON.stringify([responseModel, schema, mode, model]);
}

function nameOf({ responseModel, schema, mode, model }: QualityRow): string {
  return [responseModel, schema?.slice(0, 8), mode, model].filter((part) => part !== undefined).join(" · ");
}

function rowWith(rows: readonly QualityRow[], key: string | undefined): QualityRow | undefined {
  return key === undefined ? undefined : rows.find((row) => keyOf(row) === key);
}

/** Which columns are empty because content was off. */
function ContentNote({ rows }: { rows: readonly QualityRow[] }): JSX.Element | null {
  const failures = rows.reduce((sum, row) => sum + row.validationFailures, 0);
  const explained = rows.reduce((sum, row) => sum + row.explainedFailures, 0);
  if (failures === explained) return null;
  return (
    <p class="note">
      {countText(failures - explained)} of {plural(failures, "attempt")} that did not fit the schema came with content
      off: the columns Field, Code and Examples are {explained === 0 ? "empty" : "without them"}.
    </p>
  );
}

function Fields({ fields, calls }: { fields: readonly FieldFailure[]; calls: number }): JSX.Element {
  if (fields.length === 0) return <p class="quiet">No attempt says that a field failed.</p>;
  const columns = [
    ["Response model"],
    ["Field"],
    ["Code"],
    ["Attempts", true],
    ["Calls", true],
    ["Of all calls", true],
  ] as const;
  return (
    <Sheet name="Fields that fail" columns={[...columns, ["Examples"]]}>
      {fields.map((field) => (
        <tr key={`${field.responseModel ?? ""} ${field.path} ${field.code}`}>
          <td>{field.responseModel ?? "–"}</td>
          <th scope="row" class="mono">
            {field.path === "" ? "the whole answer" : field.path}
          </th>
          <td class="mono">{field.code}</td>
          <td class="number">{countText(field.attempts)}</td>
          <td class="number">{countText(field.calls)}</td>
          <td class="number">{shareText(field.calls, calls)}</td>
          <td>
            {field.examples.map(({ traceId, spanId }, index) => (
              <span key={spanId}>
                {index > 0 && " "}
                <a href={routeHash({ page: "trace", traceId, spanId, tab: "fields" })}>{traceId.slice(0, 6)}</a>
              </span>
            ))}
          </td>
        </tr>
      ))}
    </Sheet>
  );
}
