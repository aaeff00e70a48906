import { z } from "zod/v3";
import { assertOptions } from "../options/check-options.js";
import type { Identifier, PropagatedAttributes } from "../scope/propagation.js";

/** What a decorated method is: the last part of its span's name, and `traceloop.span.kind`. */
export type EntityKind = "workflow" | "task" | "agent" | "tool";

/**
 * A value, or a function that works it out at each call, of the instance and the arguments. `this` is the instance too.
 * A function that throws, or gives something of a wrong type, loses this one value: the rest is traced, the call runs.
 */
export type PerCall<This, Args extends readonly unknown[], Value> =
  Value | ((this: This, instance: This, args: Args) => Value | undefined);

/**
 * What `@Workflow`, `@Task`, `@Agent`, `@Tool` and their function forms can be told. Every option is optional.
 *
 * Functions take their types from the method: in `(desk, [message]) => …` both are what the method has. One that says its
 * own, `(desk: SupportDesk, [message]: [string]) => …`, decorates only methods of a `SupportDesk` that take a string.
 */
export interface EntityOptions<
  in This = unknown,
  in Args extends readonly unknown[] = readonly unknown[],
  in Result = unknown,
> {
  /**
   * The entity's name, not empty; its span is called `{name}.{kind}`.
   * Default: the method's name as the language has it (`extract`, `#extract` for a private one), a symbol's description.
   */
  readonly name?: PerCall<This, Args, string> | undefined;
  /** `traceloop.entity.version`; a number stays one. Default: absent. */
  readonly version?: PerCall<This, Args, string | number> | undefined;
  /** Who the work is done for; this span's and that of all inside it. */
  readonly customerIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** The customer's e-mail address. */
  readonly customerEmail?: PerCall<This, Args, string> | undefined;
  /** The customer's name. */
  readonly customerName?: PerCall<This, Args, string> | undefined;
  /** The conversation or job that the call belongs to. */
  readonly threadIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** The visit or login that threads belong to. */
  readonly sessionIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** An identifier of your own. */
  readonly customIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** A group of traces. */
  readonly groupIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** An evaluation run. */
  readonly evaluationIdentifier?: PerCall<This, Args, Identifier> | undefined;
  /** The environment, for example `"production"`. */
  readonly environment?: PerCall<This, Args, string> | undefined;
  /** Key-value pairs of your own, merged key by key with what the scope has. */
  readonly metadata?: PerCall<This, Args, NonNullable<PropagatedAttributes["metadata"]>> | undefined;
  /** A record that belongs together, sent as one JSON text. */
  readonly properties?: PerCall<This, Args, NonNullable<PropagatedAttributes["properties"]>> | undefined;
  /** A prompt of the Respan registry and its variables; with content off only its id and version are sent. */
  readonly prompt?: PerCall<This, Args, NonNullable<PropagatedAttributes["prompt"]>> | undefined;
  /**
   * `false` keeps arguments, results, error messages, and all other content of this span and of those inside it in the
   * process. A function is asked when the span starts and when it ends; anything but `true`, and a throw, is a veto.
   * Default: `true`. Outer scopes and `RESPAN_TRACE_CONTENT` can veto too: the strictest wins.
   */
  readonly traceContent?: boolean | ((this: This, instance: This, args: Args) => boolean) | undefined;
  /**
   * `false` leaves the arguments out. A function chooses what is kept of them: an array takes the place of the
   * arguments, any other value that of a single argument, `undefined` keeps nothing. Default: `true`.
   */
  readonly captureInput?: boolean | ((args: Args, instance: This) => unknown) | undefined;
  /**
   * `false` leaves the result out. A function chooses what is kept of it; `undefined` keeps nothing. Of a promise it is
   * given the resolved value; of a generator or stream each item as it passes. Default: `true`.
   */
  readonly captureOutput?: boolean | ((result: Result) => unknown) | undefined;
}

/** What a result is to `captureOutput`: a promise's value, a generator's or stream's item, anything else itself. */
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
