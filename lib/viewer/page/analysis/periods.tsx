import type { JSX } from "preact";
import type { QualityPeriod } from "../../api.js";
import { clockText, dayText, durationText } from "../model/format.js";

interface PeriodsProps {
  readonly periods: readonly QualityPeriod[];
  readonly periodMillis: number;
}

/** A bar for each stretch of time: calls that failed, that were corrected, that succeeded at once. */
export function Periods({ periods, periodMillis }: PeriodsProps): JSX.Element {
  const most = Math.max(1, ...periods.map(({ calls }) => calls));
  return (
    <>
      <ol class="periods" aria-label="Calls over time">
        {periods.map((period) => {
          const said = textOf(period);
          const { calls, failures, firstAttemptSuccesses } = period;
          const share = (count: number): string => `${(count / Math.max(1, calls)) * 100}%`;
          return (
            <li key={period.start} title={said} style={{ height: `${(calls / most) * 100}%` }}>
              <span class="unseen">{said}</span>
              <span class="failed" style={{ height: share(failures) }} />
              <span
                class="corrected"
                style={{ height: share(Math.max(0, calls - failures - firstAttemptSuccesses)) }}
              />
            </li>
          );
        })}
      </ol>
      <p class="quiet">
        A bar is {durationText(periodMillis)}: <span class="bad">failed</span>, <span class="warn">corrected</span>,{" "}
        <span class="good">right at once</span>.
      </p>
    </>
  );
}

function textOf({ start, calls, firstAttemptSuccesses, failures }: QualityPeriod): string {
  return `${dayText(start)} ${clockText(start).slice(0, 5)}: ${calls} calls, ${firstAttemptSuccesses} right at once, ${failures} failed`;
}
