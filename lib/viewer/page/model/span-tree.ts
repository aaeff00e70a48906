import type { ApiSpan } from "../../api.js";

export interface SpanNode {
  readonly span: ApiSpan;
  /** Its place in {@link SpanTree.nodes}. */
  readonly index: number;
  readonly depth: number;
  readonly parent: SpanNode | undefined;
  readonly children: readonly SpanNode[];
  /** The place after its last descendant. */
  readonly subtreeEnd: number;
  /** It names a parent that has not arrived. */
  readonly isOrphan: boolean;
}

export interface SpanTree {
  /** Parents before their children, siblings in order of their start. */
  readonly nodes: readonly SpanNode[];
  readonly roots: readonly SpanNode[];
  readonly start: number;
  readonly end: number;
}

interface Building {
  readonly span: ApiSpan;
  index: number;
  depth: number;
  parent: Building | undefined;
  children: Building[];
  subtreeEnd: number;
  isOrphan: boolean;
}

/**
 * A tree of whatever spans there are: a span without its parent is a root, and so is the earliest span of a cycle. No
 * recursion, so that a chain of 50,000 spans does not overflow the stack.
 */
export function spanTree(spans: readonly ApiSpan[]): SpanTree {
  const sorted = [...spans].sort((a, b) => a.startTime - b.startTime);
  const all = sorted.map((span): Building => ({
    span,
    index: -1,
    depth: 0,
    parent: undefined,
    children: [],
    subtreeEnd: -1,
    isOrphan: false,
  }));
  const byId = new Map<string, Building>();
  for (const building of all) if (!byId.has(building.span.spanId)) byId.set(building.span.spanId, building);

  const roots: Building[] = [];
  for (const building of all) {
    const { parentSpanId } = building.span;
    const parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId);
    if (parent === undefined || parent === building) {
      building.isOrphan = parentSpanId !== undefined && parent === undefined;
      roots.push(building);
    } else {
      building.parent = parent;
      parent.children.push(building);
    }
  }

  const nodes: Building[] = [];
  for (const root of roots) place(root, nodes);
  // What is left hangs on a cycle: cut it at its earliest span.
  for (const building of all) {
    if (building.index >= 0) continue;
    const parent = building.parent;
    if (parent !== undefined) parent.children = parent.children.filter((child) => child !== building);
    building.parent = undefined;
    roots.push(building);
    place(building, nodes);
  }
  return { nodes, roots, ...extent(nodes) };
}

/** Appends a root and its descendants. */
function place(root: Building, nodes: Building[]): void {
  const stack: { building: Building; next: number }[] = [{ building: root, next: 0 }];
  root.index = nodes.push(root) - 1;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.building.children[top.next];
    top.next += 1;
    if (child === undefined) {
      top.building.subtreeEnd = nodes.length;
      stack.pop();
    } else if (child.index < 0) {
      child.depth = top.building.depth + 1;
      child.index = nodes.push(child) - 1;
      stack.push({ building: child, next: 0 });
    }
  }
}

function extent(nodes: readonly Building[]): { start: number; end: number } {
  if (nodes.length === 0) return { start: 0, end: 0 };
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { span } of nodes) {
    start = Math.min(start, span.startTime);
    end = Math.max(end, endOf(span));
  }
  return { start, end };
}

export function endOf(span: ApiSpan): number {
  return span.startTime + Math.max(0, span.durationMs);
}

/** The nodes that are shown while some are collapsed. */
export function visibleNodes(tree: SpanTree, collapsed: ReadonlySet<number>): readonly SpanNode[] {
  if (collapsed.size === 0) return tree.nodes;
  const shown: SpanNode[] = [];
  for (let index = 0; index < tree.nodes.length;) {
    const node = tree.nodes[index];
    if (node === undefined) break;
    shown.push(node);
    index = collapsed.has(index) ? node.subtreeEnd : index + 1;
  }
  return shown;
}
