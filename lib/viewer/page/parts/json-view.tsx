import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isList, isObject } from "../model/json.js";
import type { Json } from "../model/json.js";
import { Icon } from "./icon.js";

/** Deeper levels are folded at first, and so are long lists. */
const OPEN_DEPTH = 3;
const OPEN_LENGTH = 40;
const PAGE = 100;
const LONG_TEXT = 2000;

/** JSON with folding. What is folded is not in the document. */
export function JsonView({ value }: { value: Json }): JSX.Element {
  return (
    <div class="json">
      <Value value={value} depth={0} isLast />
    </div>
  );
}

interface ValueProps {
  readonly name?: string;
  readonly value: Json;
  readonly depth: number;
  readonly isLast: boolean;
}

function Value({ name, value, depth, isLast }: ValueProps): JSX.Element {
  const comma = isLast ? "" : ",";
  const isListed = isList(value);
  if (!isListed && !isObject(value)) {
    return (
      <div class="json-line">
        <Name name={name} />
        <Scalar value={value} />
        {comma}
      </div>
    );
  }
  const size = isListed ? value.length : Object.keys(value).length;
  const [open, close] = isListed ? ["[", "]"] : ["{", "}"];
  if (size === 0) {
    return (
      <div class="json-line">
        <Name name={name} />
        {open}
        {close}
        {comma}
      </div>
    );
  }
  return <Folded name={name} value={value} depth={depth} comma={comma} brackets={[open, close]} />;
}

interface FoldedProps {
  readonly name: string | undefined;
  readonly value: Exclude<Json, string | number | boolean | null>;
  readonly depth: number;
  readonly comma: string;
  readonly brackets: readonly [open: string, close: string];
}

function Folded({ name, value, depth, comma, brackets: [open, close] }: FoldedProps): JSX.Element {
  const entries: readonly (readonly [string | undefined, Json])[] = isList(value)
    ? value.map((item) => [undefined, item] as const)
    : Object.entries(value);
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && (depth === 0 || entries.length <= OPEN_LENGTH));
  const [shown, setShown] = useState(PAGE);
  const rest = entries.length - shown;
  const what = isList(value) ? "item" : "field";
  return (
    <div class="json-fold">
      <button type="button" class="json-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="chevron" size={12} />
        <Name name={name} />
        {open}
        {!isOpen && (
          <span class="quiet">
            {" "}
            {entries.length} {what}
            {entries.length === 1 ? "" : "s"} {close}
            {comma}
          </span>
        )}
      </button>
      {isOpen && (
        <>
          <div class="json-body">
            {entries.slice(0, shown).map(([key, item], index) => (
              <Value
                key={key ?? index}
                {...(key !== undefined && { name: key })}
                value={item}
                depth={depth + 1}
                isLast={index === entries.length - 1}
              />
            ))}
            {rest > 0 && (
              <button type="button" class="button" onClick={() => setShown(shown + PAGE * 10)}>
                Show {rest} more
              </button>
            )}
          </div>
          <div class="json-line">
            {close}
            {comma}
          </div>
        </>
      )}
    </div>
  );
}

function Name({ name }: { name: string | undefined }): JSX.Element | null {
  return name === undefined ? null : (
    <>
      <span class="json-key">{JSON.stringify(name)}</span>
      {": "}
    </>
  );
}

/** A value that is neither an object nor a list. */
export function Scalar({ value }: { value: string | number | boolean | null }): JSX.Element {
  if (typeof value === "string") {
    return <LongText class="json-string" text={JSON.stringify(value)} />;
  }
  return <span class={value === null ? "json-null" : `json-${typeof value}`}>{String(value)}</span>;
}

/** Text that is cut until the rest is asked for. */
export function LongText({ text, class: name }: { text: string; class: string }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  if (isWhole || text.length <= LONG_TEXT) return <span class={name}>{text}</span>;
  return (
    <span class={name}>
      {text.slice(0, LONG_TEXT)}…{" "}
      <button type="button" class="button" onClick={() => setWhole(true)}>
        Show all {text.length.toLocaleString("en-US")} characters
      </button>
    </span>
  );
}
