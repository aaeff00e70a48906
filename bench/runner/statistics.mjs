/** Figures of a run: medians of what each round gave, with the quartiles around them. */

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** @returns {{ median: number, low: number, high: number }} the quartiles */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** Round by round, so that a moment in which the whole machine was slow cancels itself out. */
export function ratio(values, base) {
  return summary(values.map((value, round) => value / base[round]));
}

export function difference(values, base) {
  return summary(values.map((value, round) => value - base[round]));
}

export function scaled({ median, low, high }, factor) {
  return { median: median * factor, low: low * factor, high: high * factor };
}
