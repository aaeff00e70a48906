import type { JSX, RefObject } from "preact";
import { memo } from "preact/compat";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { TraceSummary } from "../../api.js";
import { go, useMedia } from "../hooks.js";
import { clockText, countText, dayText, durationText, tokensText } from "../model/format.js";
import { routeHash } from "../model/route.js";
import { Icon } from "../parts/icon.js";
import { useVirtual } from "../parts/virtual.js";

const COLUMNS = ["Status", "Time", "Trace", "Customer", "Thread", "Duration", "Attempts", "Tokens"] as const;
const HEAD = 34;

interface TraceTableProps {
  readonly rows: readonly TraceSummary[];
  readonly selected: string | undefined;
  readonly select: (traceId: string) => void;
  readonly grid: RefObject<HTMLDivElement | null>;
}

/** The list: only the rows in sight are in the document. */
export function TraceTable({ rows, selected, select, grid }: TraceTableProps): JSX.Element {
  const isNarrow = useMedia("(max-width: 720px)");
  const rowHeight = isNarrow ? 76 : 42;
  const { scroller, onScroll, first, last, height, reveal } = useVirtual({
    count: rows.length,
    rowHeight,
    headHeight: isNarrow ? 0 : HEAD,
  });
  const at = selected === undefined ? -1 : rows.findIndex(({ traceId }) => traceId === selected);
  useEffect(() => reveal(at), [selected, reveal]);
  useLayoutEffect(() => {
    grid.current = scroller.current;
  }, []);
  useSteadyScroll(rows, rowHeight, scroller);
  const longest = Math.max(1, ...rows.slice(first, last).map(({ durationMs }) => durationMs));
  return (
    <div
      class="grid traces"
      role="grid"
      aria-label="Traces"
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length}
      aria-activedescendant={at >= first && at < last ? `trace-${selected}` : undefined}
      tabIndex={0}
      ref={scroller}
      onScroll={onScroll}
    >
      <div role="rowgroup" class="grid-head">
        <div role="row" class="grid-row" aria-rowindex={1}>
          {COLUMNS.map((column, index) => (
            <div role="columnheader" key={column} class={index > 4 ? "number" : ""}>
              {index === 0 ? <span class="unseen">{column}</span> : column}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="grid-body" style={{ height }}>
        {rows.slice(first, last).map((trace, offset) => (
          <Row
            key={trace.traceId}
            trace={trace}
            index={first + offset}
            rowHeight={rowHeight}
            isSelected={trace.traceId === selected}
            share={trace.durationMs / longest}
            select={select}
          />
        ))}
      </div>
    </div>
  );
}

/** Rows that arrive above what is read do not push it down. */
function useSteadyScroll(
  rows: readonly TraceSummary[],
  rowHeight: number,
  scroller: RefObject<HTMLDivElement | null>,
): void {
  const top = useRef<string | undefined>(undefined);
  const element = scroller.current;
  const index = element ? Math.floor(element.scrollTop / rowHeight) : 0;
  useLayoutEffect(() => {
    const wanted = top.current;
    if (element && index > 0 && wanted !== undefined && rows[index]?.traceId !== wanted) {
      const moved = rows.findIndex(({ traceId }) => traceId === wanted);
      if (moved > index && moved - index < 5000) element.scrollTop += (moved - index) * rowHeight;
    }
  }, [rows]);
  useLayoutEffect(() => {
    const now = scroller.current ? Math.floor(scroller.current.scrollTop / rowHeight) : 0;
    top.current = rows[now]?.traceId;
  });
}

interface RowProps {
  readonly trace: TraceSummary;
  readonly index: number;
  readonly rowHeight: number;
  readonly isSelected: boolean;
  readonly share: number;
  readonly select: (traceId: string) => void;
}

const Row = memo(function Row({ trace, index, rowHeight, isSelected, share, select }: RowProps): JSX.Element {
  const { traceId, name, workflow, customer, thread, model, status, attempts, tokens } = trace;
  const hash = routeHash({ page: "trace", traceId });
  const title = workflow ?? (name === "" ? "(no name)" : name);
  const detail = [workflow !== undefined && name !== `${workflow}.workflow` ? name : undefined, model, trace.service];
  const open = (event: MouseEvent): void => {
    select(traceId);
    // A link does what links do: a new tab, a copied address.
    if (event.target instanceof Element && event.target.closest("a")) return;
    go({ page: "trace", traceId });
  };
  return (
    <div
      role="row"
      id={`trace-${traceId}`}
      class={`grid-row trace-row${isSelected ? " is-selected" : ""}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ top: index * rowHeight, height: rowHeight }}
      onClick={open}
    >
      <div role="gridcell" class="cell-status">
        <Status status={status} />
      </div>
      <div role="gridcell" class="cell-time" title={`${dayText(trace.startTime)} ${clockText(trace.startTime)}`}>
        <Time time={trace.startTime} />
      </div>
      <div role="gridcell" class="cell-name">
        <a href={hash} tabIndex={-1}>
          {title}
        </a>
        <span class="quiet">{detail.filter((text) => text !== undefined && text !== "").join(" · ")}</span>
      </div>
      <div role="gridcell" class="cell-customer">
        {customer ?? <None />}
      </div>
      <div role="gridcell" class="cell-thread">
        {thread ?? <None />}
      </div>
      <div role="gridcell" class="cell-duration number">
        <span class="spark" aria-hidden="true">
          <span style={{ width: `${Math.max(2, share * 100)}%` }} />
        </span>
        {durationText(trace.durationMs)}
      </div>
      <div role="gridcell" class="cell-attempts number">
        {attempts === undefined ? <None /> : <Attempts count={attempts} />}
      </div>
      <div role="gridcell" class="cell-tokens number" title={tokensTitle(trace)}>
        {tokens.total === undefined && tokens.input === undefined && tokens.output === undefined ? (
          <None />
        ) : (
          tokensText(tokens)
        )}
      </div>
    </div>
  );
});

function Time({ time }: { time: number }): JSX.Element {
  const text = clockText(time);
  const isToday = dayText(time) === dayText(Date.now());
  return (
    <>
      {!isToday && <span class="quiet">{dayText(time).slice(5)} </span>}
      {text.slice(0, 8)}
      <span class="quiet">{text.slice(8)}</span>
    </>
  );
}

function tokensTitle({ tokens: { input, output } }: TraceSummary): string {
  return `${countText(input)} in, ${countText(output)} out`;
}

export function Status({ status }: { status: "ok" | "error" }): JSX.Element {
  return (
    <span class={`status status-${status}`} title={status === "ok" ? "OK" : "Error"}>
      <Icon name={status === "ok" ? "check" : "error"} size={14} />
      <span class="unseen">{status === "ok" ? "OK" : "Error"}</span>
    </span>
  );
}

function Attempts({ count }: { count: number }): JSX.Element {
  return <span class={count > 1 ? "badge badge-warn" : "badge"}>{count}</span>;
}

function None(): JSX.Element {
  return <span class="quiet">–</span>;
}
