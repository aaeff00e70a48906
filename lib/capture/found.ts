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
