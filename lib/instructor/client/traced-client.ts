import { createIterable, createPartial } from "../streaming/structured-streams.js";
import type { HookName } from "../call/hooks.js";
import { Hooks } from "../call/hooks.js";
import { BoundReader } from "../../observe/intercept.js";
import { callNatively } from "../openai/native-call.js";
import { tracedResources } from "../openai/traced-resources.js";
import type { CompletionClient, CreateCompletion, InstructorInstance } from "../call/instance.js";
import { instanceFor, isInstructorInstance } from "../call/instance.js";
import type { NativeStream } from "../streaming/native-stream.js";
import { streamStructured } from "../streaming/native-stream.js";
import type { InstructorOrigin, OriginOptions } from "../call/origin.js";
import { CallOrigin, shared } from "../call/origin.js";
import type { StructuredRequest } from "../call/request.js";
import { hasSchema, isStructured } from "../call/request.js";
import type { Facade } from "../schema/facade.js";
import { facadeFor } from "../schema/facade.js";
import { converterForRequest } from "../schema/zod4-json-schema.js";
import { runStructured } from "../call/structured-call.js";

type Handler = (payload: never, details: never) => unknown;

/** What a traced client is made with. */
interface TracedClientOptions extends OriginOptions {
  /** Whether the client was made elsewhere: its native calls then send exactly what Instructor sends. */
  readonly isObserved?: boolean;
}

/** Traced clients that are only observed. */
const observed = new WeakSet<object>();

/** Whether a client's native calls are sent as Instructor makes them. */
export function isObserved(client: object): boolean {
  return observed.has(client) || !shared.traced.has(client);
}

/** Lays the traced methods over an Instructor client, which stays as it is. */
export function tracedClient(instance: InstructorInstance, options: TracedClientOptions, hooks = new Hooks()): object {
  const { isObserved: isNative = false } = options;
  const origin = new CallOrigin(instance, { ...options, hooks });
  const copyWithOptions = (clientOptions: unknown): object => {
    const copy = (instance.client as Required<CompletionClient>).withOptions(clientOptions);
    return tracedClient(instanceFor(copy, instance), options, hooks);
  };
  const create: CreateCompletion = (request, requestOptions) => createTraced(origin, request, requestOptions, false);
  const nativeCreate: CreateCompletion = (request, requestOptions) =>
    createTraced(origin, request, requestOptions, isNative);
  const surface = Object.assign(Object.create(Object.getPrototypeOf(instance) as object | null) as object, {
    ...tracedResources(origin, new CallOrigin(instance, options), { create: nativeCreate }),
    create,
    createWithCompletion: (request: unknown, options?: unknown) => createWithCompletion(origin, request, options),
    createIterable: (request: unknown, options?: unknown) => {
      requireResponseModel("createIterable", request);
      return createIterable(origin, request, options);
    },
    createPartial: (request: unknown, options?: unknown) => {
      requireResponseModel("createPartial", request);
      return createPartial(origin, request, options);
    },
    on: (name: HookName, handler: Handler) => hooks.add(name, handler, false),
    off: (name: HookName, handler?: Handler) => hooks.remove(name, handler),
    once: (name: HookName, handler: Handler) => hooks.add(name, handler, true),
    clear: (name?: HookName) => hooks.clear(name),
    ...(typeof instance.client.withOptions === "function" && { withOptions: copyWithOptions }),
  });
  const traced = new Proxy(surface, handlerFor(instance, instance));
  shared.traced.set(traced, instance);
  if (isNative) observed.add(traced);
  return traced;
}

/** Lays the traced methods over an OpenAI client, which stays as it is. */
export function tracedOpenAI(client: CompletionClient, options: OriginOptions): object {
  const origin = new CallOrigin({ client }, options);
  const { withOptions } = client;
  const surface = Object.assign(Object.create(Object.getPrototypeOf(client) as object | null) as object, {
    ...tracedResources(origin, origin),
    ...(typeof withOptions === "function" && {
      withOptions: (clientOptions: unknown) => tracedOpenAI(withOptions.call(client, clientOptions), options),
    }),
  });
  const traced = new Proxy(surface, handlerFor({ client }));
  shared.traced.set(traced, client);
  return traced;
}

/** The OpenAI client within a traced client; any other client is itself. */
export function untracedClient(client: CompletionClient): CompletionClient {
  const within = shared.traced.get(client);
  return isInstructorInstance(within) ? within.client : ((within as CompletionClient | undefined) ?? client);
}

/** @param isNative whether the call is Instructor's own, in all that is sent */
function createTraced(origin: InstructorOrigin, request: unknown, options: unknown, isNative: boolean): unknown {
  const { create } = origin.instance.chat.completions;
  // What are no parameters at all is for Instructor to complain of.
  if (typeof request !== "object" || request === null) return create(request, options);
  if (!isStructured(request)) {
    const send = (sent: object, sentOptions: unknown): unknown =>
      origin.instance.client.chat.completions.create(sent, sentOptions);
    return callNatively({ origin, api: "instructor.create", request, options, send });
  }
  // Instructor fails there with an error that names neither.
  if (isSchema(request.response_model)) return Promise.reject(schemaAlone("create"));
  const converter = converterForRequest(request);
  if (converter !== undefined) return converter.then(() => createTraced(origin, request, options, isNative));
  // Anything but `false` and its like is a stream to Instructor.
  const facade = isNative ? undefined : facadeOf(request);
  if (request.stream) return createStream({ origin, request, options, facade, isNative });
  const isPlain = isNative || !("validation_context" in request);
  if (facade === undefined && isPlain && !origin.isTraced && origin.hooks?.isEmpty === true) {
    return create(request, options);
  }
  return runStructured({ origin, api: "instructor.create", request, options, facade, isNative, deliver: unchanged });
}

const unchanged = (result: object): object => result;

/** Instructor's own `create` is an async function: the generator comes in a promise. */
async function createStream(call: NativeStream): Promise<unknown> {
  return Promise.resolve(streamStructured(call));
}

async function createWithCompletion(origin: InstructorOrigin, request: unknown, options: unknown): Promise<unknown> {
  requireResponseModel("createWithCompletion", request);
  const converter = converterForRequest(request);
  if (converter !== undefined) await converter;
  return runStructured({
    origin,
    api: "instructor.create_with_completion",
    request,
    options,
    facade: facadeOf(request),
    deliver: (result, completion) => [result, completion],
  });
}

function requireResponseModel(method: string, request: unknown): asserts request is StructuredRequest {
  if (!isStructured(request)) throw new TypeError(`${method}: the parameters have no response_model`);
  if (isSchema(request.response_model)) throw schemaAlone(method);
}

function schemaAlone(method: string): TypeError {
  return new TypeError(
    `${method}: response_model must be an object with a schema and a name, got a schema; ` +
      'write response_model: { schema: SupportTicket, name: "SupportTicket" }',
  );
}

/** Whether a response model is a Zod schema itself. */
function isSchema(model: object | null | undefined): boolean {
  try {
    return typeof Reflect.get(Object(model), "safeParse") === "function";
  } catch {
    return false;
  }
}

function facadeOf({ response_model: model }: StructuredRequest): Facade | undefined {
  return hasSchema(model) ? facadeFor(model.schema) : undefined;
}

/**
 * Everything that is not ours is read from the Instructor client, and what that has not from the OpenAI client, as
 * Instructor's own Proxy does; but with the OpenAI client as the receiver, whose private fields no Proxy has.
 * @param instance where there is none, the OpenAI client has everything
 */
function handlerFor(
  source: { readonly client: CompletionClient },
  instance?: InstructorInstance,
): ProxyHandler<object> {
  const reader = new BoundReader();
  const holder = (): object => instance ?? source.client;
  return {
    get(surface, key) {
      if (Object.hasOwn(surface, key)) return (surface as Record<PropertyKey, unknown>)[key];
      if (instance !== undefined && Reflect.has(instance, key)) {
        return (instance as unknown as Record<PropertyKey, unknown>)[key];
      }
      return reader.read(source.client, key);
    },
    set(surface, key, value) {
      return Object.hasOwn(surface, key) ? Reflect.set(surface, key, value) : Reflect.set(holder(), key, value);
    },
    has: (surface, key) => Reflect.has(surface, key) || Reflect.has(holder(), key),
  };
}
