import type { Context } from "@opentelemetry/api";
import { partialOf, whenDropped } from "../../observe/watcher.js";
import { contexts } from "../../scope/tracing.js";
import { abortError } from "../call/transport.js";
import { buildStreamRequest } from "../call/instance.js";
import type { ChatCall } from "../call/chat-call.js";
import { LazyCall } from "../call/chat-call.js";
import type { InstructorOrigin } from "../call/origin.js";
import type { StructuredRequest } from "../call/request.js";
import { withSchema } from "../call/request.js";
import { runStructured } from "../call/structured-call.js";
import { facadeFor, ITEMS, listFacade } from "../schema/facade.js";
import { parseItem } from "../schema/zod.js";
import { converterForRequest } from "../schema/zod4-json-schema.js";
import { openStream } from "./stream-tap.js";
import { ItemList, PartialObject } from "./structured-answer.js";

/** What a partial object has beside the fields of the answer. */
interface PartialMeta {
  readonly usage: unknown;
  readonly _isValid: boolean;
}

/** An object while it arrives, growing; the last one is as whole as the answer is. */
export function createPartial(
  origin: InstructorOrigin,
  request: StructuredRequest,
  options: unknown,
): AsyncGenerator<object, void, undefined> {
  const lazy = new LazyCall();
  const generator = partials(lazy, origin, request, options);
  whenDropped(generator, lazy);
  return generator;
}

async function* partials(
  lazy: LazyCall,
  origin: InstructorOrigin,
  request: StructuredRequest,
  options: unknown,
): AsyncGenerator<object, void, undefined> {
  const { schema } = request.response_model;
  const converter = converterForRequest(request);
  if (converter !== undefined) await converter;
  const facade = facadeFor(schema);
  const seen = facade === undefined ? request : withSchema(request, facade.schema);
  const call = lazy.begin({ origin, api: "instructor.create_partial", request: seen, options, isStreaming: true });
  try {
    const { stream, tap } = await call.within(() =>
      openStream(call, buildStreamRequest(origin.instance, request, facade), options),
    );
    const answer = new PartialObject();
    let last: object | undefined;
    let meta: PartialMeta = { usage: undefined, _isValid: false };
    for await (const chunk of stream as AsyncIterable<unknown>) {
      const isGrown = tap.piecesOf(chunk).reduce((isChanged, piece) => answer.push(piece) || isChanged, false);
      const before = { last, meta };
      call.latest = last = answer.value;
      if (last === undefined) continue;
      // The usage comes last, in a chunk of its own, which is not among these where the caller did not ask for it.
      const usage = tap.completion.reportedUsage;
      const isValid = isGrown ? answer.problem === undefined && (await fits(call, schema, last)) : meta._isValid;
      if (usage !== meta.usage || isValid !== meta._isValid) meta = { usage, _isValid: isValid };
      if (last === before.last && meta === before.meta) continue;
      call.deliver();
      yield partialOf({ ...last, _meta: meta }, lazy);
      call.resume();
    }
    if (tap.end === "aborted") throw abortError(origin.instance.client, options);
    if (answer.problem !== undefined) {
      const error = new SyntaxError(`the answer is not a complete object: ${answer.problem}`);
      call.parseFailed(error);
      if (last === undefined) throw error;
    }
    call.succeed(tap.fault(meta._isValid));
  } catch (error) {
    call.fail(error);
    throw error;
  } finally {
    call.stop({ isWanted: true });
  }
}

/** An answer that fails validation is delivered all the same; the span and the hooks are told. */
async function fits(call: ChatCall, schema: object, value: unknown): Promise<boolean> {
  const result = await call.within(() => parseItem(schema, value));
  if (!result.success) call.validationFailed(result.error);
  return result.success;
}

const API = "instructor.create_iterable";

/** A list, item by item, each as soon as it is complete; with `stream: false`, from one answer in one piece. */
export function createIterable(
  origin: InstructorOrigin,
  request: StructuredRequest,
  options: unknown,
): AsyncGenerator<unknown, void, undefined> {
  if (request.stream === false) return wholeList(origin, request, options, contexts().active());
  const lazy = new LazyCall();
  const list = streamedList(lazy, origin, request, options);
  whenDropped(list, lazy);
  return list;
}

async function* wholeList(
  origin: InstructorOrigin,
  request: StructuredRequest,
  options: unknown,
  context: Context,
): AsyncGenerator<unknown, void, undefined> {
  const { response_model: model } = request;
  const converter = converterForRequest(request);
  if (converter !== undefined) await converter;
  const itemsOf = (result: object): unknown[] => (result as { [ITEMS]: unknown[] })[ITEMS];
  yield* await runStructured({
    origin,
    api: API,
    request,
    options,
    context,
    facade: listFacade(model.schema),
    deliver: itemsOf,
    record: itemsOf,
  });
}

async function* streamedList(
  lazy: LazyCall,
  origin: InstructorOrigin,
  request: StructuredRequest,
  options: unknown,
): AsyncGenerator<unknown, void, undefined> {
  const { response_model: model } = request;
  const converter = converterForRequest(request);
  if (converter !== undefined) await converter;
  const facade = listFacade(model.schema);
  const seen = withSchema(request, facade.schema);
  const delivered: unknown[] = [];
  const call = lazy.begin({ origin, api: API, request: seen, options, isStreaming: true });
  call.latest = delivered;
  try {
    const { stream, tap } = await call.within(() =>
      openStream(call, buildStreamRequest(origin.instance, request, facade), options),
    );
    const list = new ItemList();
    for await (const chunk of stream as AsyncIterable<unknown>) {
      for (const value of tap.piecesOf(chunk).flatMap((piece) => list.push(piece))) {
        const item = await call.within(() => readItem(call, model.schema, value));
        if (delivered.length < call.keptItems) delivered.push(item);
        call.deliver();
        yield item;
        call.resume();
      }
      if (list.hasFailed) break;
    }
    if (tap.end === "aborted") throw abortError(origin.instance.client, options);
    if (list.problem !== undefined) {
      const error = new SyntaxError(`the answer is not a complete list: ${list.problem}`);
      call.parseFailed(error);
      throw error;
    }
    call.succeed(tap.fault(true));
  } catch (error) {
    call.fail(error);
    throw error;
  } finally {
    call.stop({ isWanted: true });
  }
}

async function readItem(call: ChatCall, schema: object, value: unknown): Promise<unknown> {
  const result = await parseItem(schema, value);
  if (result.success) return result.data;
  call.validationFailed(result.error);
  throw result.error;
}
