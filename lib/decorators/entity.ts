import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import { maskedName, captureText, NAME_BOUNDS } from "../capture/serialize.js";
import { MASK } from "../capture/bounds.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { ignoreRejection, isList } from "../capture/user-values.js";
import { describeError } from "../observe/errors.js";
import type { Method } from "../observe/intercept.js";
import { isMethod } from "../observe/intercept.js";
import { warnOnce } from "../observe/warn-once.js";
import type { PropagatedAttributes, ScopeChange } from "../scope/propagation.js";
import { IDENTIFIERS, scopeChange } from "../scope/propagation.js";
import type { AttributeMap, Scope } from "../scope/scope.js";
import { callUntraced } from "../scope/tracing.js";
import {
  ENTITY_NAME,
  ENTITY_PATH,
  ENTITY_VERSION,
  LOG_METHOD,
  LOG_TYPE,
  PROMPT,
  SPAN_KIND,
  TS_TRACING,
  WORKFLOW_NAME,
} from "../wire/attributes.js";
import type { AnyEntityOptions, EntityKind } from "./entity-options.js";

/** One call of what is decorated. */
export interface EntityCall {
  /** The context that it was made in. */
  readonly context: Context;
  readonly instance: unknown;
  readonly args: unknown[];
}

/** What calls of an entity in the same place of a trace share. Not the whole scope, which would hold an open span. */
type Place = Pick<Scope, "inherited" | "prompt" | "workflowName" | "path">;

/** What a span of an entity starts with. */
export interface Frame {
  readonly spanName: string;
  readonly attributes: Readonly<AttributeMap>;
  /** What is inherited inside it. */
  readonly inner: Place;
}

/** Options that say what a span is called and what is inherited. */
const VALUES: readonly (keyof AnyEntityOptions)[] = [
  "name",
  "version",
  ...(Object.keys(IDENTIFIERS) as (keyof typeof IDENTIFIERS)[]), // all that the table has
  "metadata",
  "properties",
  "prompt",
];

/** Their values. */
interface OptionValues extends PropagatedAttributes {
  readonly name?: string | undefined;
  readonly version?: string | number | undefined;
}

/** The same, masked and ready to be put on spans. */
interface ReadyValues {
  readonly name: string;
  readonly version: string | number | undefined;
  readonly change: ScopeChange;
}

/** A workflow, task, agent or tool: what its decorator was told, worked out once. */
export class Entity {
  readonly kind: EntityKind;
  readonly where: string;
  readonly #options: AnyEntityOptions;
  readonly #defaultName: string;
  readonly #fixed: OptionValues;
  /** Options that are worked out at each call. */
  readonly #computed: readonly (readonly [option: string, compute: Method])[];
  #fixedReady: { readonly redactor: Redactor; readonly values: ReadyValues } | undefined;
  /** The frame of the last call: the next one may be in the same place. */
  #latest: { readonly outer: Place; readonly redactor: Redactor; readonly frame: Frame } | undefined;

  /**
   * @param options checked already
   * @param defaultName the name where the options give none
   * @param where what is decorated, for messages
   */
  constructor(kind: EntityKind, options: AnyEntityOptions, defaultName: string, where: string) {
    this.kind = kind;
    this.where = where;
    this.#options = { ...options };
    this.#defaultName = defaultName;
    const fixed: Record<string, unknown> = {};
    const computed: [string, Method][] = [];
    for (const option of VALUES) {
      const value: unknown = options[option];
      if (isMethod(value)) computed.push([option, value]);
      else if (value !== undefined) fixed[option] = typeof value === "object" ? { ...value } : value;
    }
    this.#fixed = fixed;
    this.#computed = computed;
  }

  /** Whether content is off for good. */
  get isVetoed(): boolean {
    return this.#options.traceContent === false;
  }

  get keepsOutput(): boolean {
    return this.#options.captureOutput !== false;
  }

  /** What a call in the scope `outer` starts with. */
  frameIn(outer: Scope, redactor: Redactor, call: EntityCall): Frame {
    if (this.#computed.length > 0) return this.#frame(outer, this.#ready(this.#valuesAt(call, redactor), redactor));
    const latest = this.#latest;
    if (latest?.redactor === redactor && isSamePlace(latest.outer, outer)) return latest.frame;
    if (this.#fixedReady?.redactor !== redactor) {
      this.#fixedReady = { redactor, values: this.#ready(this.#fixed, redactor) };
    }
    const frame = this.#frame(outer, this.#fixedReady.values);
    const { inherited, prompt, workflowName, path } = outer;
    this.#latest = { outer: { inherited, prompt, workflowName, path }, redactor, frame };
    return frame;
  }

  /** What is asked, at the start and the end of a span, whether its content may be recorded. */
  decision({ instance, args }: EntityCall): (() => boolean) | undefined {
    const { traceContent } = this.#options;
    if (typeof traceContent !== "function") return undefined;
    return () => callUntraced(traceContent, false, () => traceContent.call(instance, instance, args));
  }

  /** What is kept of the arguments; `undefined` where that is nothing. */
  inputOf({ args, instance }: EntityCall): readonly unknown[] | undefined {
    const { captureInput = true } = this.#options;
    if (typeof captureInput !== "function") return captureInput ? args : undefined;
    const chosen = this.#chosen("captureInput", captureInput, () => captureInput(args, instance), args);
    return chosen === undefined || isList(chosen) ? chosen : [chosen];
  }

  /** What is kept of a result or an item; `undefined` where that is nothing. */
  outputOf(result: unknown): unknown {
    const { captureOutput = true } = this.#options;
    if (typeof captureOutput !== "function") return captureOutput ? (result ?? null) : undefined;
    return this.#chosen("captureOutput", captureOutput, () => captureOutput(result), [result]);
  }

  /** What a function given as `captureInput` or `captureOutput` keeps. */
  #chosen(option: string, keep: object, choose: () => unknown, given: readonly unknown[]): unknown {
    const kept = this.#ask(option, keep, choose, "nothing was recorded");
    if (!types.isPromise(kept) || given.includes(kept)) return kept;
    ignoreRejection(kept);
    const { where } = this;
    warnOnce(`${option}:${where}`, `${where}: ${option} must not be async; nothing was recorded`);
    return undefined;
  }

  #ready({ name, version, ...values }: OptionValues, redactor: Redactor): ReadyValues {
    const masked = (text: string): string => maskedName(text, redactor, NAME_BOUNDS.maxBytes) ?? MASK;
    return {
      name: masked(name === undefined || name === "" ? this.#defaultName : name),
      version: typeof version === "string" ? masked(version) : version,
      change: scopeChange(values, redactor),
    };
  }

  #frame(outer: Place, { name, version, change }: ReadyValues): Frame {
    const { kind } = this;
    const startsPath = kind === "workflow" || kind === "agent";
    const inner: Place = {
      inherited: { ...outer.inherited, ...change.attributes },
      prompt: change.prompt ?? outer.prompt,
      workflowName: startsPath ? name : outer.workflowName,
      path: startsPath ? "" : outer.path === "" ? name : `${outer.path}.${name}`,
    };
    const attributes: AttributeMap = {
      ...inner.inherited,
      [SPAN_KIND]: kind,
      [ENTITY_NAME]: name,
      [ENTITY_PATH]: inner.path,
      [LOG_METHOD]: TS_TRACING,
      [LOG_TYPE]: kind,
    };
    if (inner.workflowName !== undefined) attributes[WORKFLOW_NAME] = inner.workflowName;
    if (version !== undefined) attributes[ENTITY_VERSION] = version;
    if (inner.prompt !== undefined) attributes[PROMPT] = inner.prompt.identifierOnly;
    return { spanName: `${name}.${kind}`, attributes: Object.freeze(attributes), inner };
  }

  /** The values of all options at a call, those that are worked out among them. */
  #valuesAt({ instance, args }: EntityCall, redactor: Redactor): OptionValues {
    const values: Record<string, unknown> = { ...this.#fixed };
    for (const [option, compute] of this.#computed) {
      const label = `option "${option}"`;
      const value = this.#ask(label, compute, () => compute.call(instance, instance, args), "it was left out");
      const isText = option === "name" || option === "version";
      values[option] = isText ? this.#textOf(option, value, redactor) : value;
    }
    return values;
  }

  /** A name or version that was worked out. */
  #textOf(option: "name" | "version", value: unknown, redactor: Redactor): string | number | undefined {
    if (typeof value === "string") return captureText(value, redactor);
    if (option === "version" && Number.isFinite(value)) return Number(value);
    if (value === undefined) return undefined;
    ignoreRejection(value);
    const { where } = this;
    const wanted = option === "name" ? "a string" : "a string or a number";
    warnOnce(
      `option:${option}:${where}`,
      `${where}: option "${option}" gave a value of type ${typeof value} instead of ${wanted}; it was left out`,
    );
    return undefined;
  }

  /** Calls a function among the options; `undefined`, and one warning, where it throws. */
  #ask(label: string, option: object, call: () => unknown, lost: string): unknown {
    try {
      return callUntraced(option, undefined, call);
    } catch (error) {
      const { where } = this;
      warnOnce(`threw:${label}:${where}`, `${where}: ${label} threw (${describeError(error).type}); ${lost}`);
      return undefined;
    }
  }
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.inherited === b.inherited && a.workflowName === b.workflowName && a.path === b.path && a.prompt === b.prompt;
}
