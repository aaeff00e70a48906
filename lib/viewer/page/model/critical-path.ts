import { endOf } from "./span-tree.js";
import type { SpanNode, SpanTree } from "./span-tree.js";

/** A stretch of time, in milliseconds since 1970. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * What the trace waited for, by the node's place in the tree: going back from a span's end, the child that ended last is
 * what it waited for, then the child that ended last before that one started. The time in between is the span's own. A
 * child's time outside its parent's is left out: nothing waited for it.
 */
export function criticalPath(tree: SpanTree): ReadonlyMap<number, readonly Stretch[]> {
  const path = new Map<number, Stretch[]>();
  const open: { node: SpanNode | undefined; children: readonly SpanNode[]; start: number; end: number }[] = [
    { node: undefined, children: tree.roots, start: tree.start, end: tree.end },
  ];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { node, start } = top;
    let cursor = top.end;
    const own = (from: number, to: number): void => {
      if (node === undefined || to <= from) return;
      const stretches = path.get(node.index);
      if (stretches === undefined) path.set(node.index, [{ start: from, end: to }]);
      else stretches.push({ start: from, end: to });
    };
    for (const child of [...top.children].sort((a, b) => endOf(b.span) - endOf(a.span))) {
      const childStart = Math.max(child.span.startTime, start);
      const childEnd = Math.min(endOf(child.span), cursor);
      if (childEnd <= childStart) continue;
      own(childEnd, cursor);
      open.push({ node: child, children: child.children, start: childStart, end: childEnd });
      cursor = childStart;
    }
    own(start, cursor);
  }
  return path;
}
