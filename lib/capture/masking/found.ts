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

/** Notes down what was found; false where that is nothing. */
export function take(found: Found, from: number, to: number, mask: string = MASK): boolean {
  found.from = from;
  found.to = to;
  found.mask = mask;
  return to > from;
}
