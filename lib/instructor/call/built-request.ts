import type { InstructorInstance } from "./instance.js";
import type { StructuredRequest } from "./request.js";
import { withSchema } from "./request.js";
import type { Facade } from "../schema/facade.js";
import { standInFor } from "./stand-in.js";

/** A stream in which nothing comes. */
const EMPTY: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

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
