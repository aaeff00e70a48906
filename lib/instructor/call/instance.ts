import { readProperty } from "../../observe/errors.js";
import type { StructuredRequest } from "./request.js";
import { withSchema } from "./request.js";
import type { Facade } from "../schema/facade.js";

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
  /** Passes a line to its `logger`, and writes it to the console. */
  readonly log?: (this: { logger: unknown; debug: unknown }, level: string, ...parts: unknown[]) => void;
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
  return STRUCTURED_METHODS.every((name) => typeof readProperty(value, name) === "function");
}

/** Whether a client has the one method that Instructor needs. */
export function isCompletionClient(value: unknown): value is CompletionClient {
  const completions = readProperty(readProperty(value, "chat"), "completions");
  return typeof readProperty(completions, "create") === "function";
}

/** An Instructor instance for the length of one call. */
export interface StandIn extends InstructorInstance {
  retryAllErrors: unknown;
}

/** The call that a stand-in is made for. */
interface StandInCall {
  /** Sends an attempt to the provider. */
  readonly send: (request: object, options: unknown) => Promise<unknown>;
  /** Whether content may leave the process now. */
  readonly allowsContent: () => boolean;
}

/** The mark of a stand-in, which every copy of this package in the process knows. */
const CALL_KEY = Symbol.for("respan-instructor.call.1");

/** In place of what Instructor has to say, which may be prompts and answers. */
const WITHHELD = "(not shown: content is off)";

/**
 * Instructor's instance with a client of its own: it inherits everything, and whatever Instructor asks of the
 * provider goes through `send`. So attempts belong to their call without being looked for, and neither the user's
 * client nor the Instructor client is changed.
 */
export function standInFor(instance: InstructorInstance, { send, allowsContent }: StandInCall): StandIn {
  const { mode, provider, debug, logger, log, retryAllErrors, client } = instance;
  const standIn = {
    __proto__: instance,
    [CALL_KEY]: true,
    mode,
    provider,
    logger,
    retryAllErrors,
    // The parser of streams writes what it sees to the console where this is set.
    debug: debug === true ? allowsContent() : debug,
    client: { baseURL: client.baseURL, chat: { completions: { create: send } } },
    /** The user's logger is told all; the console, which may be collected, what the content policy allows. */
    log(level: string, ...parts: unknown[]): void {
      if (allowsContent()) {
        log?.call({ logger, debug }, level, ...parts);
        return;
      }
      if (typeof logger === "function") Reflect.apply(logger, undefined, [level, ...parts]);
      log?.call({ logger: undefined, debug }, level, WITHHELD);
    },
  };
  // What is not its own it inherits.
  return standIn as unknown as StandIn;
}

/** Whether an Instructor instance stands in for another during a call that is traced already. */
export function isStandIn(instance: object): boolean {
  return CALL_KEY in instance;
}

/** A stream in which nothing comes. */
const EMPTY = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) };

/**
 * The request for a stream as Instructor itself makes it, in any mode and for any provider: Instructor is let run as far
 * as to the provider, and gets an empty stream.
 */
export async function buildStreamRequest(
  instance: InstructorInstance,
  request: StructuredRequest,
  facade: Facade | undefined,
): Promise<object> {
  let built: object | undefined;
  const send = (made: object): Promise<unknown> => {
    built = facade === undefined ? made : facade.fillIn(made);
    return Promise.resolve(EMPTY);
  };
  // No answer comes here, and what Instructor says before it sends a request is no content.
  const standIn = standInFor(instance, { send, allowsContent: () => true });
  const schema = facade?.schema ?? withoutShape(request.response_model.schema);
  await standIn.chatCompletionStream(withSchema(request, schema)).next();
  if (built === undefined) throw new Error("Instructor made no request");
  return built;
}

/** Instructor's stream parser, which has nothing to do here, warns of each property of a kind that it does not know. */
function withoutShape(schema: object): object {
  return Object.create(schema, { shape: { value: {} } }) as object;
}
