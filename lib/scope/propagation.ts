import { types } from "node:util";
import type { AttributeValue } from "@opentelemetry/api";
import { ignoreRejection, isList, kindOf } from "../capture/user-values.js";
import { contentGate } from "../capture/content-policy.js";
import { isFieldName } from "../capture/masking/field-names.js";
import { maskedAttribute, maskedName, captureJson, captureText, NAME_BOUNDS } from "../capture/serialize.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { MASK } from "../capture/bounds.js";
import { DEFAULT_REDACTOR } from "../capture/masking/redactor.js";
import {
  CUSTOMER_EMAIL,
  CUSTOMER_IDENTIFIER,
  CUSTOMER_NAME,
  CUSTOM_IDENTIFIER,
  ENVIRONMENT,
  EVALUATION_IDENTIFIER,
  GROUP_IDENTIFIER,
  METADATA_PREFIX,
  PROPERTIES,
  SESSION_IDENTIFIER,
  THREAD_IDENTIFIER,
} from "../wire/attributes.js";
import { describeError } from "../observe/errors.js";
import type { AttributeMap, Scope, ScopedPrompt } from "./scope.js";
import { slot, callUntraced } from "./tracing.js";
import { suggestedName } from "../options/check-options.js";
import { warnOnce } from "../observe/warn-once.js";

/** A metadata value: strings, finite numbers and booleans are sent as they are, anything else as JSON. */
export type MetadataValue =
  string | number | boolean | null | undefined | readonly MetadataValue[] | { readonly [key: string]: MetadataValue };

/** Key-value pairs with JSON values, or an object of an interface type. */
export type Metadata = Readonly<Record<string, MetadataValue>> | KeyedObject;

/** An object that is no list, map, date, promise or function. */
type KeyedObject = object & {
  readonly [Symbol.iterator]?: never;
  readonly [Symbol.toPrimitive]?: never;
  readonly [Symbol.hasInstance]?: never;
  readonly then?: never;
};

/** A prompt of the Respan prompt registry, sent as `respan.prompt`. */
export type PromptReference = PromptIdentifier & {
  /** The prompt's version. Default: Respan uses the current one. */
  readonly version?: string | number | undefined;
  /** The values of the prompt's variables: content, sent as JSON. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
};

/** The prompt's identifier in the registry, in either spelling. */
type PromptIdentifier =
  | { readonly promptId: string; readonly prompt_id?: undefined }
  | { readonly prompt_id: string; readonly promptId?: undefined };

/** An identifier; a number is sent as text. */
export type Identifier = string | number;

/** Attributes that spans inherit from a scope. All are optional; an inner scope overrides an outer one. */
export interface PropagatedAttributes {
  /** The customer; `respan.customer_params.customer_identifier`. */
  readonly customerIdentifier?: Identifier | undefined;
  /** The customer's email address; `respan.customer_params.email`. */
  readonly customerEmail?: string | undefined;
  /** The customer's name; `respan.customer_params.name`. */
  readonly customerName?: string | undefined;
  /** The conversation or job that calls belong to; `respan.threads.thread_identifier`. */
  readonly threadIdentifier?: Identifier | undefined;
  /** The session that threads belong to; `respan.sessions.session_identifier`. */
  readonly sessionIdentifier?: Identifier | undefined;
  /** Your own identifier; `respan.span_params.custom_identifier`. */
  readonly customIdentifier?: Identifier | undefined;
  /** A group of traces; `respan.trace.trace_group_identifier`. */
  readonly groupIdentifier?: Identifier | undefined;
  /** An evaluation run; `respan.evaluation_params.evaluation_identifier`. */
  readonly evaluationIdentifier?: Identifier | undefined;
  /** The environment, for example `"production"`; `respan.environment`. */
  readonly environment?: string | undefined;
  /** Key-value pairs of your own, merged key by key with the outer scope's; `respan.metadata.<key>`. */
  readonly metadata?: Metadata | undefined;
  /**
   * A record that belongs together, sent as one JSON text; an inner scope's replaces the outer one;
   * `respan.properties`.
   */
  readonly properties?: Readonly<Record<string, MetadataValue>> | undefined;
  /** A prompt of the Respan registry and its variables, which are left out if content is off. */
  readonly prompt?: PromptReference | undefined;
  /** `false`, or a function that returns `false`, keeps content (messages, arguments, results) in the process. */
  readonly traceContent?: boolean | (() => boolean) | undefined;
}

/** Identifiers of a scope and the attribute that each becomes. */
export const IDENTIFIERS = {
  customerIdentifier: CUSTOMER_IDENTIFIER,
  customerEmail: CUSTOMER_EMAIL,
  customerName: CUSTOMER_NAME,
  threadIdentifier: THREAD_IDENTIFIER,
  sessionIdentifier: SESSION_IDENTIFIER,
  customIdentifier: CUSTOM_IDENTIFIER,
  groupIdentifier: GROUP_IDENTIFIER,
  evaluationIdentifier: EVALUATION_IDENTIFIER,
  environment: ENVIRONMENT,
} as const;

/** Attributes to propagate, checked and turned into what a span carries: once, not at each span. */
export interface ScopeChange {
  readonly attributes: Readonly<AttributeMap>;
  readonly prompt: ScopedPrompt | undefined;
  readonly traceContent: boolean | (() => boolean) | undefined;
}

/** The same attributes as Python and Respan's other packages spell them: `customer_identifier`. */
export type SnakeCaseAttributes = {
  readonly [Name in keyof PropagatedAttributes as SnakeCase<Name>]?: PropagatedAttributes[Name];
};

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name;

/** Everything that can be propagated. */
const NAMES: readonly string[] = [...Object.keys(IDENTIFIERS), "metadata", "properties", "prompt", "traceContent"];
const NAME_OF: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
);

const isIdentifier = (key: string): key is keyof typeof IDENTIFIERS => Object.hasOwn(IDENTIFIERS, key);

/**
 * Checks what a caller wants to propagate. A value of a wrong type is left out with one warning that names its key, the
 * rest is kept: this runs in a request of the host.
 */
export function scopeChange(given: PropagatedAttributes, redactor: Redactor | undefined): ScopeChange {
  const masking = redactor ?? slot.tracing?.redactor ?? DEFAULT_REDACTOR;
  const attributes: AttributeMap = {};
  let prompt: ScopedPrompt | undefined;
  let traceContent: ScopeChange["traceContent"];
  for (const [key, value] of namedEntriesOf(given)) {
    if (isIdentifier(key)) {
      const takesNumbers = key.endsWith("Identifier");
      const isTaken = typeof value === "string" || (takesNumbers && Number.isFinite(value));
      if (isTaken) attributes[IDENTIFIERS[key]] = captureText(String(value), masking) ?? "";
      else refuse(key, takesNumbers ? "a string or a number" : "a string", value);
    } else if (key === "metadata" || key === "properties") {
      if (!isPlainRecord(value)) refuse(key, "an object", value);
      else if (key === "metadata") addValues(attributes, METADATA_PREFIX, value, masking);
      else {
        const text = captureJson(value, masking);
        if (text !== undefined) attributes[PROPERTIES] = text;
      }
    } else if (key === "prompt") {
      prompt = scopedPrompt(value, masking);
    } else if (key === "traceContent") {
      // Where it cannot be known what was meant, the strictest reading wins.
      traceContent = isChoice(value) ? value : false;
      if (!isChoice(value)) refuse(key, "a boolean or a function", value);
    } else {
      const meant = suggestedName(key, NAMES);
      const help = meant === undefined ? `; there are ${NAMES.join(", ")}` : `; did you mean "${meant}"?`;
      warnOnce(`scope:${key}`, `"${key}" is not an attribute that can be propagated; it was left out${help}`);
    }
  }
  return { attributes, prompt, traceContent };
}

/** What was given under this package's names; of two spellings of one the camel case counts. */
function namedEntriesOf(given: PropagatedAttributes): ReadonlyMap<string, unknown> {
  const named = new Map<string, unknown>();
  for (const [key, value] of entriesOf(given)) {
    const name = NAME_OF.get(key) ?? key;
    if (value !== undefined && (name === key || !named.has(name))) named.set(name, value);
  }
  return named;
}

function isChoice(value: unknown): value is boolean | (() => boolean) {
  return typeof value === "boolean" || typeof value === "function";
}

/** Calls an option that decides on content; asked from inside itself, it says no. */
export function untracedVeto(decide: () => boolean): () => boolean {
  return () => callUntraced(decide, false, decide);
}

/** The scope inside `outer` after a change. */
export function changedScope(outer: Scope, change: ScopeChange): Scope {
  const { attributes, prompt = outer.prompt, traceContent } = change;
  const rule = typeof traceContent === "function" ? untracedVeto(traceContent) : traceContent;
  const inherited = { ...outer.inherited, ...attributes };
  // What baggage may bring is for the outermost scope alone.
  return { ...outer, inherited, prompt, gate: contentGate(outer.gate, rule), baggageMetadata: undefined };
}

/** More of them are not sent: what an SDK allows a span to carry at all, by default. */
const MOST_VALUES = 128;

/** Writes a record of a caller's into attributes: its first {@link MOST_VALUES} entries, masked and bounded. */
export function addValues(attributes: AttributeMap, prefix: string, values: object, redactor: Redactor): void {
  let left = MOST_VALUES;
  for (const [key, value] of entriesOf(values)) {
    if (value === undefined || key === "") continue;
    if (left-- === 0) {
      warnOnce("scope:values", `more than ${MOST_VALUES} entries of metadata or of an event; the rest was left out`);
      return;
    }
    const name = isFieldName(key)
      ? maskedName(key, redactor, NAME_BOUNDS.maxBytes)
      : captureText(key, redactor, NAME_BOUNDS);
    const plain = metadataValue(key, value, redactor);
    if (name !== undefined && plain !== undefined) attributes[prefix + name] = plain;
  }
}

/** Whether a value is sent as it is. */
export function isPlainValue(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function metadataValue(key: string, value: unknown, redactor: Redactor): AttributeValue | undefined {
  if (isPlainValue(value)) {
    return maskedAttribute(key, value, redactor, (text) => captureText(text, redactor));
  }
  return value !== null && redactor.fieldKind(key) === "any" ? MASK : captureJson(value, redactor);
}

function scopedPrompt(value: unknown, redactor: Redactor): ScopedPrompt | undefined {
  const given = isPlainRecord(value) ? value : {};
  const id = given.promptId ?? given.prompt_id;
  if (typeof id !== "string") {
    refuse("prompt", "an object with a promptId", value);
    return undefined;
  }
  const { version, variables } = given;
  const isVersion = typeof version === "string" || (typeof version === "number" && Number.isFinite(version));
  if (version !== undefined && !isVersion) refuse("prompt.version", "a string or a number", version);
  const identifier = isVersion ? { prompt_id: id, version } : { prompt_id: id };
  const identifierOnly = captureJson(identifier, redactor) ?? "{}";
  return { identifierOnly, whole: captureJson({ ...identifier, variables }, redactor) ?? identifierOnly };
}

function isPlainRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isList(value) && !types.isPromise(value);
}

function refuse(key: string, wanted: string, got: unknown): void {
  ignoreRejection(got);
  warnOnce(`scope:${key}:type`, `propagated attribute "${key}" must be ${wanted}, got ${kindOf(got)}; it was left out`);
}

/** Own enumerable entries, each read once; a getter or Proxy that throws costs its own entry alone. */
function* entriesOf(source: object): Generator<[string, unknown]> {
  let keys: string[];
  try {
    keys = Object.keys(source);
  } catch (error) {
    warnOnce("scope:keys", `propagated attributes could not be read (${describeError(error).type})`);
    return;
  }
  for (const key of keys) {
    let value: unknown;
    try {
      value = Reflect.get(source, key);
    } catch (error) {
      warnOnce(`scope:${key}:read`, `"${key}" could not be read (${describeError(error).type}); it was left out`);
      continue;
    }
    yield [key, value];
  }
}
