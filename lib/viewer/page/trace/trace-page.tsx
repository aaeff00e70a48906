import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TraceDetail } from "../../api.js";
import { ApiError, fetchTrace } from "../client.js";
import { go, useKeys } from "../hooks.js";
import type { Live } from "../live.js";
import { attemptsOf } from "../model/attempts.js";
import { roleOf } from "../model/inherited.js";
import type { Route } from "../model/route.js";
import { spanTree } from "../model/span-tree.js";
import type { SpanNode, SpanTree } from "../model/span-tree.js";
import { Icon } from "../parts/icon.js";
import { SpanPanel } from "./span-panel.js";
import { TraceHeader } from "./trace-header.js";
import { Waterfall } from "./waterfall.js";

interface TracePageProps {
  readonly route: Route & { page: "trace" };
  readonly live: Live;
  readonly back: () => void;
  readonly seen: (traceId: string) => void;
}

interface Loaded {
  readonly detail?: TraceDetail;
  readonly error?: string;
}

export function TracePage({ route, live, back, seen }: TracePageProps): JSX.Element {
  const { detail, error } = useTrace(route.traceId, live);
  useEffect(() => seen(route.traceId), [route.traceId]);
  useEffect(() => {
    if (detail) document.title = `${detail.summary.workflow ?? detail.summary.name} · respan-instructor`;
  }, [detail]);
  if (detail) return <Trace detail={detail} route={route} back={back} error={error} />;
  return (
    <main class="empty">
      <Keys back={back} />
      {error === undefined ? (
        <p role="status">Reading the trace…</p>
      ) : (
        <>
          <h1>This trace is not here</h1>
          <p>{error}</p>
          <p>
            <button type="button" class="button" onClick={back}>
              <Icon name="back" size={14} /> All traces
            </button>
          </p>
        </>
      )}
    </main>
  );
}

function Keys({ back }: { back: () => void }): null {
  useKeys({ Escape: back });
  return null;
}

const RELOAD_MS = 400;

/** A trace, read again when more of it arrives. */
function useTrace(traceId: string, live: Live): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({});
  useEffect(() => {
    const requests = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      timer = undefined;
      fetchTrace(traceId, requests.signal).then(
        (detail) => setLoaded({ detail }),
        (reason: unknown) => {
          if (requests.signal.aborted) return;
          const isGone = reason instanceof ApiError && reason.status === 404;
          const error = isGone
            ? "The server does not hold it: it may be one of the oldest, which go first, or belong to an earlier run."
            : String(reason instanceof Error ? reason.message : reason);
          // What is already shown stays.
          setLoaded((before) => ({ ...before, error }));
        },
      );
    };
    load();
    const stop = live.listen({
      trace: (summary) => {
        if (summary.traceId === traceId) timer ??= setTimeout(load, RELOAD_MS);
      },
      opened: (again) => {
        if (again) timer ??= setTimeout(load, 0);
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
      requests.abort();
    };
  }, [traceId, live]);
  return loaded;
}

/** What to show first: the structured call that had trouble, else the first call, else the root. */
function firstToShow({ nodes }: SpanTree): SpanNode | undefined {
  const calls = nodes.filter(({ span }) => roleOf(span) === "chat");
  return calls.find(({ span }) => attemptsOf(span).length > 1 || span.status.code === "error") ?? calls[0] ?? nodes[0];
}

interface TraceProps {
  readonly detail: TraceDetail;
  readonly route: Route & { page: "trace" };
  readonly back: () => void;
  readonly error: string | undefined;
}

function Trace({ detail, route, back, error }: TraceProps): JSX.Element {
  const tree = useMemo(() => spanTree(detail.spans), [detail]);
  const node = useMemo(
    () => tree.nodes.find(({ span }) => span.spanId === route.spanId) ?? firstToShow(tree),
    [tree, route.spanId],
  );
  const panel = useRef<HTMLElement>(null);
  const select = (spanId: string): void => {
    const { tab } = route;
    go({ page: "trace", traceId: route.traceId, spanId, ...(tab !== undefined && { tab }) }, { replace: true });
  };
  const selectTab = (tab: string): void => {
    if (!node) return;
    go({ page: "trace", traceId: route.traceId, spanId: node.span.spanId, tab }, { replace: true });
  };
  return (
    <main class="trace-page">
      <TraceHeader detail={detail} back={back} error={error} />
      <div class="split">
        <Waterfall
          tree={tree}
          selected={node}
          select={select}
          leave={back}
          enter={() => panel.current?.focus({ preventScroll: false })}
        />
        {node && (
          <SpanPanel
            node={node}
            tree={tree}
            traceId={route.traceId}
            cost={detail.costs[node.span.spanId]}
            tab={route.tab}
            selectTab={selectTab}
            panel={panel}
          />
        )}
      </div>
    </main>
  );
}
