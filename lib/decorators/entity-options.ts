import { z } from "zod/v3";
import { assertOptions } from "../options/check-options.js";
import type { Identifier, PropagatedAttributes } from "../scope/propagation.js";

/** The kind of a decorated method: the suffix of its span's name, and `traceloop.span.kind`. */
export type EntityKind = "workflow" | "task" | "agent" | "tool";

/**
 * A value, or a function that computes it at each call from the instance and the arguments. `this` is the instance too.
 * If the function throws or returns a wrong type, only this value is left out; the call runs and is traced.
 */
export type PerCall<This, Args extends readonly unknown[], Value> =
  Value | ((this: This, instance: This, args: Args) => Value | undefined);

/**
 * Options of `@Workflow`, `@Task`, `@Agent`, `@Tool` and their function forms. All are optional.
 *
 * Functions get their types from the method, as in `(desk, [message]) => …`. A function with explicit types, such as
 * `(desk: SupportDesk, [message]: [string]) => …`, can only decorate a method that has them.
 */
export interface EntityOptions<
  in This = unknown,
  in Args extends readonly unknown[] = readonly unknown[],
  in Result = unknown,
> {
  /**
   * The entity's name, not empty; the span is named `{name}.{kind}`.
   * Default: the method's name (`extract`, or `#extract` for a private one), or a symbol's description.
   */
  readonly name?: PerCall<This, Args, string> | undefined;
  /** `traceloop.entity.version`, a string or a number. Default: none. */
  readonly version?: PerCall<This, Args, string | number> | undefined;
  /** The customer of this span and of the spans inside it. */
  readonly customerIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** The customer's email address. */
  readonly customerEmail?: PerCall<This, Args, string> | undefined;
  /** The customer's name. */
  readonly customerName?: PerCall<This, Args, string> | undefined;
  /** The conversation or job that the call belongs to. */
  readonly threadIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** The session that threads belong to. */
  readonly sessionIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** Your own identifier. */
  readonly customIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** A group of traces. */
  readonly groupIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** An evaluation run. */
  readonly evaluationIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** The environment, for example `"production"`. */
  readonly environment?: PerCall<This, Args, string> | undefined;
  /** Your own key-value pairs, merged key by key with those of the scope. */
  readonly metadata?: PerCall<This, Args, NonNullable<PropagatedAttributes["metadata"]>> | undefined;
  /** A record, sent as one JSON string. */
  readonly properties?: PerCall<This, Args, NonNullable<PropagatedAttributes["properties"]>> | undefined;
  /** A prompt of the Respan registry and its variables, which are left out if content is off. */
  readonly prompt?: PerCall<This, Args, NonNullable<PropagatedAttributes["prompt"]>> | undefined;
  /**
   * `false` turns content (arguments, results, error messages, …) off for this span and the spans inside it. A function
   * is called when the span starts and when it ends; if it throws or returns anything but `true`, content is off. The
   * strictest of this option, outer scopes and `RESPAN_TRACE_CONTENT` wins. Default: `true`.
   */
  readonly traceContent?: boolean | ((this: This, instance: This, args: Args) => boolean) | undefined;
  /**
   * `false` records no arguments. A function returns what to record instead: an array as the arguments, another value
   * as a single argument, `undefined` for nothing. Default: `true`.
   */
  readonly captureInput?: boolean | ((args: Args, instance: This) => unknown) | undefined;
  /**
   * `false` records no result. A function returns what to record instead, or `undefined` for nothing. It receives the
   * resolved value of a promise, and each item of a generator or stream. Default: `true`.
   */
  readonly captureOutput?: boolean | ((result: Result) => unknown) | undefined;
}

/** What `captureOutput` receives: the value of a promise, an item of a generator or stream, or the result itself. */
export type CapturedResult<R> =
  R extends AsyncIterable<infer Item>
    ? Item
    : R extends Iterator<infer Item, unknown, never>
      ? Item
      : R extends PromiseLike<infer Value>
        ? CapturedResult<Value>
        : R;

/** Options of whatever kind, as the code inside works with them. */
export type AnyEntityOptions = EntityOptions;

/** Names of the decorators, as a message shows them. */
export const DECORATOR: Readonly<Record<EntityKind, string>> = {
  workflow: "Workflow",
  task: "Task",
  agent: "Agent",
  tool: "Tool",
};

let built: ReturnType<typeof buildSchema> | undefined;

/**
 * Checks what a decorator or a function form was told; a bare string is the name.
 * @param title what is decorated, for the message: `@Task on SupportDesk.extract`, `withTask`
 * @returns the options, undefined ones included
 * @throws TypeError that says which option, what it got and what it wants
 */
export function checkOptions(given: unknown, title: string): AnyEntityOptions {
  if (given === undefined) return {};
  const options: unknown = typeof given === "string" ? { name: given } : given;
  assertOptions((built ??= buildSchema()), options, { title, takes: "a name (a string) or an object of options" });
  return options;
}

/** What each option takes; texts come before functions, which Zod is slower to tell. */
function buildSchema() {
  const aFunction = z.custom<never>((value) => typeof value === "function");
  const orFunction = <Schema extends z.ZodTypeAny>(schema: Schema, wanted: string) =>
    z.union([schema, aFunction]).optional().describe(wanted);
  const perCall = <Schema extends z.ZodTypeAny>(schema: Schema, wanted: string) =>
    orFunction(schema, `${wanted}, or a function of the instance and the arguments that gives one`);

  const text = perCall(z.string(), "a string");
  const identifier = perCall(z.union([z.string(), z.number().finite()]), "a string or a number");
  const record = perCall(z.custom<NonNullable<PropagatedAttributes["metadata"]>>(isObject), "an object");
  const capture = orFunction(z.boolean(), "true, false or a function that chooses what is kept");
  const promptId = z.union([z.object({ promptId: z.string() }), z.object({ prompt_id: z.string() })]);

  return z.object({
    name: perCall(z.string().regex(/\S/), "a string that is not empty"),
    version: identifier,
    customerIdentifier: identifier,
    customerEmail: text,
    customerName: text,
    threadIdentifier: identifier,
    sessionIdentifier: identifier,
    customIdentifier: identifier,
    groupIdentifier: identifier,
    evaluationIdentifier: identifier,
    environment: text,
    metadata: record,
    properties: record,
    prompt: perCall(promptId, "an object with a promptId (a string)"),
    traceContent: orFunction(
      z.boolean(),
      "true, false or a function of the instance and the arguments that gives one of them",
    ),
    captureInput: capture,
    captureOutput: capture,
  } satisfies Record<keyof AnyEntityOptions, z.ZodTypeAny>);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
