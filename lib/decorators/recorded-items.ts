import { detached } from "../capture/cut.js";
import { withoutInstructorMeta } from "../capture/instructor-meta.js";
import { CUT } from "../capture/masking/marks.js";
import type { CaptureBounds } from "../capture/serialize.js";
import { captureJson } from "../capture/serialize.js";
import type { OpenSpan } from "../scope/open-span.js";
import { limitsOf } from "../scope/tracing.js";
import { untraced } from "../scope/untraced.js";
import { wholeOf } from "../observe/growing.js";
import type { Entity } from "./entity.js";
import { TextRun } from "./text-run.js";

const CUT_ITEM = JSON.stringify(CUT);
/** Brackets, commas and the mark of what was cut. */
const MARGIN = 32;

/** The output of a span whose result is consumed item by item: the items, as far as they fit. */
export class RecordedItems {
  /** JSON without the brackets. */
  #text = "";
  #count = 0;
  #bytes = 0;
  /** Texts that may be pieces of one; where their items begin, and how much room there was. */
  #run: TextRun | undefined;
  #runFrom = 0;
  #runRoom = 0;
  /** Where the mark stands after which no item is recorded. */
  #cutFrom: number | undefined;
  /** The object that the last item is a partial state of, and what was recorded before that. */
  #partial: { readonly whole: object; readonly text: string; count: number; bytes: number } | undefined;

  readonly #entity: Entity;
  readonly #open: OpenSpan;
  readonly #bounds: CaptureBounds;
  readonly #keep: (text: string) => void;

  /** @param keep takes what is recorded so far */
  constructor(entity: Entity, open: OpenSpan, keep: (text: string) => void) {
    this.#entity = entity;
    this.#open = open;
    this.#keep = keep;
    this.#bounds = limitsOf(open.tracing).payload;
  }

  /** Captures an item; what has no room is marked as cut, and nothing of it is held. */
  add(value: unknown): void {
    this.#replacePartial(wholeOf(value));
    if (this.#count > this.#bounds.maxItems) {
      this.#lookAt(value);
      return;
    }
    if (this.#open.isEnded || !this.#open.takesContent) return;
    const room = this.#bounds.maxBytes - this.#bytes - MARGIN;
    if (this.#count === this.#bounds.maxItems || room <= MARGIN) {
      this.#count = Number.POSITIVE_INFINITY;
      this.#cutFrom = this.#text.length;
      this.#put(CUT_ITEM);
      this.#lookAt(value);
      return;
    }
    const { captureOutput } = this.#entity;
    const isChosen = typeof captureOutput === "function";
    const chosen = isChosen ? this.#entity.chosenBy("captureOutput", captureOutput, value) : value;
    if (chosen === undefined && isChosen) return;
    const text = untraced(() => {
      const kept = withoutInstructorMeta(chosen, this.#bounds.maxItems) ?? null;
      this.#follow(kept, room);
      return captureJson(kept, this.#open.tracing.redactor, {
        maxBytes: room,
        maxItems: this.#bounds.maxItems,
        maxDepth: this.#bounds.maxDepth - 1,
      });
    });
    if (text === undefined) return;
    this.#count++;
    this.#bytes += Buffer.byteLength(text) + 1;
    this.#put(text);
  }

  /** Of an object that grows, the next state replaces the one before. */
  #replacePartial(whole: object | undefined): void {
    if (whole !== undefined && whole === this.#partial?.whole) {
      ({ text: this.#text, count: this.#count, bytes: this.#bytes } = this.#partial);
      this.#cutFrom = undefined;
      return;
    }
    const isFull = this.#cutFrom !== undefined;
    const before = { text: this.#text, count: this.#count, bytes: this.#bytes };
    this.#partial = whole === undefined || isFull ? undefined : { whole, ...before };
  }

  /** Notes a text that may go on in the next item; what is no text ends the run. */
  #follow(item: unknown, room: number): void {
    if (typeof item !== "string") {
      this.endRun();
    } else {
      const piece = item.length > room ? detached(item.slice(0, room)) : item;
      if (this.#run === undefined) {
        this.#run = new TextRun(piece);
        this.#runFrom = this.#text.length;
        this.#runRoom = room;
      } else this.#run.add(piece);
    }
  }

  #lookAt(value: unknown): void {
    if (this.#run === undefined || this.#open.isEnded) return;
    if (typeof value !== "string" || !this.#run.lookAt(value)) this.endRun();
  }

  /**
   * No piece of the running text follows. Where a credential was cut in two, the items that it lies in become the one
   * text that they are pieces of.
   */
  endRun(): void {
    const run = this.#run;
    this.#run = undefined;
    const { redactor } = this.#open.tracing;
    const whole = run?.hiding(redactor);
    if (whole === undefined) return;
    const before = this.#text.slice(0, this.#runFrom);
    const after = this.#cutFrom === undefined ? "" : this.#text.slice(this.#cutFrom);
    const text = captureJson(whole, redactor, { ...this.#bounds, maxBytes: this.#runRoom }) ?? CUT_ITEM;
    this.#text = (before === "" ? text : `${before},${text}`) + after;
    this.#bytes = Buffer.byteLength(this.#text);
    this.#keep(`[${this.#text}]`);
  }

  #put(json: string): void {
    this.#text = this.#text === "" ? json : `${this.#text},${json}`;
    // One object that grew is no list.
    this.#keep(this.#partial?.text === "" ? this.#text : `[${this.#text}]`);
  }
}
