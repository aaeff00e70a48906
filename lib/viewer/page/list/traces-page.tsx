import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { go, useKeys } from "../hooks.js";
import type { Live } from "../live.js";
import { plural } from "../model/format.js";
import { filterQuery, isFiltered } from "../model/route.js";
import type { Filter } from "../model/route.js";
import { EmptyList } from "./empty-list.js";
import { FilterBar } from "./filter-bar.js";
import { LiveTraceList } from "./trace-list.js";
import type { ListSnapshot } from "./trace-list.js";
import { TraceTable } from "./trace-table.js";

interface TracesPageProps {
  readonly filter: Filter;
  readonly live: Live;
  readonly selected: string | undefined;
  readonly select: (traceId: string | undefined) => void;
}

const NOTHING: ListSnapshot = { rows: [], matching: 0, total: 0, dropped: { traces: 0, spans: 0 }, isLoading: true };

export function TracesPage({ filter, live, selected, select }: TracesPageProps): JSX.Element {
  const [list, setList] = useState(NOTHING);
  const loader = useRef<LiveTraceList>(undefined);
  loader.current ??= new LiveTraceList(setList);
  const query = filterQuery(filter).toString();
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => loader.current?.load(filter), [query]);
  useEffect(() => {
    const stop = live.listen({
      trace: (summary) => loader.current?.update(summary),
      dropped: (counts) => loader.current?.updateDropped(counts),
      // What happened between the first page and the connection, or while there was none, is read anew.
      opened: () => loader.current?.load(latestFilter.current),
    });
    return () => {
      stop();
      loader.current?.close();
    };
  }, [live]);
  const latestFilter = useRef(filter);
  latestFilter.current = filter;
  useEffect(() => {
    document.title = "Traces · respan-instructor";
    grid.current?.focus({ preventScroll: true });
  }, []);

  const { rows } = list;
  const change = (next: Filter): void => go({ page: "traces", filter: next }, { replace: true });
  const move = (by: number): void => {
    const at = selected === undefined ? -1 : rows.findIndex(({ traceId }) => traceId === selected);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) select(next.traceId);
  };
  const open = (): void => {
    if (selected !== undefined) go({ page: "trace", traceId: selected });
  };
  const escape = (): void => {
    if (document.activeElement === search.current) {
      search.current?.blur();
      grid.current?.focus();
    } else if (isFiltered(filter)) change({});
    else select(undefined);
  };
  const { status, ...otherwise } = filter;
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(10),
    PageUp: () => move(-10),
    g: () => move(-rows.length),
    G: () => move(rows.length),
    Home: () => move(-rows.length),
    End: () => move(rows.length),
    Enter: open,
    o: open,
    Escape: escape,
    "/": () => search.current?.select(),
    e: () => change(status === "error" ? otherwise : { ...otherwise, status: "error" }),
  });

  return (
    <main class="list-page">
      <h1 class="unseen">Traces</h1>
      <FilterBar filter={filter} rows={rows} search={search} change={change} />
      <Counts list={list} filter={filter} />
      {rows.length === 0 && !list.isLoading ? (
        <EmptyList isFiltered={isFiltered(filter)} error={list.error} clear={() => change({})} />
      ) : (
        <TraceTable rows={rows} selected={selected} select={select} grid={grid} />
      )}
    </main>
  );
}

function Counts({ list, filter }: { list: ListSnapshot; filter: Filter }): JSX.Element {
  const { matching, total, dropped, rows } = list;
  const held = isFiltered(filter)
    ? `${matching.toLocaleString("en-US")} of ${plural(total, "trace")}`
    : plural(total, "trace");
  return (
    <p class="counts">
      <span role="status">{held}</span>
      {rows.length < matching && !list.isLoading && <span>the newest {plural(rows.length, "trace")} shown</span>}
      {dropped.traces + dropped.spans > 0 && (
        <span class="gone" title="The store is bounded: the oldest traces go first.">
          {plural(dropped.traces, "trace")} and {plural(dropped.spans, "span")} gone
        </span>
      )}
      {list.error !== undefined && <span class="bad">{list.error}</span>}
    </p>
  );
}
