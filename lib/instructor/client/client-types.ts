import type { OpenAI } from "openai";
import type { HookHandler, HookName } from "../call/hooks.js";
import type { AnySchema, DeepPartial, Input, Output, ResponseModel, SchemaLike } from "../schema/types.js";

/** How Instructor asks the model for structured output. */
export type Mode = "FUNCTIONS" | "TOOLS" | "JSON" | "MD_JSON" | "JSON_SCHEMA" | "THINKING_MD_JSON";

/** Token counts as the provider reported them. */
export type CompletionUsage = OpenAI.CompletionUsage;

/** What Instructor adds to a result. */
export interface ResultMeta {
  /** The usage of the last attempt; the span has the sum of all. */
  readonly usage?: CompletionUsage;
  /** The model's thoughts, in the mode `THINKING_MD_JSON`. */
  readonly thinking?: string;
}

/** What comes with a partial object. */
export interface PartialMeta {
  readonly usage?: CompletionUsage;
  /** Whether the object is whole and fits its schema. */
  readonly _isValid?: boolean;
  /** Where in the object the answer has arrived. */
  readonly _activePath?: readonly (string | number | undefined)[];
  /** What of the object is complete. */
  readonly _completedPaths?: readonly (readonly (string | number | undefined)[])[];
}

/** A result, with what Instructor adds to it. */
export type WithMeta<T, Meta = ResultMeta> = T & { _meta?: Meta };

/** The parameters of a structured call: OpenAI's own and Instructor's. */
export type StructuredParams<S> = Omit<OpenAI.ChatCompletionCreateParams, "model" | "stream"> & {
  /** The model's name, as the provider wants it: one of OpenAI's, or any other. */
  readonly model: OpenAI.ChatCompletionCreateParams["model"];
  /** The schema that the answer is to have. */
  readonly response_model: ResponseModel<S>;
  /** How often the model is asked to correct an answer that does not fit. Default 0. */
  readonly max_retries?: number;
  /** For handlers of `completion:kwargs`; not sent to the provider. */
  readonly validation_context?: Readonly<Record<string, unknown>>;
};

/** OpenAI's request options: `signal`, `timeout`, `headers`, … */
export type RequestOptions = OpenAI.RequestOptions;

/** What `create` resolves with: the object, or with `stream: true` the objects that it grows through. */
export type StructuredResult<S extends SchemaLike, Stream> = Stream extends true
  ? AsyncGenerator<WithMeta<Partial<Output<S>>, ResultMeta & PartialMeta>, void, unknown>
  : WithMeta<Output<S>>;

/** `create`, and `chat.completions.create` with a response model. One signature, so that a mistake is one error. */
export interface StructuredCreate {
  /**
   * Asks the model for an object of a schema.
   * @param params OpenAI's parameters and `response_model`, `max_retries`
   * @param options OpenAI's request options
   * @returns the validated object; Instructor's `_meta` is on it
   * @throws the `ZodError` when no answer fits, the provider's own error when it refuses
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

/** What a traced client has beside everything that `Instructor(…)` gives. */
export interface TracedMethods {
  readonly chat: { readonly completions: { readonly create: StructuredCreate } };

  /** Asks the model for an object of a schema; see {@link StructuredCreate}. */
  readonly create: StructuredCreate;

  /**
   * {@link create}, with the provider's completion beside the object.
   * @returns the validated object and the completion that it was read from, as the provider's client returned it
   * @example `const [note, completion] = await client.createWithCompletion({ … });`
   */
  createWithCompletion<S extends SchemaLike>(
    params: StructuredParams<S> & { readonly stream?: false | null },
    options?: RequestOptions,
  ): Promise<[WithMeta<Output<S>>, OpenAI.ChatCompletion]>;

  /**
   * Asks the model for a list, and gives each item as soon as it is complete in the stream, validated. The request goes
   * out at the first `next()`; a `for await` that breaks stops it.
   * @param params `response_model` describes one item; with `stream: false` the list is asked for in one piece, and
   *   `max_retries` is honoured
   * @throws the `ZodError` of an item that does not fit, where it stands
   * @example `for await (const item of client.createIterable({ … })) console.log(item.owner);`
   */
  createIterable<S extends AnySchema>(
    params: StructuredParams<S> & { readonly stream?: boolean | null },
    options?: RequestOptions,
  ): AsyncGenerator<Output<S>, void, undefined>;

  /**
   * Asks the model for an object and gives what has arrived of it, growing; the last one is whole. Nothing is
   * validated on the way: `_meta._isValid` says whether it fits. The request goes out at the first `next()`; a
   * `for await` that breaks stops it.
   * @example `for await (const ticket of client.createPartial({ … })) render(ticket.summary);`
   */
  createPartial<S extends SchemaLike>(
    params: StructuredParams<S> & { readonly stream?: true | null },
    options?: RequestOptions,
  ): AsyncGenerator<WithMeta<DeepPartial<Input<S>>, PartialMeta>, void, undefined>;

  /**
   * Registers a handler of one of Instructor's hooks.
   * @throws TypeError for a name that is no hook's, or a handler that is no function
   * @example `client.on("completion:kwargs", (request) => console.log(request.model));`
   */
  on<Name extends HookName>(name: Name, handler: HookHandler<Name>): void;
  /** Takes a handler off; without one, all of that hook. */
  off<Name extends HookName>(name: Name, handler?: HookHandler<Name>): void;
  /** {@link on}, for the next time alone. */
  once<Name extends HookName>(name: Name, handler: HookHandler<Name>): void;
  /** Takes off all handlers of a hook, or of all hooks. */
  clear(name?: HookName): void;
}

/** What `Instructor(…)` itself puts on its client. */
export interface InstructorFields<C> {
  readonly client: C;
  readonly mode: Mode;
  readonly provider: string;
  readonly debug: boolean;
}

/** A traced client: what Instructor gives for `C`, and {@link TracedMethods}. */
export type TracedInstructor<C> = TracedMethods & InstructorFields<C> & C;

/** What Instructor writes, in place of the console. */
export type InstructorLogger = (level: "debug" | "info" | "warn" | "error", ...args: unknown[]) => void;

/** The configuration of a traced client: Instructor's own and three options of this package. */
export interface TracedInstructorConfig<C> {
  /** An OpenAI client, or one that is made like it. */
  readonly client: C;
  /** How structured output is asked for. Default `"TOOLS"`. */
  readonly mode?: Mode | undefined;
  /** Instructor's own. Default `false`. */
  readonly debug?: boolean | undefined;
  /** Instructor's own: receives what it would write to the console. */
  readonly logger?: InstructorLogger | undefined;
  /** Instructor's own: retry any error, not validation errors alone. Default `false`. */
  readonly retryAllErrors?: boolean | undefined;
  /**
   * `false`, or a function that returns `false`, keeps the content of this client's calls in the process. The
   * strictest of all settings wins; `RESPAN_TRACE_CONTENT=false` does the same for everything.
   */
  readonly traceContent?: boolean | (() => boolean) | undefined;
  /**
   * Whether streams are asked for their token usage (`stream_options: { include_usage: true }`), for the span; the
   * caller never sees the chunk that brings it. Default: where the provider is known to take it. `true` for others that
   * do, such as vLLM or Ollama.
   */
  readonly streamUsage?: boolean | undefined;
  /** The default export of `@instructor-ai/instructor`, where it cannot be found: in a bundle, or another copy. */
  readonly Instructor?: ((config: never) => unknown) | undefined;
}

/** Options of {@link InstructorInstrumentor}: what {@link createTracedInstructor} takes for one client. */
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
