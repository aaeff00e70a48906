import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { detached } from "../capture/cut.js";
import { ignoreRejection } from "../capture/unwanted-promise.js";
import { CUT } from "../capture/marks.js";
import type { CaptureBounds } from "../capture/serialize.js";
import { captureJson, PAYLOAD_BOUNDS } from "../capture/serialize.js";
import { describeError } from "../scope/error-description.js";
import type { OpenSpan } from "../scope/open-span.js";
import { contextWithin, openSpan } from "../scope/open-span.js";
import type { Scope } from "../scope/scope.js";
import { scopeOf } from "../scope/standing-scope.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import { warnOnce } from "../scope/warn-once.js";
import { ENTITY_INPUT, ENTITY_OUTPUT } from "../wire/attributes.js";
import { TextRun } from "./text-run.js";
import type { Entity } from "./entity.js";
import { argumentsWithoutMeta, withoutInstructorMeta } from "./instructor-meta.js";

const INPUT_START = '{"args":';
const INPUT_END = ',"kwargs":{}}';
/** What a payload may be, less what is around the arguments. */
const ARGUMENT_BOUNDS: CaptureBounds = Object.freeze({
  maxBytes: PAYLOAD_BOUNDS.maxBytes - INPUT_START.length - INPUT_END.length,
  maxItems: PAYLOAD_BOUNDS.maxItems,
  maxDepth: PAYLOAD_BOUNDS.maxDepth - 1,
});
const CUT_ITEM = JSON.stringify(CUT);
/** Brackets, commas and the mark of what was cut. */
const ITEMS_MARGIN = 32;

/** The span of one call of a decorated method, from its start to whatever ends it. */
export class EntitySpan {
  /** What is kept of the items of a generator or stream, as JSON without the brackets. */
  private items = "";
  private itemCount = 0;
  private itemBytes = 0;
  /** Texts that may be pieces of one; where their items begin, and how much room there was. */
  private run: TextRun | undefined;
  private runFrom = 0;
  private runRoom = 0;
  /** Where the mark stands after which no item is recorded. */
  private cutFrom: number | undefined;

  constructor(
    private readonly entity: Entity,
    private readonly open: OpenSpan,
    readonly contexts: Contexts,
    /** The context in which the method runs. */
    readonly context: Context,
  ) {}

  get isOpen(): boolean {
    return !this.open.isEnded;
  }

  /** Captures the arguments, now: a caller may change them afterwards. */
  captureInput(args: readonly unknown[], instance: unknown): void {
    const { captureInput } = this.entity;
    if (captureInput === false || !this.open.takesContent) return;
    let kept = args;
    if (typeof captureInput === "function") {
      const chosen = this.choose("captureInput", captureInput, args, instance);
      if (chosen === undefined) return;
      kept = isList(chosen) ? chosen : [chosen];
    }
    this.open.keep(ENTITY_INPUT, this.inputJson(argumentsWithoutMeta(kept)));
  }

  /** Captures the result and ends the span. */
  finishWith(result: unknown): void {
    const { captureOutput } = this.entity;
    if (captureOutput !== false && this.open.takesContent) {
      if (typeof captureOutput !== "function") {
        this.open.keep(ENTITY_OUTPUT, this.json(withoutInstructorMeta(result) ?? null));
      } else {
        const chosen = this.choose("captureOutput", captureOutput, result);
        if (chosen !== undefined) this.open.keep(ENTITY_OUTPUT, this.json(withoutInstructorMeta(chosen)));
      }
    }
    this.open.end();
  }

  /** The result is consumed item by item: the output is the items, as far as they fit. */
  startItems(): void {
    if (this.entity.captureOutput === false || !this.open.takesContent) return;
    this.open.keep(ENTITY_OUTPUT, "[]");
    this.open.beforeEnd = () => this.endRun();
  }

  /** Captures an item that passes; what has no room is marked as cut, and nothing of it is held. */
  item(value: unknown): void {
    const { captureOutput } = this.entity;
    if (captureOutput === false) return;
    if (this.itemCount > PAYLOAD_BOUNDS.maxItems) {
      this.lookAt(value);
      return;
    }
    if (!this.isOpen || !this.open.takesContent) return;
    const room = PAYLOAD_BOUNDS.maxBytes - this.itemBytes - ITEMS_MARGIN;
    if (this.itemCount === PAYLOAD_BOUNDS.maxItems || room <= ITEMS_MARGIN) {
      this.itemCount = Number.POSITIVE_INFINITY;
      this.cutFrom = this.items.length;
      this.addItem(CUT_ITEM);
      this.lookAt(value);
      return;
    }
    const chosen = typeof captureOutput === "function" ? this.choose("captureOutput", captureOutput, value) : value;
    if (chosen === undefined && typeof captureOutput === "function") return;
    const kept = withoutInstructorMeta(chosen) ?? null;
    this.follow(kept, room);
    const text = captureJson(kept, this.open.tracing.redactor, {
      maxBytes: room,
      maxItems: PAYLOAD_BOUNDS.maxItems,
      maxDepth: PAYLOAD_BOUNDS.maxDepth - 1,
    });
    if (text === undefined) return;
    this.itemCount++;
    this.itemBytes += Buffer.byteLength(text) + 1;
    this.addItem(text);
  }

  /** Ends the span with what it has. */
  finish(): void {
    this.open.end();
  }

  /** Records what was thrown and ends the span. */
  fail(error: unknown): void {
    try {
      this.open.fail(error);
    } catch (failure) {
      warnOnce("fail", `an error could not be recorded (${describeError(failure).type})`);
    }
    this.open.end();
  }

  /** Notes a text that may go on in the next item; what is no text ends the run. */
  private follow(item: unknown, room: number): void {
    if (typeof item !== "string") {
      this.endRun();
    } else {
      const piece = item.length > room ? detached(item.slice(0, room)) : item;
      if (this.run === undefined) {
        this.run = TextRun.of(piece);
        this.runFrom = this.items.length;
        this.runRoom = room;
      } else this.run.add(piece);
    }
  }

  private lookAt(value: unknown): void {
    if (this.run === undefined || !this.isOpen) return;
    if (typeof value !== "string" || !this.run.lookAt(value)) this.endRun();
  }

  /** Where a credential was cut in two, the items that it lies in become the one text that they are pieces of. */
  private endRun(): void {
    const { run } = this;
    this.run = undefined;
    const { redactor } = this.open.tracing;
    const whole = run?.hiding(redactor);
    if (whole === undefined) return;
    const before = this.items.slice(0, this.runFrom);
    const after = this.cutFrom === undefined ? "" : this.items.slice(this.cutFrom);
    const text = captureJson(whole, redactor, { ...PAYLOAD_BOUNDS, maxBytes: this.runRoom }) ?? CUT_ITEM;
    this.items = (before === "" ? text : `${before},${text}`) + after;
    this.itemBytes = Buffer.byteLength(this.items);
    this.open.keep(ENTITY_OUTPUT, `[${this.items}]`);
  }

  private addItem(text: string): void {
    this.items = this.items === "" ? text : `${this.items},${text}`;
    this.open.keep(ENTITY_OUTPUT, `[${this.items}]`);
  }

  /** `{"args": [...], "kwargs": {}}`, of which the arguments alone have to be put together at each call. */
  private inputJson(args: readonly unknown[]): string | undefined {
    const list = captureJson(args, this.open.tracing.redactor, ARGUMENT_BOUNDS);
    return list === undefined ? undefined : INPUT_START + list + INPUT_END;
  }

  private json(value: unknown): string | undefined {
    return captureJson(value, this.open.tracing.redactor);
  }

  /** What a function of the user's keeps; `undefined`, and one warning, where it throws. */
  private choose<Args extends unknown[]>(option: string, keep: (...args: Args) => unknown, ...args: Args): unknown {
    const { where } = this.entity;
    try {
      const kept = keep(...args);
      if (!types.isPromise(kept) || args.some((one) => one === kept)) return kept;
      ignoreRejection(kept);
      warnOnce(`${option}:${where}`, `${where}: ${option} must not be async; nothing was kept`);
      return undefined;
    } catch (error) {
      warnOnce(`${option}:${where}`, `${where}: ${option} threw (${describeError(error).type}); nothing was kept`);
      return undefined;
    }
  }
}

/** `Array.isArray` throws for a Proxy that was revoked. */
function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Opens the span of a call. Never throws.
 * @param context where the call was made
 * @returns `undefined` where there is to be none: the method then runs as if it were not decorated
 */
export function openEntitySpan(
  tracing: Tracing,
  entity: Entity,
  context: Context,
  instance: unknown,
  args: readonly unknown[],
): EntitySpan | undefined {
  try {
    const outer = scopeOf(context, tracing.defaults);
    const frame = entity.frameIn(outer, tracing.redactor, instance, args);
    const open = openSpan(
      tracing,
      context,
      frame.prompt === outer.prompt ? outer : { ...outer, prompt: frame.prompt },
      frame.spanName,
      SpanKind.INTERNAL,
      frame.attributes,
      entity.decision(instance, args),
    );
    if (open === undefined) return undefined;
    if (entity.isVetoed) open.vetoed = true;
    const inner: Scope = {
      inherited: frame.inherited,
      prompt: frame.prompt,
      workflowName: frame.workflowName,
      path: frame.path,
      gate: open,
      open,
      remote: undefined,
      isInsideChat: outer.isInsideChat,
    };
    const span = new EntitySpan(entity, open, tracing.contexts, contextWithin(open, context, inner));
    span.captureInput(args, instance);
    return span;
  } catch (error) {
    warnOnce("entity", `a decorated call could not be traced (${describeError(error).type})`);
    return undefined;
  }
}
