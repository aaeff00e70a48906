/**
 * Rows of the table.
 * @typedef {object} Row
 * @property {string} case
 * @property {string} what
 * @property {string} figure
 * @property {string} spread the middle half of the rounds
 * @property {string} target empty where there is none
 * @property {boolean | undefined} isMet
 * @property {{ median: number, low?: number, high?: number } | undefined} value
 * @property {string} [remark] what must be known beside the figure, such as the bytes that were sent
 * @property {boolean} [isDetail] follows from other rows: kept in the results, left out of the page
 */

const digits = (value) => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
const shown = (value) => value.toFixed(digits(value));

export const times = (value) => `${shown(value)}×`;
export const micros = (nanos) => `${shown(nanos / 1_000)} µs`;
export const nanos = (value) => `${value.toFixed(0)} ns`;
export const millis = (value) => `${shown(value)} ms`;
export const bytes = (value) => `${shown(value)} B`;

/**
 * @param {string} what
 * @param {{ median: number, low: number, high: number }} value
 * @param {(value: number) => string} unit
 * @param {{ atMost?: number, atLeast?: number, text?: string }} [target]
 */
export function row(what, value, unit, target) {
  const { atMost, atLeast } = target ?? {};
  const hasTarget = atMost !== undefined || atLeast !== undefined;
  return {
    what,
    figure: unit(value.median),
    spread: value.low === undefined ? "" : `${unit(value.low)} – ${unit(value.high)}`,
    target: !hasTarget ? "" : atMost === undefined ? `≥ ${unit(atLeast)}` : `≤ ${unit(atMost)}`,
    isMet: !hasTarget ? undefined : atMost === undefined ? value.median >= atLeast : value.median <= atMost,
    value,
  };
}

/** A row for what could not be measured, or is a fact without a figure. */
export function note(what, figure) {
  return { what, figure, spread: "", target: "", isMet: undefined, value: undefined };
}

/** The last line of an error, short enough for a table. */
export function failure(what, error) {
  const line =
    String(error)
      .split("\n")
      .find((text) => /error/i.test(text)) ?? String(error).split("\n")[0];
  return note(what, `failed: ${line.trim().slice(0, 120)}`);
}
