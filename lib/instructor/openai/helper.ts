import { hasMethod, intercept, isObjectLike, fallThrough } from "../../observe/intercept.js";
import { isThenable, whenSettled } from "../../observe/thenable.js";
import { quietly } from "../../observe/warn-once.js";
import type { NativeCall, NativeRequest } from "./native-call.js";
import { callNatively, isTraced } from "./native-call.js";
import { watchRunner } from "./runner.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A resource of OpenAI's client: its class makes one of any client that it is to send by. */
interface Resource {
  readonly constructor: new (client: object) => object;
  readonly [method: string]: unknown;
}

/** What helpers send their requests by. */
interface SendingClient {
  readonly chat: { readonly completions: { create: Method } };
  readonly responses?: { create: Method; retrieve: Method };
}

/** A call of one of OpenAI's own helpers. */
export interface HelperCall extends Omit<NativeRequest, "send"> {
  /** The resource that has the helper, and the helper's name there. */
  readonly resource: object;
  readonly name: string;
}

/**
 * Runs a helper as it is, on a resource of its own class whose client stands in for the caller's: what the helper sends
 * goes to the caller's client, each request as a call that is told of its answer. Neither the client nor its class is
 * changed.
 */
export function runHelper({ resource: given, name, ...helper }: HelperCall): unknown {
  const { request, options } = helper;
  const resource = given as Resource;
  const method = resource[name] as Method;
  const run = (on: object, asked: unknown): unknown => Reflect.apply(method, on, [asked, options]);
  // One that another library has put there sends by the client that it was made with.
  const isReplaced = Object.hasOwn(resource, name);
  if (isReplaced && name === "parse") return callNatively({ ...helper, send: (sent) => run(resource, sent) });
  if (isReplaced || !isTraced(helper)) return run(resource, request);
  let call: NativeCall | undefined;
  const hold = (sent: NativeCall, pending: unknown): unknown => watchRequest((call = sent), pending);
  const sendBy =
    (send: NativeRequest["send"]) =>
    (sent: object, sentOptions: unknown): unknown =>
      // Of several requests each is a call by itself.
      callNatively({ ...helper, request: sent, options: sentOptions, send }, name === "runTools" ? undefined : hold);
  // A client that has helpers has what they send by.
  const client = helper.origin.instance.client as object as SendingClient;
  const sending = {
    chat: { completions: { create: sendBy((...sent) => client.chat.completions.create(...sent)) } },
    responses: {
      create: sendBy((...sent) => client.responses?.create(...sent)),
      // The stream of a response that was begun in the background.
      retrieve: (id: unknown, query: object, its: unknown) =>
        sendBy(() => client.responses?.retrieve(id, query, its))({ ...request, ...query }, its),
    },
  };
  const own = new resource.constructor(fallThrough(sending, () => client));
  const result = run(
    own,
    name === "stream"
      ? withObservedFormat(request, (parsed) => {
          if (call !== undefined) call.parsed = parsed;
        })
      : request,
  );
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
