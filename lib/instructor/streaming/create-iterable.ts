import type { Context } from "@opentelemetry/api";
import { whenDropped } from "../../observe/watcher.js";
import { contexts } from "../../scope/tracing.js";
import { abortError } from "../call/abort-error.js";
import { buildStreamRequest } from "../call/built-request.js";
import type { ChatCall } from "../call/chat-call.js";
import { LazyCall } from "../call/lazy-call.js";
import type { InstructorOrigin } from "../call/origin.js";
import { openStream } from "./provider-stream.js";
import type { StructuredRequest } from "../call/request.js";
import { withSchema } from "../call/request.js";
import { ITEMS, listFacade } from "../schema/list-facade.js";
import { parseItem } from "../schema/parse-item.js";
import { converterForRequest } from "../schema/zod-core.js";
import { ItemList } from "./structured-answer.js";
import { runStructured } from "../call/structured-call.js";

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
    const { stream, tap } = await call.within(async () =>
      openStream(call, await buildStreamRequest(origin.instance, request, facade), options, { hidesFailure: false }),
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
