import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PriceTable } from "../../api.js";
import { go, useKeys } from "../hooks.js";
import type { Report } from "./report.js";

interface AnalysisProps<Answer> {
  readonly title: string;
  readonly report: Report<Answer>;
  readonly isEmpty: (answer: Answer) => boolean;
  readonly empty: string;
  readonly show: (answer: Answer) => ComponentChildren;
  readonly bar?: ComponentChildren;
}

/** The frame of a page about many calls. */
export function Analysis<Answer>(props: AnalysisProps<Answer>): JSX.Element {
  const { title, report, isEmpty, empty, show, bar } = props;
  const { answer, error } = report;
  useEffect(() => {
    document.title = `${title} · respan-instructor`;
  }, [title]);
  useKeys({ Escape: () => go({ page: "traces", filter: {} }) });
  return (
    <main class="analysis" tabIndex={0} aria-label={title}>
      <h1>{title}</h1>
      {bar}
      {error !== undefined && <p class="bad">{error}</p>}
      {answer === undefined ? (
        error === undefined && <p role="status">Reading…</p>
      ) : isEmpty(answer) ? (
        <p class="quiet">{empty}</p>
      ) : (
        show(answer)
      )}
    </main>
  );
}

interface SheetProps {
  readonly name: string;
  /** Each with whether it is a number's. */
  readonly columns: readonly (readonly [label: string, isNumber?: boolean])[];
  readonly children: ComponentChildren;
}

export function Sheet({ name, columns, children }: SheetProps): JSX.Element {
  return (
    <div class="sheet" role="region" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(([label, isNumber = false]) => (
              <th key={label} scope="col" class={isNumber ? "number" : ""}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Where the prices come from, and how old they are. */
export function PriceNote({ prices: { name, version, date, ownFile } }: { prices: PriceTable }): JSX.Element {
  return (
    <p class="quiet">
      Prices in US dollars: {ownFile !== undefined && <>{ownFile}, then </>}
      {name} {version} of {date}. A dash is a cost that is not known.
    </p>
  );
}
