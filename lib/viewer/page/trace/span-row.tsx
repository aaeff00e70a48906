import type { JSX } from "preact";
import { memo } from "preact/compat";
import type { ApiSpan } from "../../api.js";
import { GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK } from "../../../wire/attributes.js";
import { attemptsOf, succeeded } from "../model/attempts.js";
import type { Stretch } from "../model/critical-path.js";
import { durationText, words } from "../model/format.js";
import { roleOf } from "../model/inherited.js";
import { firstNumber } from "../model/json.js";
import type { SpanNode, SpanTree } from "../model/span-tree.js";
import { Icon, RoleIcon } from "../parts/icon.js";

interface SpanRowProps {
  readonly node: SpanNode;
  readonly tree: SpanTree;
  readonly path: readonly Stretch[] | undefined;
  readonly place: { readonly index: number; readonly rowHeight: number };
  readonly isSelected: boolean;
  readonly isCollapsed: boolean;
  readonly select: (spanId: string) => void;
  readonly fold: (node: SpanNode, isFolded: boolean) => void;
}

/** A deep tree is indented no further than this. */
const DEEPEST_INDENT = 18;
const INDENT = 14;
/** In percent of the timeline. */
const ROOM_BEHIND = 80;
const ROOM_BEFORE = 20;
/** Shorter stretches of the critical path would be dots. */
const SHORTEST_STRETCH = 0.004;

export const SpanRow = memo(
  function SpanRow({ node, tree, path, place, isSelected, isCollapsed, select, fold }: SpanRowProps): JSX.Element {
    const { span, depth, children, isOrphan } = node;
    const isError = span.status.code === "error";
    const attempts = attemptsOf(span);
    const descendants = node.subtreeEnd - node.index - 1;
    return (
      <div
        role="row"
        id={`span-${node.index}`}
        class={`span-row${isSelected ? " is-selected" : ""}${isError ? " is-error" : ""}`}
        aria-rowindex={place.index + 2}
        aria-level={depth + 1}
        aria-selected={isSelected}
        {...(children.length > 0 && { "aria-expanded": !isCollapsed })}
        style={{ top: place.index * place.rowHeight, height: place.rowHeight }}
        onClick={() => select(span.spanId)}
      >
        <div
          role="gridcell"
          class="span-name"
          style={{ paddingLeft: 6 + Math.min(depth, DEEPEST_INDENT) * INDENT }}
          title={span.name}
        >
          {children.length > 0 ? (
            <button
              type="button"
              class={isCollapsed ? "fold" : "fold is-open"}
              tabIndex={-1}
              aria-label={`${isCollapsed ? "Unfold" : "Fold"} ${span.name}`}
              onClick={(event) => {
                event.stopPropagation();
                fold(node, !isCollapsed);
              }}
            >
              <Icon name="chevron" size={12} />
            </button>
          ) : (
            <span class="fold" />
          )}
          <RoleIcon role={roleOf(span)} />
          <span class="span-label">{span.name === "" ? "(no name)" : span.name}</span>
          {isCollapsed && <span class="badge">+{descendants}</span>}
          {attempts.length > 1 && <span class="badge badge-warn">{attempts.length}×</span>}
          {isOrphan && (
            <span class="badge" title="Its parent has not arrived">
              no parent
            </span>
          )}
          {isError && (
            <span class="bad">
              <Icon name="error" size={13} />
              <span class="unseen">Error</span>
            </span>
          )}
        </div>
        <div role="gridcell" class="timeline">
          <Bar span={span} tree={tree} path={path} />
        </div>
      </div>
    );
  },
  (before, after) =>
    before.node === after.node &&
    before.path === after.path &&
    before.place.index === after.place.index &&
    before.place.rowHeight === after.place.rowHeight &&
    before.isSelected === after.isSelected &&
    before.isCollapsed === after.isCollapsed &&
    before.fold === after.fold,
);

interface BarProps {
  readonly span: ApiSpan;
  readonly tree: SpanTree;
  readonly path: readonly Stretch[] | undefined;
}

/** When a span ran; its attempts, its first chunk and its part of the critical path. */
function Bar({ span, tree, path }: BarProps): JSX.Element {
  const whole = Math.max(tree.end - tree.start, 0.001);
  const left = ((span.startTime - tree.start) / whole) * 100;
  const width = (Math.max(0, span.durationMs) / whole) * 100;
  const attempts = attemptsOf(span);
  const firstChunk = firstNumber(span.attributes, [
    GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
    "gen_ai.server.time_to_first_token",
  ]);
  const within = ({ start, end }: Stretch): { left: string; width: string } => ({
    left: `${((start - tree.start) / whole) * 100}%`,
    width: `${((end - start) / whole) * 100}%`,
  });
  const said = attempts.map((attempt) => `attempt ${attempt.number}: ${words(attempt.outcome)}`);
  return (
    <>
      <span
        class={`bar bar-${roleOf(span)}${attempts.length > 0 ? " has-attempts" : ""}`}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
      {attempts.map((attempt) => (
        <span
          key={attempt.number}
          class={`attempt ${succeeded(attempt) ? "attempt-ok" : "attempt-failed"}`}
          style={within(attempt)}
          title={`Attempt ${attempt.number}: ${words(attempt.outcome)}, ${durationText(attempt.end - attempt.start)}`}
        />
      ))}
      {firstChunk !== undefined && firstChunk * 1000 <= span.durationMs && (
        <span
          class="first-chunk"
          style={{ left: `${left + ((firstChunk * 1000) / whole) * 100}%` }}
          title={`First chunk after ${durationText(firstChunk * 1000)}`}
        />
      )}
      {path
        ?.filter(({ start, end }) => end - start >= whole * SHORTEST_STRETCH)
        .map((stretch) => (
          <span key={stretch.start} class="critical" style={within(stretch)} title="On the critical path" />
        ))}
      <span class={isInside(left, width) ? "bar-text is-inside" : "bar-text"} style={labelPlace(left, width)}>
        {durationText(span.durationMs)}
        {said.length > 1 && <span class="unseen">, {said.join(", ")}</span>}
        {path !== undefined && <span class="unseen">, on the critical path</span>}
      </span>
    </>
  );
}

/** A duration stands behind its bar, else before it, else inside of it. */
function isInside(left: number, width: number): boolean {
  return left + width > ROOM_BEHIND && left < ROOM_BEFORE;
}

function labelPlace(left: number, width: number): { left?: string; right?: string } {
  if (left + width <= ROOM_BEHIND) return { left: `${left + width}%` };
  return { right: isInside(left, width) ? `${Math.max(0, 100 - left - width)}%` : `${100 - left}%` };
}
