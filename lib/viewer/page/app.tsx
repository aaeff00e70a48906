import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { CallsPage } from "./analysis/calls-page.js";
import { CostsPage } from "./analysis/costs-page.js";
import { QualityPage } from "./analysis/quality-page.js";
import { HelpDialog } from "./help.js";
import { go, useKeys, useRoute } from "./hooks.js";
import { TracesPage } from "./list/traces-page.js";
import { Live, useLiveState } from "./live.js";
import type { LiveState } from "./live.js";
import { routeHash } from "./model/route.js";
import type { AnalysisQuery, Filter, Route } from "./model/route.js";
import { Icon } from "./parts/icon.js";
import { useTheme } from "./theme.js";
import { TracePage } from "./trace/trace-page.js";

const live = new Live();

export function App(): JSX.Element {
  const route = useRoute();
  const { isDark, toggle } = useTheme();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [selected, setSelected] = useState<string>();
  // The list as it was left, to come back to.
  const lastFilter = useRef<Filter>({});
  if (route.page === "traces") lastFilter.current = route.filter;
  useEffect(() => live.start(), []);
  useKeys({ "?": () => setHelpOpen(true), t: toggle });
  const back = (): void => go({ page: "traces", filter: lastFilter.current });
  return (
    <>
      <header class="app-bar">
        <a class="brand" href={routeHash({ page: "traces", filter: {} })}>
          <span class="mark" aria-hidden="true" />
          respan-instructor
        </a>
        <nav class="pages" aria-label="Pages">
          {PAGES.map(([page, label]) => (
            <a
              key={page}
              href={routeHash(page === "traces" ? { page, filter: lastFilter.current } : { page, query: {} })}
              {...(isOn(route, page) && { "aria-current": "page" as const })}
            >
              {label}
            </a>
          ))}
        </nav>
        <LiveBadge />
        <button
          type="button"
          class="icon-button"
          onClick={toggle}
          aria-label={isDark ? "Light theme" : "Dark theme"}
          title={`${isDark ? "Light" : "Dark"} theme (t)`}
        >
          <Icon name={isDark ? "sun" : "moon"} />
        </button>
        <button
          type="button"
          class="icon-button"
          onClick={() => setHelpOpen(true)}
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
        >
          <Icon name="help" />
        </button>
      </header>
      {route.page === "traces" ? (
        <TracesPage filter={route.filter} live={live} selected={selected} select={setSelected} />
      ) : route.page !== "trace" ? (
        <AnalysisPage page={route.page} query={route.query} live={live} />
      ) : (
        <TracePage key={route.traceId} route={route} live={live} back={back} seen={setSelected} />
      )}
      <HelpDialog isOpen={isHelpOpen} close={() => setHelpOpen(false)} />
    </>
  );
}

const ANALYSES = { quality: QualityPage, costs: CostsPage, calls: CallsPage };

const PAGES = [
  ["traces", "Traces"],
  ["quality", "Quality"],
  ["costs", "Costs"],
] as const;

interface AnalysisPageProps {
  readonly page: keyof typeof ANALYSES;
  readonly query: AnalysisQuery;
  readonly live: Live;
}

function AnalysisPage({ page, ...props }: AnalysisPageProps): JSX.Element {
  const Page = ANALYSES[page];
  return <Page {...props} />;
}

function isOn({ page }: Route, entry: (typeof PAGES)[number][0]): boolean {
  return page === entry || (page === "trace" && entry === "traces") || (page === "calls" && entry === "costs");
}

const STATES: Readonly<Record<LiveState, readonly [label: string, title: string]>> = {
  connecting: ["Connecting", "Connecting to the server"],
  live: ["Live", "New traces appear by themselves"],
  offline: ["Reconnecting", "The server does not answer. What is shown stays; the page connects again by itself."],
};

function LiveBadge(): JSX.Element {
  const state = useLiveState(live);
  const [label, title] = STATES[state];
  return (
    <span class={`live live-${state}`} role="status" title={title}>
      <span class="live-dot" aria-hidden="true" />
      {label}
    </span>
  );
}
