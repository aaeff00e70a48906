import type { Method } from "../../observe/intercept.js";
import { readProperty } from "../../observe/errors.js";
import { fallThrough, intercept, isObjectLike } from "../../observe/intercept.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenAIApi } from "../call/chat-span.js";
import type { CallOrigin } from "../call/origin.js";
import type { NativeCall, NativeRequest } from "./native-call.js";
import { callNatively, CHAT, isTraced, RESPONSES } from "./native-call.js";

type Methods = Record<string, unknown>;

/** A resource of OpenAI's client, whose class makes one of any client that it is to send by. */
type Resource = Readonly<Methods> & { readonly constructor: new (client: object) => object };

/** The methods of a resource that are traced, with the names of their spans. */
interface TracedMethods extends Pick<NativeRequest, "origin" | "form"> {
  readonly apis: Readonly<Record<string, OpenAIApi>>;
}

/** A call of one of them. */
interface MethodCall extends Omit<NativeRequest, "send"> {
  readonly resource: Resource;
  readonly name: string;
}

/** What helpers send their requests by. */
interface SendingClient {
  readonly chat: { readonly completions: { create: Method } };
  readonly responses?: { create: Method; retrieve: Method };
}

/** Makes a method that sends requests as the given one does. */
type SendBy = (send: Method) => Method;

/** What the streams of OpenAI's helpers have in common. */
interface Runner {
  on(event: string, listener: (value: unknown) => void): unknown;
  done(): Promise<unknown>;
  readonly errored: boolean;
}

const CHAT_APIS = {
  create: "openai.chat.completions.create",
  parse: "openai.chat.completions.parse",
  stream: "openai.chat.completions.stream",
  runTools: "openai.chat.completions.run_tools",
} as const;

const RESPONSES_APIS = {
  create: "openai.responses.create",
  parse: "openai.responses.parse",
  stream: "openai.responses.stream",
} as const;

/**
 * The resources of a client with traced methods laid over them, as far as the client has them.
 * @param chat where chat completions come from, which alone Instructor's hooks are of
 * @param own take the place of methods of `chat.completions`
 */
export function tracedResources(chat: CallOrigin, responses: CallOrigin, own: Methods = {}): Methods {
  const completions = { origin: chat, form: CHAT, apis: CHAT_APIS };
  return {
    ...tracedResource(["chat", "completions"], completions, own),
    // There the helpers are in openai 4.
    ...tracedResource(["beta", "chat", "completions"], completions),
    ...tracedResource(["responses"], { origin: responses, form: RESPONSES, apis: RESPONSES_APIS }),
  };
}

/** Methods laid over the resource at a path, those that it has itself; nothing where it is missing. */
function tracedResource(path: readonly string[], { apis, ...via }: TracedMethods, own: Methods = {}): Methods {
  // It is asked for when a method is called, and is known to be there then.
  const at = (length = path.length): Resource => read(via.origin.instance.client, path.slice(0, length)) as Resource;
  if (!isObjectLike(at())) return {};
  const methods = Object.entries(apis)
    .filter(([name]) => read(at(), [name]) !== undefined)
    .map(([name, api]) => [
      name,
      (request: object, options: unknown) => callMethod({ ...via, api, resource: at(), name, request, options }),
    ]);
  const traced: Methods = { ...(Object.fromEntries(methods) as Methods), ...own };
  return path.reduceRight((inner, name, index) => ({ [name]: fallThrough(inner, () => at(index + 1)) }), traced);
}

/** What is there in a client; other providers' clients have less, and may refuse to be asked. */
function read(client: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((from, name) => readProperty(from, name), client);
}

/**
 * Calls a method of OpenAI's as it is. A helper runs on a resource of its own class whose client stands in for the
 * caller's: what the helper sends goes to the caller's client, and a call is told of the answer. Neither the client nor
 * its class is changed.
 */
function callMethod({ resource, name, ...native }: MethodCall): unknown {
  const { request, options } = native;
  const run = (on: object, ...given: unknown[]): unknown => Reflect.apply(resource[name] as Method, on, given);
  const standIn = (by: SendBy): object => new resource.constructor(sendingClient(native, by));
  if (name === "create" || name === "parse") {
    const told = (call: NativeCall): SendBy => {
      return (send) =>
        (...sent) =>
          call.observeAnswer(send(...sent));
    };
    const on = (call: NativeCall | undefined): object =>
      name === "create" || call === undefined ? resource : standIn(told(call));
    return callNatively({ ...native, send: (sent, its, call) => run(on(call), sent, its) });
  }
  if (!isTraced(native)) return run(resource, request, options);
  // Of several requests each is a call by itself.
  const isHeld = name === "stream";
  let latest: NativeCall | undefined;
  const sending: SendBy = (method) => (sent, its) => {
    const send: NativeRequest["send"] = (made, madeOptions, call) => {
      latest = call;
      const pending = method(made, madeOptions);
      return call === undefined ? pending : call.observeAnswer(pending);
    };
    return callNatively({ ...native, asked: request, request: sent as object, options: its, isHeld, send });
  };
  const result = run(standIn(sending), request, options);
  if (isHeld && isObjectLike(result)) {
    quietly("a provider's stream could not be observed", () => watchRunner(result as Runner, () => latest));
  }
  return result;
}

/** The caller's client, whose methods that helpers send by are made by `by`. */
function sendingClient({ origin, request }: Pick<NativeRequest, "origin" | "request">, by: SendBy): object {
  // A client that has helpers has what they send by.
  const client = origin.instance.client as object as SendingClient;
  const sending = {
    chat: { completions: { create: by((...sent) => client.chat.completions.create(...sent)) } },
    responses: {
      create: by((...sent) => client.responses?.create(...sent)),
      // The stream of a response that was begun in the background.
      retrieve: (id: unknown, query: object, its: unknown) =>
        by(() => client.responses?.retrieve(id, query, its))({ ...request, ...query }, its),
    },
  };
  return fallThrough(sending, () => client);
}

/**
 * Ends a call when the stream of a helper ends, which is after the helper has read the whole answer: what it cannot
 * parse is an error of its own. No listener here changes what the caller hears.
 * @param callOf gives the call, once the helper has sent its request
 */
function watchRunner(runner: Runner, callOf: () => NativeCall | undefined): void {
  let result: unknown;
  runner.on("finalChatCompletion", (completion) => (result = completion));
  // Who leaves a loop over the stream has what they wanted; the stream is aborted all the same.
  intercept(runner, Symbol.asyncIterator, (iterate, self, args) => {
    const iterator: unknown = Reflect.apply(iterate, self, args);
    const onReturn = (leave: Method, at: object): unknown => {
      callOf()?.leave();
      return Reflect.apply(leave, at, []);
    };
    if (isObjectLike(iterator)) intercept(iterator, "return", onReturn);
    return iterator;
  });
  runner.on("end", () => {
    // By now a failure that the caller listens to in no way has been told as an unhandled rejection.
    if (runner.errored) runner.done().catch((error: unknown) => callOf()?.fail(error));
    else callOf()?.succeed(result);
  });
}
