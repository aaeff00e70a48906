import { criticalPath } from "../../../lib/viewer/page/model/critical-path.js";
import { spanTree, visibleNodes } from "../../../lib/viewer/page/model/span-tree.js";
import { apiSpan } from "./api-span.js";

const span = (spanId: string, parentSpanId: string | undefined, startTime: number, endTime: number) =>
  apiSpan(spanId, { startTime, durationMs: endTime - startTime, ...(parentSpanId !== undefined && { parentSpanId }) });

const outline = (tree: ReturnType<typeof spanTree>) => tree.nodes.map(({ span: { spanId }, depth }) => [spanId, depth]);

describe("the tree of a trace", () => {
  it("has parents before their children and siblings by their start, whatever their order", () => {
    const tree = spanTree([
      span("c", "a", 5, 6),
      span("d", "b", 3, 4),
      span("a", undefined, 0, 10),
      span("b", "a", 1, 4),
    ]);
    expect(outline(tree)).toEqual([
      ["a", 0],
      ["b", 1],
      ["d", 2],
      ["c", 1],
    ]);
    expect([tree.start, tree.end]).toEqual([0, 10]);
  });

  it("shows a span whose parent has not arrived as a root, and says so", () => {
    const { roots } = spanTree([span("a", undefined, 0, 9), span("b", "missing", 1, 2)]);
    expect(roots.map(({ span: { spanId }, isOrphan }) => [spanId, isOrphan])).toEqual([
      ["a", false],
      ["b", true],
    ]);
  });

  it("cuts a circle at its earliest span, and shows each span once", () => {
    const tree = spanTree([span("a", "b", 0, 5), span("b", "a", 1, 5), span("self", "self", 2, 3)]);
    expect(outline(tree).sort()).toEqual([
      ["a", 0],
      ["b", 1],
      ["self", 0],
    ]);
  });

  it("holds a chain of 50,000 spans, and is empty without spans", () => {
    const spans = Array.from({ length: 50_000 }, (_, n) =>
      span(String(n), n === 0 ? undefined : String(n - 1), n, n + 1),
    );
    const tree = spanTree(spans);
    expect(tree.nodes.at(-1)?.depth).toBe(49_999);
    expect(criticalPath(tree).size).toBeGreaterThan(0);
    expect(spanTree([])).toEqual({ nodes: [], roots: [], start: 0, end: 0 });
  });

  it("hides what is below a collapsed node", () => {
    const tree = spanTree([
      span("a", undefined, 0, 9),
      span("b", "a", 1, 4),
      span("c", "b", 2, 3),
      span("d", "a", 5, 6),
    ]);
    expect(visibleNodes(tree, new Set([1])).map((node) => node.span.spanId)).toEqual(["a", "b", "d"]);
  });
});

describe("the critical path", () => {
  const pathOf = (...spans: ReturnType<typeof span>[]) => {
    const tree = spanTree(spans);
    const path: Record<string, number[][]> = {};
    for (const [index, stretches] of criticalPath(tree)) {
      const inOrder = stretches.map(({ start, end }) => [start, end]).sort(([a = 0], [b = 0]) => a - b);
      path[tree.nodes[index]?.span.spanId ?? ""] = inOrder;
    }
    return path;
  };

  it("is the child that ended last, then the one before it, and the span's own time between", () => {
    const path = pathOf(
      span("root", undefined, 0, 100),
      span("first", "root", 10, 40),
      span("beside", "root", 12, 30),
      span("last", "root", 50, 90),
    );
    expect(path).toEqual({
      root: [
        [0, 10],
        [40, 50],
        [90, 100],
      ],
      first: [[10, 40]],
      last: [[50, 90]],
    });
  });

  it("leaves out a child's time after its parent's end", () => {
    expect(pathOf(span("root", undefined, 0, 10), span("late", "root", 5, 50))).toEqual({
      root: [[0, 5]],
      late: [[5, 10]],
    });
  });
});
