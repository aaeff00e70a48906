import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useKeys, useMedia } from "../hooks.js";
import { criticalPath } from "../model/critical-path.js";
import { durationText, plural } from "../model/format.js";
import { visibleNodes } from "../model/span-tree.js";
import type { SpanNode, SpanTree } from "../model/span-tree.js";
import { Icon } from "../parts/icon.js";
import { useVirtual } from "../parts/virtual.js";
import { SpanRow } from "./span-row.js";

interface WaterfallProps {
  readonly tree: SpanTree;
  readonly selected: SpanNode | undefined;
  readonly select: (spanId: string) => void;
  /** Back to the list. */
  readonly leave: () => void;
  /** On to the span's details. */
  readonly enter: () => void;
}

const HEAD = 30;
const NO_PATH: ReturnType<typeof criticalPath> = new Map();

/** The tree and, beside it, when each span ran. Only the rows in sight are in the document. */
export function Waterfall({ tree, selected, select, leave, enter }: WaterfallProps): JSX.Element {
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const [isPathShown, setPathShown] = useState(true);
  const [text, setText] = useState("");
  const find = useRef<HTMLInputElement>(null);
  const path = useMemo(() => (isPathShown ? criticalPath(tree) : NO_PATH), [tree, isPathShown]);
  const rows = useMemo(() => shownNodes(tree, collapsed, text), [tree, collapsed, text]);
  const rowHeight = useMedia("(pointer: coarse)") ? 36 : 30;
  const { scroller, onScroll, first, last, height, reveal } = useVirtual({
    count: rows.length,
    rowHeight,
    headHeight: HEAD,
  });
  const at = selected === undefined ? -1 : rows.indexOf(selected);
  useEffect(() => reveal(at), [at, reveal]);
  useEffect(() => scroller.current?.focus({ preventScroll: true }), []);

  const fold = (node: SpanNode, isFolded: boolean): void => {
    const next = new Set(collapsed);
    if (isFolded) next.add(node.index);
    else next.delete(node.index);
    setCollapsed(next);
  };
  const move = (by: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) select(next.span.spanId);
  };
  const closeOrUp = (): void => {
    if (!selected) return;
    if (selected.children.length > 0 && !collapsed.has(selected.index)) fold(selected, true);
    else if (selected.parent) select(selected.parent.span.spanId);
  };
  const openOrDown = (): void => {
    if (!selected || selected.children.length === 0) return;
    if (collapsed.has(selected.index)) fold(selected, false);
    else move(1);
  };
  const nextError = (): void => {
    const isError = ({ span }: SpanNode): boolean => span.status.code === "error";
    const next = rows.slice(at + 1).find(isError) ?? rows.find(isError);
    if (next) select(next.span.spanId);
  };
  const escape = (): void => {
    const { activeElement } = document;
    if (activeElement === find.current || activeElement?.closest(".panel")) scroller.current?.focus();
    else if (text !== "") setText("");
    else leave();
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    g: () => move(-rows.length),
    G: () => move(rows.length),
    Home: () => move(-rows.length),
    End: () => move(rows.length),
    h: closeOrUp,
    ArrowLeft: closeOrUp,
    l: openOrDown,
    ArrowRight: openOrDown,
    n: nextError,
    c: () => setPathShown(!isPathShown),
    Enter: enter,
    "/": () => find.current?.select(),
    Escape: escape,
  });

  return (
    <section class="waterfall" aria-label="Spans">
      <div class="toolbar">
        <label class="search">
          <Icon name="search" size={14} />
          <span class="unseen">Find a span</span>
          <input
            ref={find}
            type="search"
            placeholder="Find a span"
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <button
          type="button"
          class="button"
          aria-pressed={isPathShown}
          title="What the trace waited for (c)"
          onClick={() => setPathShown(!isPathShown)}
        >
          <span class="path-key" aria-hidden="true" />
          Critical path
        </button>
        <span class="quiet counts-inline" role="status">
          {text === "" ? plural(tree.nodes.length, "span") : `${rows.length} of ${plural(tree.nodes.length, "span")}`}
        </span>
      </div>
      <div
        class="grid spans"
        role="treegrid"
        aria-label="Span tree"
        aria-rowcount={rows.length + 1}
        aria-colcount={2}
        aria-activedescendant={at >= first && at < last && selected ? `span-${selected.index}` : undefined}
        tabIndex={0}
        ref={scroller}
        onScroll={onScroll}
      >
        <div role="rowgroup" class="grid-head">
          <div role="row" class="span-row" aria-rowindex={1}>
            <div role="columnheader">Span</div>
            <div role="columnheader" class="axis">
              <span class="unseen">Timeline</span>
              <Axis length={tree.end - tree.start} />
            </div>
          </div>
        </div>
        <div role="rowgroup" class="grid-body" style={{ height }}>
          {rows.slice(first, last).map((node, offset) => (
            <SpanRow
              key={node.index}
              node={node}
              tree={tree}
              path={path.get(node.index)}
              place={{ index: first + offset, rowHeight }}
              isSelected={node === selected}
              isCollapsed={collapsed.has(node.index)}
              select={select}
              fold={fold}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

function shownNodes(tree: SpanTree, collapsed: ReadonlySet<number>, text: string): readonly SpanNode[] {
  if (text === "") return visibleNodes(tree, collapsed);
  const wanted = text.toLowerCase();
  return tree.nodes.filter(
    ({ span }) =>
      span.name.toLowerCase().includes(wanted) || JSON.stringify(span.attributes).toLowerCase().includes(wanted),
  );
}

function Axis({ length }: { length: number }): JSX.Element {
  return (
    <>
      {[0, 0.25, 0.5, 0.75].map((share) => (
        <span key={share} class="tick" style={{ left: `${share * 100}%` }} aria-hidden="true">
          {durationText(length * share)}
        </span>
      ))}
    </>
  );
}
