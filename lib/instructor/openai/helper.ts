import { hasMethod, intercept, isObjectLike } from "../../observe/intercept.js";
import { isThenable, whenSettled } from "../../observe/thenable.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenAIApi } from "../call/chat-span.js";
import type { CallOrigin } from "../call/origin.js";
import { fallThrough } from "./fall-through.js";
import type { NativeCall, NativeRequest } from "./native-call.js";
import { CHAT, callNatively, isTraced, RESPONSES } from "./native-call.js";
import { watchRunner } from "./runner.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A resource of OpenAI's client: its class makes one of any client that it is to send by. */
interface Resource {
  readonly constructor: new (client: object) => object;
  readonly [method: string]: unknown;
}

/** What helpers send their requests by. */
interface SendingClient {
  readonly chat: { readonly completions: { create(...sent: unknown[]): unknown } };
  readonly responses?: { create(...sent: unknown[]): unknown; retrieve(...sent: unknown[]): unknown };
}

/** A call of one of OpenAI's own helpers. */
export interface HelperCall {
  readonly origin: CallOrigin;
  readonly api: OpenAIApi;
  /** The resource that has the helper, and the helper's name there. */
  readonly resource: object;
  readonly name: string;
  readonly args: readonly unknown[];
}

/**
 * Runs a helper as it is, on a resource of its own class whose client stands in for the caller's: what the helper sends
 * goes to the caller's client, each request as a call that is told of its answer. Neither the client nor its class is
 * changed.
 */
export function runHelper({ origin, api, resource: given, name, args }: HelperCall): unknown {
  const resource = given as Resource;
  const method = resource[name] as Method;
  const [request, options] = args;
  if (!isObjectLike(request) || !isTraced({ origin, request })) return Reflect.apply(method, resource, args);
  const form = api.startsWith("openai.responses.") ? RESPONSES : CHAT;
  // A helper that another library has replaced may send by the client that it was made with.
  if (name === "parse" && Object.hasOwn(resource, name)) {
    const send = (sent: object, sentOptions: unknown): unknown => Reflect.apply(method, resource, [sent, sentOptions]);
    return callNatively({ origin, api, form, request, options, send });
  }
  let call: NativeCall | undefined;
  const handOver = (sent: NativeCall, pending: unknown): unknown => watchRequest((call = sent), pending);
  // Of several requests each is a call by itself.
  const sendAs = (made: object, madeOptions: unknown, send: NativeRequest["send"]): unknown =>
    callNatively(
      { origin, api, form, request: made, options: madeOptions, send },
      name === "runTools" ? undefined : handOver,
    );
  const client = origin.client as object as SendingClient;
  const { chat, responses } = client;
  const sending = {
    chat: {
      completions: {
        create: (made: object, its: unknown) => sendAs(made, its, (...sent) => chat.completions.create(...sent)),
      },
    },
    responses: {
      create: (made: object, its: unknown) => sendAs(made, its, (...sent) => responses?.create(...sent)),
      // The stream of a response that was begun in the background.
      retrieve: (id: unknown, query: object, its: unknown) =>
        sendAs({ ...request, ...query }, its, () => responses?.retrieve(id, query, its)),
    },
  };
  const own = new resource.constructor(fallThrough(sending, () => client));
  const observed = name === "stream" ? withObservedFormat(request, (parsed) => call?.keepParsed(parsed)) : request;
  const result: unknown = Reflect.apply(method, own, [observed, ...args.slice(1)]);
  if (isThenable(result)) return call?.watch(result) ?? result;
  if (name === "stream" && isObjectLike(result)) {
    quietly("a provider's stream could not be observed", () => {
      watchRunner(result, () => call);
    });
  }
  return result;
}

/** A response's request whose format tells what it parsed: the stream of a response gives that in promises alone. */
function withObservedFormat(request: object, tell: (parsed: unknown) => void): object {
  const { text } = request as { text?: { format?: { $parseRaw?: unknown } | null } | null };
  const { $parseRaw: parse } = text?.format ?? {};
  if (typeof parse !== "function") return request;
  const value = (content: string): unknown => {
    const parsed: unknown = Reflect.apply(parse, text?.format, [content]);
    tell(parsed);
    return parsed;
  };
  const format: unknown = Object.create(Object.prototype, {
    ...Object.getOwnPropertyDescriptors(text?.format),
    $parseRaw: { value },
  });
  return { ...request, text: { ...text, format } };
}

/** Tells a call of its answer, which the helper makes its result of. */
function watchRequest(call: NativeCall, pending: unknown): unknown {
  const answered = (answer: unknown): unknown => {
    call.answered(answer, { isHeld: true });
    return answer;
  };
  if (isThenable(pending) && hasMethod(pending, "_thenUnwrap")) {
    // Helpers put their part behind an answer by this method of `APIPromise`, and the promise itself is not consumed.
    intercept(pending, "_thenUnwrap", (method, self, [transform, ...more]) => {
      const told = (answer: unknown, ...rest: unknown[]): unknown => (transform as Method)(answered(answer), ...rest);
      return Reflect.apply(method, self, [told, ...more] as never[]);
    });
  }
  return whenSettled(pending, call, answered, (error) => {
    call.fail(error);
    throw error;
  });
}
