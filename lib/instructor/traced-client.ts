import { slot } from "../scope/tracing.js";
import { createIterable } from "./create-iterable.js";
import { createPartial } from "./create-partial.js";
import type { HookName } from "./hook-name.js";
import { Hooks } from "./hooks.js";
import type { CreateCompletion, InstructorInstance } from "./instance.js";
import { streamStructured } from "./native-stream.js";
import { CallOrigin } from "./origin.js";
import { shared } from "./ownership.js";
import { passThrough } from "./pass-through.js";
import type { CallRequest, StructuredRequest } from "./request.js";
import { isStructured } from "./request.js";
import type { Facade } from "./schema/facade.js";
import { facadeFor } from "./schema/facade.js";
import { runStructured } from "./structured-call.js";

type Handler = (payload: never) => unknown;

/** Lays the traced methods over an Instructor client, which stays as it is. */
export function tracedClient(instance: InstructorInstance, decide: (() => boolean) | undefined): object {
  const hooks = new Hooks();
  const origin = new CallOrigin(instance, decide, hooks);
  const create: CreateCompletion = (request, options) => createTraced(origin, request, options);
  const surface = Object.assign(Object.create(Object.getPrototypeOf(instance) as object | null) as object, {
    chat: { completions: { create } },
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
  });
  const traced = new Proxy(surface, handlerFor(instance));
  shared.traced.set(traced, instance);
  return traced;
}

function createTraced(origin: CallOrigin, request: unknown, options: unknown): unknown {
  if (!isStructured(request)) return passThrough(origin, request as CallRequest, options);
  if (request.stream === true) return createStream(origin, request, options);
  const facade = facadeOf(request);
  if (facade === undefined && slot.tracing === undefined && origin.hooks?.isEmpty === true) {
    return origin.instance.chat.completions.create(request, options);
  }
  return runStructured(origin, { api: "instructor.create", request, options, facade, deliver: unchanged });
}

const unchanged = (result: object): object => result;

/** Instructor's own `create` is an async function: the generator comes in a promise. */
async function createStream(origin: CallOrigin, request: StructuredRequest, options: unknown): Promise<unknown> {
  return Promise.resolve(streamStructured(origin, request, options, facadeOf(request)));
}

async function createWithCompletion(origin: CallOrigin, request: unknown, options: unknown): Promise<unknown> {
  requireResponseModel("createWithCompletion", request);
  return runStructured(origin, {
    api: "instructor.create_with_completion",
    request,
    options,
    facade: facadeOf(request),
    deliver: (result, completion) => [result, completion],
  });
}

function requireResponseModel(method: string, request: unknown): asserts request is StructuredRequest {
  if (!isStructured(request)) throw new TypeError(`${method}: the parameters have no response_model`);
}

function facadeOf({ response_model: model }: StructuredRequest): Facade | undefined {
  const schema: unknown = (model as { schema?: unknown } | null | undefined)?.schema;
  return typeof schema === "object" && schema !== null ? facadeFor(schema) : undefined;
}

/**
 * Everything that is not ours is read from the Instructor client, and what that has not from the OpenAI client, as
 * Instructor's own Proxy does; but with the OpenAI client as the receiver, whose private fields no Proxy has.
 */
function handlerFor(instance: InstructorInstance): ProxyHandler<object> {
  const bound = new WeakMap<object, object>();
  return {
    get(surface, key) {
      if (Object.hasOwn(surface, key)) return (surface as Record<PropertyKey, unknown>)[key];
      if (Reflect.has(instance, key)) return (instance as unknown as Record<PropertyKey, unknown>)[key];
      const client = instance.client as unknown as Record<PropertyKey, unknown>;
      const value = client[key];
      if (typeof value !== "function") return value;
      let onClient = bound.get(value);
      if (onClient === undefined) {
        onClient = new Proxy(value, {
          apply: (method, _this, args) => (method as CreateCompletion).apply(client, args as [unknown]),
        });
        bound.set(value, onClient);
      }
      return onClient;
    },
    set(surface, key, value) {
      return Object.hasOwn(surface, key)
        ? Reflect.set(surface, key, value)
        : Reflect.set(instance as object, key, value);
    },
    has: (surface, key) => Reflect.has(surface, key) || Reflect.has(instance, key),
  };
}
