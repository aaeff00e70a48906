import type { Context } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { argumentsWithoutMeta } from "../capture/instructor-meta.js";
import { captureJson } from "../capture/serialize.js";
import { describeError } from "../observe/errors.js";
import { isStream, watchResult } from "../observe/stream.js";
import { isNativePromise, isThenable } from "../observe/thenable.js";
import { warnOnce } from "../observe/warn-once.js";
import type { ValueWatcher } from "../observe/watcher.js";
import type { OpenSpan } from "../scope/open-span.js";
import { contextWithin, openSpan } from "../scope/open-span.js";
import type { AttributeMap, Scope } from "../scope/scope.js";
import { scopeOf } from "../scope/standing-scope.js";
import type { Contexts, Tracing } from "../scope/tracing.js";
import { limitsOf, untraced } from "../scope/tracing.js";
import {
  ENTITY_INPUT,
  ENTITY_NAME,
  ENTITY_OUTPUT,
  GEN_AI_AGENT_NAME,
  GEN_AI_OPERATION_NAME,
  GEN_AI_TOOL_CALL_ARGUMENTS,
  GEN_AI_TOOL_CALL_RESULT,
  GEN_AI_TOOL_NAME,
  GEN_AI_TOOL_TYPE,
  GEN_AI_WORKFLOW_NAME,
} from "../wire/attributes.js";
import type { Entity, EntityCall } from "./entity.js";
import type { EntityKind } from "./entity-options.js";
import { outputJson, RecordedItems } from "./recorded-items.js";

const INPUT_START = '{"args":';
const INPUT_END = ',"kwargs":{}}';

/** What the GenAI conventions call a tool's input and output. */
const TOOL_CALL = { [ENTITY_INPUT]: GEN_AI_TOOL_CALL_ARGUMENTS, [ENTITY_OUTPUT]: GEN_AI_TOOL_CALL_RESULT };

/** What OpenTelemetry's GenAI conventions call a decorated call, by its kind; they have no name for a task. */
const OPERATIONS: Readonly<
  Record<EntityKind, { readonly name: string; readonly attributes: AttributeMap } | undefined>
> = {
  workflow: { name: GEN_AI_WORKFLOW_NAME, attributes: { [GEN_AI_OPERATION_NAME]: "invoke_workflow" } },
  agent: { name: GEN_AI_AGENT_NAME, attributes: { [GEN_AI_OPERATION_NAME]: "invoke_agent" } },
  tool: {
    name: GEN_AI_TOOL_NAME,
    attributes: { [GEN_AI_OPERATION_NAME]: "execute_tool", [GEN_AI_TOOL_TYPE]: "function" },
  },
  task: undefined,
};

/** The attributes of a span's start, with those of the conventions' current form. */
function withOperation(kind: EntityKind, attributes: Readonly<AttributeMap>): Readonly<AttributeMap> {
  const operation = OPERATIONS[kind];
  if (operation === undefined) return attributes;
  const { [ENTITY_NAME]: name = "" } = attributes;
  return { ...attributes, ...operation.attributes, [operation.name]: name };
}

/** The span of one call of a decorated method, from its start to whatever ends it. */
export class EntitySpan implements ValueWatcher {
  readonly contexts: Contexts;
  /** The context in which the method runs. */
  readonly context: Context;
  #items: RecordedItems | undefined;
  readonly #entity: Entity;
  readonly #open: OpenSpan;

  constructor(entity: Entity, open: OpenSpan, context: Context) {
    this.#entity = entity;
    this.#open = open;
    this.contexts = open.tracing.contexts;
    this.context = context;
  }

  get isOpen(): boolean {
    return !this.#open.isEnded;
  }

  /** Captures the arguments, now: a caller may change them afterwards. */
  captureInput(call: EntityCall): void {
    if (!this.#open.takesContent) return;
    const kept = this.#entity.inputOf(call);
    if (kept === undefined) return;
    const { redactor } = this.#open.tracing;
    const { maxBytes, maxItems, maxDepth } = limitsOf(this.#open.tracing).payload;
    const room = maxBytes - INPUT_START.length - INPUT_END.length;
    const bounds = { maxBytes: room, maxItems, maxDepth: maxDepth - 1 };
    const list = untraced(() => captureJson(argumentsWithoutMeta(kept, maxItems), redactor, bounds));
    // `{"args": [...], "kwargs": {}}`, of which the arguments alone have to be put together at each call.
    this.#open.keep(ENTITY_INPUT, list === undefined ? undefined : INPUT_START + list + INPUT_END, list);
  }

  /**
   * The method has returned: the span ends now, or when its promise has settled or its stream is consumed.
   * @returns what the caller gets: the result itself, or for a native promise the one after it
   */
  returned(result: unknown): unknown {
    try {
      if (!isThenable(result)) {
        this.settle(result);
        return result;
      }
      if (!isNativePromise(result)) this.#open.idleSince = this.#open.clock.now();
      return watchResult(result, this);
    } catch (error) {
      return this.#giveUp(result, error);
    }
  }

  /** The value has come, at once or by a promise: the span ends with it, or for a stream when that is consumed. */
  settle(value: unknown): void {
    try {
      if (typeof value !== "object" || value === null || !isStream(value)) {
        this.#finishWith(value);
      } else {
        this.#open.idleSince = this.#open.clock.now();
        watchResult(value, this);
      }
    } catch (error) {
      this.#giveUp(value, error);
    }
  }

  /** A result that cannot even be asked what it is: a revoked Proxy, one whose traps throw. */
  #giveUp(result: unknown, error: unknown): unknown {
    warnOnce("settle", `a result could not be observed (${describeError(error).type})`);
    this.#finishWith(result);
    return result;
  }

  /** Captures the result and ends the span. */
  #finishWith(result: unknown): void {
    this.#items = undefined;
    if (this.#open.takesContent) {
      const { redactor } = this.#open.tracing;
      const kept = this.#entity.outputOf(result);
      const { payload } = limitsOf(this.#open.tracing);
      if (kept !== undefined) this.#open.keep(ENTITY_OUTPUT, outputJson(kept, redactor, payload));
    }
    this.finish();
  }

  /** The caller begins to consume the result. */
  consumed(): void {
    this.#open.idleSince = undefined;
  }

  /** The result was dropped: the span ends when it last did something. */
  dropped(): void {
    this.#open.end();
  }

  /** The result is consumed item by item: the output is the items, as far as they fit. */
  startItems(): void {
    if (!this.#entity.keepsOutput || !this.#open.takesContent) return;
    this.#items ??= new RecordedItems(this.#entity, this.#open);
    this.#open.beforeEnd = () => {
      if (this.#items !== undefined) this.#open.keep(ENTITY_OUTPUT, this.#items.json());
    };
  }

  /** Captures an item that passes. */
  item(value: unknown): void {
    if (this.#items === undefined) this.startItems();
    this.#items?.add(value);
  }

  /** Ends the span with what it has. */
  finish(): void {
    this.#open.idleSince = undefined;
    this.#open.end();
  }

  /** Records what was thrown and ends the span. */
  fail(error: unknown): void {
    this.#open.fail(error);
    this.finish();
  }
}

/**
 * Opens the span of a call. Never throws.
 * @returns `undefined` where there is to be none: the method then runs as if it were not decorated
 */
export function openEntitySpan(tracing: Tracing, entity: Entity, call: EntityCall): EntitySpan | undefined {
  const { context } = call;
  // Before the options that are functions are asked.
  if (isTracingSuppressed(context)) return undefined;
  try {
    const outer = scopeOf(context, tracing.defaults);
    const { spanName, attributes, inner } = entity.frameIn(outer, tracing.redactor, call);
    const opened = inner.prompt === outer.prompt ? outer : { ...outer, prompt: inner.prompt };
    const open = openSpan(tracing, context, opened, {
      name: spanName,
      kind: SpanKind.INTERNAL,
      attributes: tracing.usesLatestGenAi ? withOperation(entity.kind, attributes) : attributes,
      decide: entity.decision(call),
      twins: tracing.usesLatestGenAi && entity.kind === "tool" ? TOOL_CALL : undefined,
    });
    if (open === undefined) return undefined;
    if (entity.isVetoed) open.vetoed = true;
    // Written out: spreading both objects shows in the bench row of calls that are not sampled.
    const { inherited, prompt, workflowName, path } = inner;
    const { isInsideChat } = outer;
    const scope: Scope = { inherited, prompt, workflowName, path, gate: open, open, remote: undefined, isInsideChat };
    const span = new EntitySpan(entity, open, contextWithin(open, context, scope));
    span.captureInput(call);
    return span;
  } catch (error) {
    warnOnce("entity", `a decorated call could not be traced (${describeError(error).type})`);
    return undefined;
  }
}
