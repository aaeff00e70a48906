import type { OpenAI } from "openai";
import type { HookHandler, HookName } from "../call/hooks.js";
import type { AnySchema, DeepPartial, Input, Output, ResponseModel, SchemaLike } from "../schema/types.js";

/** How Instructor asks the model for structured output. */
export type Mode = "FUNCTIONS" | "TOOLS" | "JSON" | "MD_JSON" | "JSON_SCHEMA" | "THINKING_MD_JSON";

/** Token counts as the provider reported them. */
export type CompletionUsage = OpenAI.CompletionUsage;

/** The `_meta` that Instructor adds to a result. */
export interface ResultMeta {
  /** The usage of the last attempt; the span has the sum of all. */
  readonly usage?: CompletionUsage;
  /** The model's reasoning, in the mode `THINKING_MD_JSON`. */
  readonly thinking?: string;
}

/** The `_meta` of a partial object. */
export interface PartialMeta {
  readonly usage?: CompletionUsage;
  /** Whether the object is complete and fits its schema. */
  readonly _isValid?: boolean;
  /** The path that is being written. */
  readonly _activePath?: readonly (string | number | undefined)[];
  /** The paths that are complete. */
  readonly _completedPaths?: readonly (readonly (string | number | undefined)[])[];
}

/** A result with Instructor's `_meta`. */
export type WithMeta<T, Meta = ResultMeta> = T & { _meta?: Meta };

/** The parameters of a structured call: OpenAI's own and Instructor's. */
export type StructuredParams<S> = Omit<OpenAI.ChatCompletionCreateParams, "model" | "stream"> & {
  /** The model's name: one of OpenAI's, or another provider's. */
  readonly model: OpenAI.ChatCompletionCreateParams["model"];
  /** The schema of the answer, `{ schema, name }`. */
  readonly response_model: ResponseModel<S>;
  /** How often the model is asked to correct an answer that does not fit the schema. Default: 0. */
  readonly max_retries?: number;
  /** Passed to handlers of `completion:kwargs`, not sent to the provider. */
  readonly validation_context?: Readonly<Record<string, unknown>>;
};

/** OpenAI's request options: `signal`, `timeout`, `headers`, … */
export type RequestOptions = OpenAI.RequestOptions;

/** What `create` resolves to: the object, or with `stream: true` a generator of growing objects. */
export type StructuredResult<S extends SchemaLike, Stream> = Stream extends true
  ? AsyncGenerator<WithMeta<Partial<Output<S>>, ResultMeta & PartialMeta>, void, unknown>
  : WithMeta<Output<S>>;

/** `create`, and `chat.completions.create` with a response model. One signature, so that a mistake is one error. */
export interface StructuredCreate {
  /**
   * Asks the model for an object of a schema.
   * @param params OpenAI's parameters and `response_model`, `max_retries`
   * @param options OpenAI's request options
   * @returns the validated object, with Instructor's `_meta`
   * @throws the `ZodError` if no answer fits the schema, or the provider's error
   * @example
   * ```ts
   * const ticket = await client.create({
   *   model: "gpt-4o-mini",
   *   response_model: { schema: SupportTicket, name: "SupportTicket" },
   *   messages: [{ role: "user", content: text }],
   * });
   * ```
   */
  // eslint-disable-next-line @typescript-eslint/prefer-function-type -- an editor shows the comment of a signature
  <S extends SchemaLike, Stream extends boolean | null | undefined = undefined>(
    params: StructuredParams<S> & { readonly stream?: Stream },
    options?: RequestOptions,
  ): Promise<StructuredResult<S, Stream>>;
}

/** The methods of a traced client, in addition to those of `Instructor(…)`. */
export interface TracedMethods {
  readonly chat: { readonly completions: { readonly create: StructuredCreate } };

  /** Asks the model for an object of a schema; see {@link StructuredCreate}. */
  readonly create: StructuredCreate;

  /**
   * As {@link create}, and also returns the provider's completion.
   * @returns the validated object, and the completion as the provider's client returned it
   * @example `const [note, completion] = await client.createWithCompletion({ … });`
   */
  createWithCompletion<S extends SchemaLike>(
    params: StructuredParams<S> & { readonly stream?: false | null },
    options?: RequestOptions,
  ): Promise<[WithMeta<Output<S>>, OpenAI.ChatCompletion]>;

  /**
   * Asks the model for a list and yields each validated item as soon as it is complete. The request is sent at the
   * first `next()`; leaving a `for await` stops it.
   * @param params `response_model` describes one item. With `stream: false` the list is one ordinary call, with
   *   `max_retries`
   * @throws the `ZodError` of an invalid item, after the items before it
   * @example `for await (const item of client.createIterable({ … })) console.log(item.owner);`
   */
  createIterable<S extends AnySchema>(
    params: StructuredParams<S> & { readonly stream?: boolean | null },
    options?: RequestOptions,
  ): AsyncGenerator<Output<S>, void, undefined>;

  /**
   * Asks the model for an object and yields it while it grows; the last one is complete. Partial objects are not
   * validated: `_meta._isValid` says whether one fits the schema. The request is sent at the first `next()`; leaving a
   * `for await` stops it.
   * @example `for await (const ticket of client.createPartial({ … })) render(ticket.summary);`
   */
  createPartial<S extends SchemaLike>(
    params: StructuredParams<S> & { readonly stream?: true | null },
    options?: RequestOptions,
  ): AsyncGenerator<WithMeta<DeepPartial<Input<S>>, PartialMeta>, void, undefined>;

  /**
   * Registers a handler of one of Instructor's hooks.
   * @throws TypeError for an unknown hook, or a handler that is not a function
   * @example `client.on("completion:kwargs", (request) => console.log(request.model));`
   */
  on<Name extends HookName>(name: Name, handler: HookHandler<Name>): void;
  /** Removes a handler, or all handlers of the hook if none is given. */
  off<Name extends HookName>(name: Name, handler?: HookHandler<Name>): void;
  /** As {@link on}, for one event. */
  once<Name extends HookName>(name: Name, handler: HookHandler<Name>): void;
  /** Removes all handlers of a hook, or of all hooks. */
  clear(name?: HookName): void;
}

/** Properties that `Instructor(…)` adds to its client. */
export interface InstructorFields<C> {
  readonly client: C;
  readonly mode: Mode;
  readonly provider: string;
  readonly debug: boolean;
}

/** A traced client: the Instructor client of `C` with {@link TracedMethods}. */
export type TracedInstructor<C> = TracedMethods & InstructorFields<C> & C;

/** Receives what Instructor would write to the console. */
export type InstructorLogger = (level: "debug" | "info" | "warn" | "error", ...args: unknown[]) => void;

/** The configuration of a traced client: Instructor's options and three of this package. */
export interface TracedInstructorConfig<C> {
  /** An OpenAI client, or a client with the same `chat.completions.create`. */
  readonly client: C;
  /** How structured output is requested. Default: `"TOOLS"`. */
  readonly mode?: Mode | undefined;
  /** Instructor's option: log debug messages. Default: `false`. */
  readonly debug?: boolean | undefined;
  /** Instructor's option: receives log messages instead of the console. Default: the console. */
  readonly logger?: InstructorLogger | undefined;
  /** Instructor's option: retry after any error, not only validation errors. Default: `false`. */
  readonly retryAllErrors?: boolean | undefined;
  /**
   * `false`, or a function that returns `false`, turns content off for this client's calls. The strictest setting wins;
   * `RESPAN_TRACE_CONTENT=false` turns content off everywhere. Default: `true`.
   */
  readonly traceContent?: boolean | (() => boolean) | undefined;
  /**
   * Whether streams request their token usage (`stream_options: { include_usage: true }`) for the span. The caller
   * never sees the extra chunk. Use `true` for servers such as vLLM or Ollama. Default: only for providers that are
   * known to support it.
   */
  readonly streamUsage?: boolean | undefined;
  /** The default export of `@instructor-ai/instructor`, for a bundled or second copy. Default: the installed one. */
  readonly Instructor?: ((config: never) => unknown) | undefined;
}

/** Options of {@link InstructorInstrumentor}, as in {@link createTracedInstructor}. */
export type InstructorInstrumentorOptions = Pick<TracedInstructorConfig<never>, "traceContent" | "streamUsage">;

/** What a client must have. */
export interface ChatClient {
  readonly chat: {
    readonly completions: {
      /** Makes a completion. */
      readonly create: (...args: never[]) => unknown;
    };
  };
}
