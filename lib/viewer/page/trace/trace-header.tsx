import type { ComponentChildren, JSX } from "preact";
import type { TraceDetail } from "../../api.js";
import { Status } from "../list/trace-table.js";
import { clockText, costText, countText, dayText, durationText, plural, tokensText } from "../model/format.js";
import { routeHash } from "../model/route.js";
import { CopyButton } from "../parts/copy-button.js";
import { Icon } from "../parts/icon.js";

interface TraceHeaderProps {
  readonly detail: TraceDetail;
  readonly back: () => void;
  readonly error: string | undefined;
}

export function TraceHeader({ detail, back, error }: TraceHeaderProps): JSX.Element {
  const { summary, spans } = detail;
  const { traceId, name, workflow, customer, thread, service, tokens, attempts, errorCount } = summary;
  return (
    <header class="trace-header">
      <div class="trace-title">
        <button type="button" class="icon-button" onClick={back} aria-label="All traces" title="All traces (Esc)">
          <Icon name="back" />
        </button>
        <Status status={summary.status} />
        <h1>{workflow ?? (name === "" ? "(no name)" : name)}</h1>
        <span class="trace-id mono quiet" title={traceId}>
          {traceId.slice(0, 12)}…
        </span>
        <span class="actions">
          <CopyButton
            label="Copy link"
            icon="link"
            text={() => `${location.origin}/${routeHash({ page: "trace", traceId })}`}
          />
          <CopyButton label="Copy trace as JSON" text={() => JSON.stringify(detail, null, 2)} />
        </span>
      </div>
      <dl class="facts">
        <Fact name="Started">
          {dayText(summary.startTime)} {clockText(summary.startTime)}
        </Fact>
        <Fact name="Duration">{durationText(summary.durationMs)}</Fact>
        <Fact name="Spans">
          {countText(spans.length)}
          {errorCount > 0 && <span class="bad"> · {plural(errorCount, "error")}</span>}
        </Fact>
        <Fact name="Attempts">{countText(attempts)}</Fact>
        <Fact name="Tokens">
          {tokensText(tokens)}
          {(tokens.input !== undefined || tokens.output !== undefined) && (
            <span class="quiet">
              {" "}
              {countText(tokens.input)} in · {countText(tokens.output)} out
            </span>
          )}
        </Fact>
        <Fact name="Cost">{costText(summary.cost)}</Fact>
        {customer !== undefined && (
          <Fact name="Customer">
            <a href={routeHash({ page: "traces", filter: { customer } })}>{customer}</a>
          </Fact>
        )}
        {thread !== undefined && (
          <Fact name="Thread">
            <a href={routeHash({ page: "traces", filter: { thread } })}>{thread}</a>
          </Fact>
        )}
        {service !== undefined && <Fact name="Service">{service}</Fact>}
      </dl>
      {error !== undefined && (
        <p class="bad" role="alert">
          {error}
        </p>
      )}
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
