import type { QualityRow } from "../../api.js";

/** A share of calls on both sides, and how far apart they are. */
export interface Comparison {
  readonly label: string;
  readonly sides: readonly [Share, Share];
  /** Of the second side's share from the first's, between -1 and 1. */
  readonly difference: number;
  /** Where the difference lies with 95 % confidence. */
  readonly interval: readonly [low: number, high: number];
  /** The interval leaves out 0: chance alone hardly explains the difference. */
  readonly isDifferent: boolean;
}

export interface Share {
  readonly part: number;
  readonly whole: number;
}

export function comparisons(a: QualityRow, b: QualityRow): readonly Comparison[] {
  const share = (label: string, part: "firstAttemptSuccesses" | "failures"): Comparison =>
    compared(label, { part: a[part], whole: a.calls }, { part: b[part], whole: b.calls });
  return [share("First-attempt success", "firstAttemptSuccesses"), share("Final failures", "failures")];
}

/** Newcombe's interval for the difference of two shares, which holds for small samples too. */
export function compared(label: string, a: Share, b: Share): Comparison {
  const [first, second] = [a, b].map(wilson) as [Wilson, Wilson];
  const difference = second.share - first.share;
  const below = Math.hypot(second.share - second.low, first.high - first.share);
  const above = Math.hypot(second.high - second.share, first.share - first.low);
  const interval = [difference - below, difference + above] as const;
  return { label, sides: [a, b], difference, interval, isDifferent: interval[0] > 0 || interval[1] < 0 };
}

interface Wilson {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % of a normal distribution lie below so many deviations. */
const Z = 1.959964;

function wilson({ part, whole }: Share): Wilson {
  if (whole === 0) return { share: 0, low: 0, high: 1 };
  const share = part / whole;
  const denominator = 1 + Z ** 2 / whole;
  const center = (share + Z ** 2 / (2 * whole)) / denominator;
  const half = (Z * Math.sqrt((share * (1 - share)) / whole + Z ** 2 / (4 * whole ** 2))) / denominator;
  return { share, low: center - half, high: center + half };
}
