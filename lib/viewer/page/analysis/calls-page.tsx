import type { JSX } from "preact";
import type { CallLine, CallList, CostReport } from "../../api.js";
import type { Live } from "../live.js";
import { clockText, costText, dayText, plural, tokensText, usdText } from "../model/format.js";
import { routeHash } from "../model/route.js";
import type { AnalysisQuery } from "../model/route.js";
import { Status } from "../list/trace-table.js";
import { Analysis, PriceNote, Sheet } from "./parts.js";
import { useReport } from "./report.js";

/** What a customer's conversations asked, in order, and what each cost. */
export function CallsPage({ query, live }: { query: AnalysisQuery; live: Live }): JSX.Element {
  const { customer, thread } = query;
  const report = useReport<CallList>("calls", { ...query, limit: "1000" }, live);
  const threads = useReport<CostReport>("costs", { ...query, by: "thread" }, live).answer;
  const title = [customer ?? "Every customer", thread].filter((part) => part !== undefined).join(" · ");
  return (
    <Analysis
      title={title}
      report={report}
      bar={
        threads && (
          <p class="analysis-bar">
            <strong>{costText(threads.total.cost)}</strong>
            <span>{plural(threads.total.calls, "call")}</span>
            <span>{plural(threads.total.threads, "thread")}</span>
            {customer !== undefined && thread !== undefined && (
              <a href={routeHash({ page: "calls", query: { customer } })}>All threads of {customer}</a>
            )}
          </p>
        )
      }
      isEmpty={({ calls }) => calls.length === 0}
      empty="No model call of this is held."
      show={({ calls, matching }) => (
        <>
          {byThread(calls).map(([name, lines]) => (
            <section key={name ?? ""}>
              <h2>
                {name === undefined ? (
                  "Without a thread"
                ) : (
                  <a href={routeHash({ page: "calls", query: { ...query, thread: name } })}>{name}</a>
                )}{" "}
                <span class="quiet">{costText(costOfThread(threads, name))}</span>
              </h2>
              <Sheet name={name ?? "Without a thread"} columns={COLUMNS}>
                {lines.map((line) => (
                  <Line key={line.spanId} line={line} />
                ))}
              </Sheet>
            </section>
          ))}
          {calls.length < matching && (
            <p class="quiet">
              The first {calls.length} of {plural(matching, "call")}.
            </p>
          )}
          {threads && <PriceNote prices={threads.prices} />}
        </>
      )}
    />
  );
}

const COLUMNS: readonly (readonly [string, boolean?])[] = [
  ["Time"],
  ["Asked"],
  ["Answered"],
  ["Response model"],
  ["Attempts", true],
  ["Tokens", true],
  ["Cost", true],
];

function Line({ line }: { line: CallLine }): JSX.Element {
  const { traceId, spanId, startTime, status, asked, answered, responseModel, model, attempts } = line;
  return (
    <tr>
      <td>
        <Status status={status} />{" "}
        <a href={routeHash({ page: "trace", traceId, spanId })} title={dayText(startTime)}>
          {clockText(startTime).slice(0, 8)}
        </a>
      </td>
      <td class="said">{asked ?? <span class="quiet">not recorded</span>}</td>
      <td class="said mono">{answered ?? <span class="quiet">not recorded</span>}</td>
      <td>
        {responseModel ?? "–"}
        <div class="quiet">{model}</div>
      </td>
      <td class="number">{attempts}</td>
      <td class="number">{tokensText(line.tokens)}</td>
      <td class="number">{usdText(line.usd)}</td>
    </tr>
  );
}

/** Threads in the order of their first call. */
function byThread(calls: readonly CallLine[]): readonly (readonly [string | undefined, readonly CallLine[]])[] {
  const threads = new Map<string | undefined, CallLine[]>();
  for (const call of calls) threads.set(call.thread, [...(threads.get(call.thread) ?? []), call]);
  return [...threads];
}

function costOfThread(
  threads: CostReport | undefined,
  name: string | undefined,
): { usd?: number; unknownCalls: number } {
  return threads?.rows.find(({ key }) => key === name)?.cost ?? { unknownCalls: 0 };
}
