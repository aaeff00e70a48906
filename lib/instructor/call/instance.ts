/** A chat completions call as every OpenAI-like client has it. */
export type CreateCompletion = (params: unknown, options?: unknown) => unknown;

/** As much of an OpenAI-like client as Instructor itself asks for. */
export interface CompletionClient {
  readonly baseURL?: unknown;
  readonly chat: { readonly completions: { readonly create: CreateCompletion } };
  /** A client with other options, since openai 5. */
  readonly withOptions?: (options: unknown) => CompletionClient;
}

/**
 * What `Instructor(…)` gives: an instance behind a Proxy. The two methods are private in its types and the same since
 * 1.0; each structured call goes through one of them, and each of their attempts through `this.client`.
 */
export interface InstructorInstance {
  readonly client: CompletionClient;
  readonly mode: string;
  readonly provider?: unknown;
  readonly debug?: unknown;
  readonly logger?: unknown;
  readonly retryAllErrors?: unknown;
  readonly chat: { readonly completions: { readonly create: CreateCompletion } };
  chatCompletionStandard(params: object, options?: unknown): Promise<object>;
  chatCompletionStream(params: object, options?: unknown): AsyncGenerator<object, void, unknown>;
}

/** The default export of `@instructor-ai/instructor`. */
export type InstructorFactory = (config: object) => InstructorInstance;

/** An Instructor client like another, for another OpenAI client. */
export function instanceFor(client: CompletionClient, like: InstructorInstance): InstructorInstance {
  const Class = like.constructor as new (config: object) => InstructorInstance;
  const { mode, debug, logger, retryAllErrors } = like;
  return new Class({ client, mode, debug, logger, retryAllErrors });
}

/** The methods that a structured call goes through. */
export const STRUCTURED_METHODS = ["chatCompletionStandard", "chatCompletionStream"] as const;

/** Whether an object has what a structured call goes through. */
export function isInstructorInstance(value: unknown): value is InstructorInstance {
  try {
    const { chatCompletionStandard, chatCompletionStream } = value as InstructorInstance;
    return typeof chatCompletionStandard === "function" && typeof chatCompletionStream === "function";
  } catch {
    return false;
  }
}

/** Whether a client has the one method that Instructor needs. */
export function isCompletionClient(value: unknown): value is CompletionClient {
  try {
    return typeof (value as CompletionClient).chat.completions.create === "function";
  } catch {
    return false;
  }
}
