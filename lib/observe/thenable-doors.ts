/** A method by which a thenable is consumed, and how it tells what the thenable settled to. */
export interface Door {
  /** How a program uses it. */
  readonly example: string;
  /** What a callback among the arguments is given: the error, Node's `(error, value)`, or the value's items one by one. */
  readonly callback?: "error" | "node" | "items";
  /**
   * What the method's result settles to: the value, an object with the value as its `data`, the bare HTTP response,
   * Bluebird's inspection, or something made of the value (`other`). `end`: the thenable is over as soon as it is called.
   */
  readonly gives?: "value" | "data" | "response" | "inspection" | "other" | "end";
  /** Whether it reads the response, so that the bare one is not the value. */
  readonly isReading?: boolean;
}

/** Not in the table: both of its callbacks are put in by us where the caller gives none. */
export const THEN: Door = { example: "await query" };

/** By these the value of a lazy promise, a query builder or a promise of another library is taken. */
export const DOORS: Readonly<Record<string, Door>> = {
  catch: { example: "prisma.user.findMany().catch(report)", callback: "error", gives: "value" },
  finally: { example: "prisma.user.findMany().finally(close)", gives: "value" },
  exec: { example: "User.find().exec() of Mongoose", gives: "value" },
  execute: { example: "db.select().from(users).execute() of Drizzle", gives: "value" },
  $transaction: { example: "query.$transaction() of Prisma", gives: "value" },
  requestTransaction: { example: "prisma.$transaction([query]), which calls it", gives: "value" },
  tap: { example: "promise.tap(log) of Bluebird", gives: "value" },
  map: { example: "promise.map(double) of Bluebird", gives: "other" },
  filter: { example: "promise.filter(isNew) of Bluebird", gives: "other" },
  each: { example: "promise.each(save) of Bluebird", gives: "other" },
  reduce: { example: "promise.reduce(add, 0) of Bluebird", gives: "other" },
  spread: { example: "promise.spread(add) of Bluebird", callback: "items", gives: "other" },
  reflect: { example: "promise.reflect() of Bluebird", gives: "inspection" },
  asCallback: { example: "promise.asCallback(done) of Bluebird and Knex", callback: "node", gives: "value" },
  nodeify: { example: "promise.nodeify(done), its older name", callback: "node", gives: "value" },
  cancel: { example: "request.cancel() of got and execa", gives: "end" },
};

/** Those of the OpenAI client's `APIPromise`; others have methods of these names that mean something else. */
export const API_PROMISE_DOORS: Readonly<Record<string, Door>> = {
  parse: { example: "openai.chat.completions.create(request).parse()", gives: "value", isReading: true },
  withResponse: { example: "openai.chat.completions.create(request).withResponse()", gives: "data", isReading: true },
  asResponse: { example: "openai.chat.completions.create(request).asResponse()", gives: "response" },
};
