import { detached } from "../capture/cut.js";
import { withoutInstructorMeta } from "../capture/instructor-meta.js";
import { CUT } from "../capture/bounds.js";
import { DEFAULT_REDACTOR } from "../capture/masking/redactor.js";
import type { Redactor } from "../capture/masking/redactor.js";
import type { CaptureBounds } from "../capture/serialize.js";
import { captureJson } from "../capture/serialize.js";
import { wholeOf } from "../observe/watcher.js";
import type { OpenSpan } from "../scope/open-span.js";
import { limitsOf, untraced } from "../scope/tracing.js";
import type { Entity } from "./entity.js";

const CUT_ITEM = JSON.stringify(CUT);
/** Brackets, commas and the mark of what was cut. */
const MARGIN = 32;
/** That much of what follows the last item is looked at, so that no beginning of a credential stands at its end. */
const AHEAD = 256;

interface RecordedItem {
  readonly json: string;
  /** The item itself where it is a text: the next one may continue it. */
  readonly text: string | undefined;
  /** The object that it is a partial state of. */
  readonly whole: object | undefined;
}

/** The output of a span whose result is consumed item by item: the items, as far as they fit. */
export class RecordedItems {
  readonly #items: RecordedItem[] = [];
  #bytes = 0;
  /** Whether there is no room for more. */
  #isCut = false;
  /** Text that follows the last item; what is no text ends it. */
  #ahead = "";
  #isFollowed = true;
  readonly #entity: Entity;
  readonly #open: OpenSpan;
  readonly #bounds: CaptureBounds;

  constructor(entity: Entity, open: OpenSpan) {
    this.#entity = entity;
    this.#open = open;
    this.#bounds = limitsOf(open.tracing).payload;
  }

  /** Captures an item; what has no room is marked as cut, and nothing of it is held. */
  add(value: unknown): void {
    if (this.#open.isEnded) return;
    if (this.#isCut) {
      this.#lookAt(value);
      return;
    }
    if (!this.#open.takesContent) return;
    // Of an object that grows, the next state replaces the one before.
    const whole = wholeOf(value);
    if (whole !== undefined && whole === this.#items.at(-1)?.whole) this.#bytes -= sizeOf(this.#items.pop());
    const { maxItems, maxDepth } = this.#bounds;
    const room = this.#room;
    if (this.#items.length === maxItems || room <= MARGIN) {
      this.#isCut = true;
      this.#lookAt(value);
      return;
    }
    const kept = this.#entity.outputOf(value);
    if (kept === undefined) return;
    const { redactor } = this.#open.tracing;
    const json = outputJson(kept, redactor, { maxBytes: room, maxItems, maxDepth: maxDepth - 1 });
    if (json === undefined) return;
    const text = typeof kept === "string" && kept.length > room ? detached(kept.slice(0, room)) : kept;
    const item = { json, text: typeof text === "string" ? text : undefined, whole };
    this.#items.push(item);
    this.#bytes += sizeOf(item);
  }

  /** The items as a list; one object that grew is no list. */
  json(): string {
    const [only, ...more] = this.#items;
    if (only?.whole !== undefined && more.length === 0 && !this.#isCut) return only.json;
    const parts: string[] = [];
    let run: RecordedItem[] = [];
    for (const item of this.#items) {
      if (item.text !== undefined) {
        run.push(item);
      } else {
        parts.push(...this.#runJson(run, ""), item.json);
        run = [];
      }
    }
    parts.push(...this.#runJson(run, this.#ahead));
    if (this.#isCut) parts.push(CUT_ITEM);
    return `[${parts.join(",")}]`;
  }

  get #room(): number {
    return this.#bounds.maxBytes - this.#bytes - MARGIN;
  }

  #lookAt(value: unknown): void {
    this.#isFollowed &&= typeof value === "string" && this.#ahead.length < AHEAD;
    if (this.#isFollowed) this.#ahead += String(value).slice(0, AHEAD);
  }

  /** Texts in a row. Where a credential was cut in two, they become the one text that they are pieces of. */
  #runJson(run: readonly RecordedItem[], ahead: string): string[] {
    const { redactor } = this.#open.tracing;
    const pieces = run.map(({ text = "" }) => text);
    const whole = maskedAcross(pieces, ahead, redactor);
    if (whole === undefined) return run.map(({ json }) => json);
    const maxBytes = run.reduce((sum, item) => sum + sizeOf(item), this.#room);
    return [captureJson(whole, redactor, { ...this.#bounds, maxBytes }) ?? CUT_ITEM];
  }
}

const sizeOf = (item: RecordedItem | undefined): number => Buffer.byteLength(item?.json ?? "") + 1;

/** A result or an item as JSON, without what Instructor adds to it. */
export function outputJson(value: unknown, redactor: Redactor, bounds: CaptureBounds): string | undefined {
  return untraced(() => captureJson(withoutInstructorMeta(value, bounds.maxItems), redactor, bounds));
}

/**
 * Masks texts that came one after the other, as the pieces of a streamed answer do. Each was masked for itself, which
 * shows nothing of a credential that was cut in two.
 * @param ahead text that follows them, and is not recorded
 * @returns the whole text, masked, where that shows a credential which its pieces do not; otherwise `undefined`
 */
export function maskedAcross(pieces: readonly string[], ahead: string, redactor: Redactor): string | undefined {
  if (pieces.length === 0 || (pieces.length === 1 && ahead === "")) return undefined;
  // A custom redact function may rewrite texts: what it returns says nothing about where they were cut.
  const rules = redactor.name === undefined ? redactor : DEFAULT_REDACTOR;
  const joined = pieces.join("");
  const whole = rules.text(joined + ahead, undefined, joined.length);
  const apart = pieces.map((piece) => rules.text(piece) ?? "").join("");
  return whole === apart ? undefined : (whole ?? "");
}
