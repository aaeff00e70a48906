import type { Attributes } from "@opentelemetry/api";

/** Enough for a dashboard; a backend keeps one time series, or a dozen, for each set. */
const MOST_SETS = 200;

/** In place of every label of a set that there is no room for. */
const OTHER = "other";

/**
 * Bounds how many sets of labels an instrument gets. A program that makes up names, of response models say, would
 * otherwise create time series without end.
 */
export class LabelSets {
  readonly #known = new Set<string>();

  /** The labels as they are, or with `other` for each text where there are too many sets; numbers are then left out. */
  bounded(labels: Attributes): Attributes {
    const key = JSON.stringify(labels);
    if (this.#known.has(key)) return labels;
    if (this.#known.size < MOST_SETS) {
      this.#known.add(key);
      return labels;
    }
    const names = Object.keys(labels).filter((name) => typeof labels[name] === "string");
    return Object.fromEntries(names.map((name) => [name, OTHER]));
  }
}
