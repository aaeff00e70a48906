import type { JSX } from "preact";
import type { CostReport, CostRow } from "../../api.js";
import { go } from "../hooks.js";
import type { Live } from "../live.js";
import { clockText, costText, countText, dayText, tokensText } from "../model/format.js";
import { routeHash } from "../model/route.js";
import type { AnalysisQuery } from "../model/route.js";
import { Analysis, PriceNote, Sheet } from "./parts.js";
import { useReport } from "./report.js";

const KEYS = ["customer", "thread", "workflow", "model", "service"] as const;

/** What calls cost, by customer, thread, workflow, model or service. */
export function CostsPage({ query, live }: { query: AnalysisQuery; live: Live }): JSX.Element {
  const by = KEYS.find((key) => key === query.by) ?? "customer";
  const report = useReport<CostReport>("costs", { ...query, by }, live);
  const { customer } = query;
  const choices = (
    <div class="analysis-bar">
      <div class="segments" role="group" aria-label="Costs by">
        {KEYS.map((key) => (
          <button
            type="button"
            key={key}
            aria-pressed={key === by}
            onClick={() => go({ page: "costs", query: { ...query, by: key } })}
          >
            {key}
          </button>
        ))}
      </div>
      {customer !== undefined && <a href={routeHash({ page: "costs", query: { by } })}>of {customer} only: show all</a>}
    </div>
  );
  return (
    <Analysis
      title="Costs"
      report={report}
      bar={choices}
      isEmpty={({ rows }) => rows.length === 0}
      empty="No model call is held yet."
      show={({ rows, total, prices }) => (
        <>
          <Sheet name="Costs" columns={[[by], ...COLUMNS]}>
            {rows.map((row) => (
              <tr key={row.key ?? ""}>
                <th scope="row">
                  <Key by={by} row={row} customer={customer} />
                </th>
                <Numbers row={row} />
              </tr>
            ))}
            <tr>
              <th scope="row">All</th>
              <Numbers row={total} />
            </tr>
          </Sheet>
          <PriceNote prices={prices} />
        </>
      )}
    />
  );
}

const COLUMNS: readonly (readonly [string, boolean])[] = [
  ["Calls", true],
  ["Threads", true],
  ["Tokens", true],
  ["Cost", true],
  ["Of failed attempts", true],
  ["Last call", true],
];

function Numbers({ row }: { row: Omit<CostRow, "key"> }): JSX.Element {
  return (
    <>
      <td class="number">{countText(row.calls)}</td>
      <td class="number">{countText(row.threads)}</td>
      <td class="number">{tokensText(row.tokens)}</td>
      <td class="number">{costText(row.cost)}</td>
      <td class="number">{costText(row.failedCost)}</td>
      <td class="number">
        {dayText(row.lastCallAt)} {clockText(row.lastCallAt).slice(0, 8)}
      </td>
    </>
  );
}

interface KeyProps {
  readonly by: (typeof KEYS)[number];
  readonly row: CostRow;
  readonly customer: string | undefined;
}

/** A customer's or a thread's name leads to what was asked there. */
function Key({ by, row: { key }, customer }: KeyProps): JSX.Element {
  if (key === undefined) return <span class="quiet">not said</span>;
  if (by !== "customer" && by !== "thread") return <>{key}</>;
  const query = by === "customer" ? { customer: key } : { ...(customer !== undefined && { customer }), thread: key };
  return <a href={routeHash({ page: "calls", query })}>{key}</a>;
}
