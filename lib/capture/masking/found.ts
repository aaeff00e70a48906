import { MASK } from "./marks.js";

/**
 * A credential that was found: what stands in its place, and from where to where. One object serves a whole scan, so
 * that looking costs no allocation.
 */
export interface Found {
  from: number;
  to: number;
  mask: string;
}

/**
 * Looks for a credential around the character at `at`.
 *
 * @param floor Nothing before it may be looked at: it was masked already.
 * @param end Nothing from here on may be looked at.
 */
export type Detector = (text: string, at: number, floor: number, end: number, found: Found) => boolean;

/** Notes down what was found; false where that is nothing. */
export function take(found: Found, from: number, to: number, mask: string = MASK): boolean {
  found.from = from;
  found.to = to;
  found.mask = mask;
  return to > from;
}
