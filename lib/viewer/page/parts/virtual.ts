import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface Virtual {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** The rows to show: from `first` to before `last`. */
  readonly first: number;
  readonly last: number;
  readonly height: number;
  /** Scrolls as little as brings a row into sight. */
  readonly reveal: (index: number) => void;
}

const OVERSCAN = 8;

export interface VirtualOptions {
  readonly count: number;
  readonly rowHeight: number;
  /** What stands above the rows inside of the scroller and stays in sight. */
  readonly headHeight: number;
}

/** Rows of one height, of which only those in sight are in the document. */
export function useVirtual({ count, rowHeight, headHeight }: VirtualOptions): Virtual {
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, rows: Math.ceil(innerHeight / rowHeight) });
  const read = useCallback((): void => {
    const element = scroller.current;
    if (!element) return;
    const top = Math.floor(element.scrollTop / rowHeight);
    const rows = Math.ceil(element.clientHeight / rowHeight);
    setSeen((before) => (before.top === top && before.rows === rows ? before : { top, rows }));
  }, [rowHeight]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [read]);
  const reveal = useCallback(
    (index: number): void => {
      const element = scroller.current;
      if (!element || index < 0) return;
      const top = index * rowHeight;
      const room = element.clientHeight - headHeight - rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top > element.scrollTop + room) element.scrollTop = top - room;
    },
    [rowHeight, headHeight],
  );
  // A step of four rows: scrolling by one row does not draw all of them anew.
  const step = Math.floor(seen.top / 4) * 4;
  return {
    scroller,
    onScroll: read,
    first: Math.max(0, Math.min(step, count) - OVERSCAN),
    last: Math.min(count, step + seen.rows + OVERSCAN + 4),
    height: count * rowHeight,
    reveal,
  };
}
