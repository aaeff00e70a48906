import type { JSX } from "preact";
import type { QualityRow } from "../../api.js";
import { comparisons } from "../model/comparison.js";
import type { Comparison, Share } from "../model/comparison.js";
import { durationText, shareText, usdText } from "../model/format.js";
import { Sheet } from "./parts.js";

interface ComparisonProps {
  readonly a: QualityRow | undefined;
  readonly b: QualityRow | undefined;
  readonly nameOf: (row: QualityRow) => string;
}

/** Two rows side by side, with the size of each sample; a difference that chance hardly explains is marked. */
export function ComparisonSheet({ a, b, nameOf }: ComparisonProps): JSX.Element | null {
  if (a === undefined || b === undefined) return null;
  return (
    <>
      <h2>Side by side</h2>
      <Sheet name="Side by side" columns={[[""], [nameOf(a)], [nameOf(b)], ["Difference (95 % interval)"]]}>
        {comparisons(a, b).map((comparison) => (
          <tr key={comparison.label} class={comparison.isDifferent ? "is-different" : ""}>
            <th scope="row">{comparison.label}</th>
            {comparison.sides.map((side, index) => (
              <td key={index}>{sideText(side)}</td>
            ))}
            <td>{differenceText(comparison)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">Median duration</th>
          <td>{durationText(a.latency.p50)}</td>
          <td>{durationText(b.latency.p50)}</td>
          <td class="quiet">not tested</td>
        </tr>
        <tr>
          <th scope="row">Cost a call</th>
          <td>{usdText(costOfOne(a))}</td>
          <td>{usdText(costOfOne(b))}</td>
          <td class="quiet">not tested</td>
        </tr>
      </Sheet>
    </>
  );
}

/** Of the calls whose cost is known. */
function costOfOne({ calls, cost: { usd, unknownCalls } }: QualityRow): number | undefined {
  return usd === undefined ? undefined : usd / (calls - unknownCalls);
}

function sideText({ part, whole }: Share): string {
  return `${shareText(part, whole)} (${part} of ${whole})`;
}

function differenceText({ difference, interval: [low, high], isDifferent }: Comparison): string {
  const points = (share: number): string => `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))}`;
  const said = isDifferent ? "differs" : "may be chance";
  return `${points(difference)} points (${points(low)} to ${points(high)}): ${said}`;
}
