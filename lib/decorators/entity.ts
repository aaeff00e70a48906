import { types } from "node:util";
import type { Context } from "@opentelemetry/api";
import { ignoreRejection } from "../capture/unwanted-promise.js";
import { maskedName } from "../capture/masked-attributes.js";
import { captureText, NAME_BOUNDS } from "../capture/serialize.js";
import { MASK } from "../capture/masking/marks.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { describeError } from "../observe/error-description.js";
import type { PropagatedAttributes, ScopeChange } from "../scope/propagation.js";
import { IDENTIFIERS, scopeChange } from "../scope/propagation.js";
import type { AttributeMap, Scope, ScopedPrompt } from "../scope/scope.js";
import { callUntraced } from "../scope/untraced.js";
import { warnOnce } from "../observe/warn-once.js";
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

/** An option that is worked out at each call. */
type OptionFunction = (this: unknown, instance: unknown, args: readonly unknown[]) => unknown;

type CaptureInput = boolean | ((args: readonly unknown[], instance: unknown) => unknown);
type CaptureOutput = boolean | ((result: unknown) => unknown);

/** One call of what is decorated. */
export interface EntityCall {
  /** The context that it was made in. */
  readonly context: Context;
  readonly instance: unknown;
  readonly args: unknown[];
}

/** What a span of an entity starts with, and what is inherited inside it. */
export interface Frame {
  readonly spanName: string;
  readonly attributes: Readonly<AttributeMap>;
  readonly inherited: Readonly<AttributeMap>;
  readonly prompt: ScopedPrompt | undefined;
  readonly workflowName: string | undefined;
  readonly path: string;
}

/** What a frame is made from. Not the whole scope, which would hold on to an open span. */
type FrameSource = Pick<Scope, "inherited" | "prompt" | "workflowName" | "path">;

/** A frame, and what it was made from: calls in the same scope share it. */
interface KeptFrame {
  readonly frame: Frame;
  readonly source: FrameSource;
  readonly redactor: Redactor;
}

/** Options that say what spans inherit. */
const SCOPE_OPTIONS = [
  ...(Object.keys(IDENTIFIERS) as (keyof typeof IDENTIFIERS)[]),
  "metadata",
  "properties",
  "prompt",
] as const;

/** What an entity is called at one call. */
interface Named {
  readonly name: string;
  readonly version: string | number | undefined;
}

/** A workflow, task, agent or tool: what its decorator was told, worked out once. */
export class Entity {
  readonly kind: EntityKind;
  readonly where: string;
  readonly captureInput: CaptureInput;
  readonly captureOutput: CaptureOutput;
  /** Whether content is off for good. */
  readonly isVetoed: boolean;
  readonly #vetoes: OptionFunction | undefined;
  readonly #name: string;
  readonly #nameOf: OptionFunction | undefined;
  readonly #version: string | number | undefined;
  readonly #versionOf: OptionFunction | undefined;
  readonly #fixed: PropagatedAttributes | undefined;
  readonly #computed: readonly (readonly [string, OptionFunction])[] | undefined;
  readonly #isTheSameAtEachCall: boolean;
  #change: { readonly redactor: Redactor; readonly change: ScopeChange } | undefined;
  #kept: KeptFrame | undefined;

  /**
   * @param options checked already
   * @param defaultName the name where the options give none
   * @param where what is decorated, for messages
   */
  constructor(kind: EntityKind, options: AnyEntityOptions, defaultName: string, where: string) {
    this.kind = kind;
    this.where = where;
    const { name, version, traceContent, captureInput, captureOutput } = options;
    this.captureInput = (captureInput as CaptureInput | undefined) ?? true;
    this.captureOutput = (captureOutput as CaptureOutput | undefined) ?? true;
    this.isVetoed = traceContent === false;
    this.#vetoes = typeof traceContent === "function" ? (traceContent as OptionFunction) : undefined;
    this.#name = typeof name === "string" ? name : defaultName;
    this.#nameOf = typeof name === "function" ? (name as OptionFunction) : undefined;
    this.#version = typeof version === "function" ? undefined : version;
    this.#versionOf = typeof version === "function" ? (version as OptionFunction) : undefined;
    const fixed: Record<string, unknown> = {};
    const computed: [string, OptionFunction][] = [];
    for (const key of SCOPE_OPTIONS) {
      const value: unknown = options[key];
      if (typeof value === "function") computed.push([key, value as OptionFunction]);
      else if (value !== undefined) fixed[key] = typeof value === "object" ? { ...value } : value;
    }
    this.#fixed = Object.keys(fixed).length > 0 ? fixed : undefined;
    this.#computed = computed.length > 0 ? computed : undefined;
    this.#isTheSameAtEachCall =
      this.#computed === undefined && this.#nameOf === undefined && this.#versionOf === undefined;
  }

  /** What a call in the scope `outer` starts with. */
  frameIn(outer: Scope, redactor: Redactor, call: EntityCall): Frame {
    if (!this.#isTheSameAtEachCall) {
      const nameOf = this.#nameOf;
      const versionOf = this.#versionOf;
      const name = nameOf === undefined ? undefined : this.#textOf("name", nameOf, redactor, call);
      const version = versionOf === undefined ? this.#version : this.#versionFrom(versionOf, redactor, call);
      const change = scopeChange({ ...this.#fixed, ...this.#computedFor(call) }, redactor);
      const named = { name: name === undefined || name === "" ? this.#name : name, version };
      return this.#frame(outer, redactor, named, change);
    }
    const kept = this.#kept;
    if (
      kept?.source.inherited === outer.inherited &&
      kept.source.workflowName === outer.workflowName &&
      kept.source.path === outer.path &&
      kept.source.prompt === outer.prompt &&
      kept.redactor === redactor
    ) {
      return kept.frame;
    }
    const named = { name: this.#name, version: this.#version };
    const frame = this.#frame(outer, redactor, named, this.#fixedChange(redactor));
    const { inherited, prompt, workflowName, path } = outer;
    this.#kept = { frame, source: { inherited, prompt, workflowName, path }, redactor };
    return frame;
  }

  /** What is asked, at the start and the end of a span, whether its content may be recorded. */
  decision({ instance, args }: EntityCall): (() => boolean) | undefined {
    const vetoes = this.#vetoes;
    if (vetoes === undefined) return undefined;
    return () => callUntraced(vetoes, false, () => Reflect.apply(vetoes, instance, [instance, args]) as boolean);
  }

  /** What a function given as `captureInput` or `captureOutput` keeps; `undefined`, and one warning, where it throws. */
  chosenBy<Args extends unknown[]>(
    option: "captureInput" | "captureOutput",
    keep: (...args: Args) => unknown,
    ...args: Args
  ): unknown {
    const { where } = this;
    try {
      const kept = callUntraced(keep, undefined, () => keep(...args));
      if (!types.isPromise(kept) || args.some((one) => one === kept)) return kept;
      ignoreRejection(kept);
      warnOnce(`${option}:${where}`, `${where}: ${option} must not be async; nothing was kept`);
      return undefined;
    } catch (error) {
      warnOnce(`${option}:${where}`, `${where}: ${option} threw (${describeError(error).type}); nothing was kept`);
      return undefined;
    }
  }

  #fixedChange(redactor: Redactor): ScopeChange | undefined {
    if (this.#fixed === undefined) return undefined;
    if (this.#change?.redactor !== redactor) this.#change = { redactor, change: scopeChange(this.#fixed, redactor) };
    return this.#change.change;
  }

  #frame(
    outer: FrameSource,
    redactor: Redactor,
    { name: given, version: givenVersion }: Named,
    change: ScopeChange | undefined,
  ): Frame {
    const name = maskedName(given, redactor, NAME_BOUNDS.maxBytes) ?? MASK;
    const version =
      typeof givenVersion === "string"
        ? (maskedName(givenVersion, redactor, NAME_BOUNDS.maxBytes) ?? MASK)
        : givenVersion;
    const startsPath = this.kind === "workflow" || this.kind === "agent";
    const workflowName = startsPath ? name : outer.workflowName;
    const path = startsPath ? "" : outer.path === "" ? name : `${outer.path}.${name}`;
    const inherited = change === undefined ? outer.inherited : { ...outer.inherited, ...change.attributes };
    const prompt = change?.prompt ?? outer.prompt;
    const attributes: AttributeMap = {
      ...inherited,
      [SPAN_KIND]: this.kind,
      [ENTITY_NAME]: name,
      [ENTITY_PATH]: path,
      [LOG_METHOD]: TS_TRACING,
      [LOG_TYPE]: this.kind,
    };
    if (workflowName !== undefined) attributes[WORKFLOW_NAME] = workflowName;
    if (version !== undefined) attributes[ENTITY_VERSION] = version;
    if (prompt !== undefined) attributes[PROMPT] = prompt.identifierOnly;
    return {
      spanName: `${name}.${this.kind}`,
      attributes: Object.freeze(attributes),
      inherited,
      prompt,
      workflowName,
      path,
    };
  }

  #computedFor(call: EntityCall): PropagatedAttributes {
    const values: Record<string, unknown> = {};
    for (const [key, option] of this.#computed ?? []) values[key] = this.#ask(key, option, call);
    return values;
  }

  #textOf(key: string, option: OptionFunction, redactor: Redactor, call: EntityCall): string | undefined {
    const value = this.#ask(key, option, call);
    if (typeof value === "string") return captureText(value, redactor);
    this.#refuse(key, value, "a string");
    return undefined;
  }

  #versionFrom(option: OptionFunction, redactor: Redactor, call: EntityCall): string | number | undefined {
    const value = this.#ask("version", option, call);
    if (typeof value === "string") return captureText(value, redactor);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    this.#refuse("version", value, "a string or a number");
    return undefined;
  }

  #refuse(key: string, value: unknown, wanted: string): void {
    if (value === undefined) return;
    ignoreRejection(value);
    warnOnce(
      `option:${key}:${this.where}`,
      `${this.where}: option "${key}" gave a value of type ${typeof value} instead of ${wanted}; it was left out`,
    );
  }

  #ask(key: string, option: OptionFunction, { instance, args }: EntityCall): unknown {
    try {
      return callUntraced(option, undefined, () => Reflect.apply(option, instance, [instance, args]));
    } catch (error) {
      warnOnce(
        `option:${key}:${this.where}`,
        `${this.where}: option "${key}" threw (${describeError(error).type}); it was left out`,
      );
      return undefined;
    }
  }
}
