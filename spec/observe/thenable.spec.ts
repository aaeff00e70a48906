import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { SpanStatusCode } from "@opentelemetry/api";
import OpenAI, { APIPromise } from "openai";
import { BLUEBIRD_METHODS, VALUES } from "../../lib/observe/stream.js";
import { isThenable } from "../../lib/observe/thenable.js";
import { unhandledDuring } from "../decorators/unhandled.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import { active, desk, endOpen, outputsOf } from "./desk.js";

let host: InProcess;
eachInProcess((made) => (host = made));
const outputs = (): unknown[] => outputsOf(host);
const failures = (): unknown[] =>
  host.spans.filter(({ status }) => status.code === SpanStatusCode.ERROR).map(({ status }) => status.message);
const error = new RangeError("out of range");
const ignore = (): void => undefined;

it.each<[what: string, value: unknown]>([
  ["an object", { choices: [] }],
  ["nothing", undefined],
  ["null", null],
  ["a function", ignore],
  ["an object whose then is no function", { then: true }],
])("%s is no thenable", (_, value) => {
  expect(isThenable(value)).toBe(false);
});

describe("a native promise", () => {
  it("ends the span when it settles", async () => {
    let resolve: (value: string) => void = ignore;
    const running = desk.give(() => new Promise<string>((resolved) => (resolve = resolved)));
    await Promise.resolve();
    expect(host.spans).toEqual([]);
    resolve("done");
    expect(await running).toBe("done");
    expect(outputs()).toEqual(['"done"']);
  });

  it("surfaces as unhandled exactly where it would have", async () => {
    let kept: Promise<never> | undefined;
    const makes: [string, () => Promise<never>][] = [
      ["async", () => desk.later(() => Promise.reject(error)) as Promise<never>],
      ["plain", () => desk.give(() => Promise.reject(error))],
      ["handed on", () => desk.handOn(() => Promise.reject(error))],
      ["kept", () => desk.give(() => (kept ??= Promise.reject(error)))],
    ];
    for (const [what, make] of makes) {
      expect([what, await unhandledDuring(() => void make())]).toEqual([what, [error]]);
      kept = undefined;
      expect([what, await unhandledDuring(() => make().catch(ignore))]).toEqual([what, []]);
      kept = undefined;
    }
    // One of two callers of a kept promise handles its rejection: that is enough, as it would have been.
    const [, makeKept] = makes[3]!;
    const two = async (): Promise<void> => {
      void makeKept();
      await makeKept().catch(ignore);
    };
    expect(await unhandledDuring(two)).toEqual([]);
    expect(failures()).toHaveLength(host.spans.length);
  });

  it("is the same one for every caller where the method keeps it", async () => {
    const loading = Promise.resolve({ rows: 3 });
    const first = desk.give(() => loading);
    expect(desk.give(() => loading)).toBe(first);
    expect(await desk.give(() => loading)).toBe(await first);
    expect(outputs()).toEqual(['{"rows":3}', '{"rows":3}', '{"rows":3}']);
  });

  it("comes back itself where something was put on it", async () => {
    const made = Object.assign(Promise.resolve(1), { cancel: () => "cancelled" });
    const running = desk.give(() => made);
    expect(running.cancel()).toBe("cancelled");
    expect(await running).toBe(1);
    expect(outputs()).toEqual(["1"]);
  });

  it("of another realm is one as well", async () => {
    const foreign = runInNewContext("(async () => ({ rows: 3 }))()") as Promise<unknown>;
    const running = desk.give(() => foreign);
    expect(Object.keys(running)).toEqual([]);
    expect(Object.hasOwn(foreign, "then")).toBe(false);
    expect(await running).toEqual({ rows: 3 });
    expect(outputs()).toEqual(['{"rows":3}']);
  });

  it.each<[string, object | null]>([
    ["no prototype", null],
    ["a prototype of its own", { extra: 1 }],
    ["a prototype that has nothing above it", Object.create(null) as object],
  ])("is none with %s", (_, prototype) => {
    const odd = Object.setPrototypeOf(Promise.resolve(1), prototype) as Promise<number>;
    expect(desk.give(() => odd)).toBe(odd);
    expect(host.spans).toHaveLength(1);
  });
});

/** A query builder's kind of promise: nothing happens before it is asked. */
class Lazy<Value> implements PromiseLike<Value> {
  runs = 0;
  constructor(private readonly work: () => Promise<Value>) {}
  then<A = Value, B = never>(
    onValue?: ((value: Value) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.runs++;
    return this.work().then(onValue, onError);
  }
}
class Derived<Value> extends Promise<Value> {
  readonly label = "derived";
}

describe("any other thenable", () => {
  it("comes back as the same object, and is asked for its value by its caller alone", async () => {
    const lazy = new Lazy(async () => ({ rows: 3 }));
    const query = desk.handOn(() => lazy);
    await new Promise((resolve) => setImmediate(resolve));
    expect(query).toBe(lazy);
    expect([lazy.runs, host.spans.length]).toEqual([0, 0]);
    expect(await query).toEqual({ rows: 3 });
    expect(host.spans.map(({ name }) => name).sort()).toEqual(["give.task", "handOn.workflow"]);
    expect(outputs()).toEqual(['{"rows":3}', '{"rows":3}']);
    expect(await query).toEqual({ rows: 3 });
    expect([lazy.runs, host.spans.length]).toEqual([2, 2]);
    await desk.give(() => lazy);
    expect([lazy.runs, host.spans.length]).toEqual([3, 3]);
  });

  it("does its work under the span, and calls back in the caller's context", async () => {
    const seen: unknown[] = [];
    const see = async (): Promise<void> => void seen.push(active());
    await desk.give(() => new Lazy(see)).then(see);
    await desk
      .give(() => ({ then: see, catch: async (handler: () => unknown) => (await see(), handler()) }))
      .catch(see);
    expect(seen).toEqual([
      host.spans[0]?.spanContext().spanId,
      undefined,
      host.spans[1]?.spanContext().spanId,
      undefined,
    ]);
  });

  it.each<[string, (settle: () => Promise<unknown>) => PromiseLike<unknown>]>([
    ["a class of its own", (settle) => new Lazy(settle)],
    ["a class that extends Promise", (settle) => new Derived((resolve) => resolve(settle()))],
  ])("settles as it does, and tells it: %s", async (_, make) => {
    const give = (settle: () => Promise<unknown>) => desk.give(() => make(settle));
    await expect(give(async () => 7).then((value) => [value])).resolves.toEqual([7]);
    await expect(give(async () => 7).then()).resolves.toBe(7);
    expect(outputs()).toEqual(["7", "7"]);
    const reject = () => Promise.reject(error);
    await expect(give(reject).then(undefined, (thrown: unknown) => [thrown])).resolves.toEqual([error]);
    await expect(give(reject).then(() => 7)).rejects.toBe(error);
    expect(await unhandledDuring(() => void give(reject).then(() => 1))).toEqual([error]);
    expect(failures()).toEqual(["out of range", "out of range", "out of range"]);
  });

  it("stays a subclass of Promise", async () => {
    const running = desk.give(() => new Derived<number>((resolve) => resolve(7)));
    expect([running.label, running instanceof Derived]).toEqual(["derived", true]);
    expect(running.then(() => 1)).toBeInstanceOf(Derived);
    expect(await running.finally(ignore)).toBe(7);
    expect(outputs()).toEqual(["7"]);
  });

  it("may be a function", async () => {
    const thenable = Object.assign(() => 1, { then: (onValue: (value: number) => void) => onValue(7) });
    expect(desk.give(() => thenable)).toBe(thenable);
    expect(await thenable).toBe(7);
    expect(outputs()).toEqual(["7"]);
  });

  it("is untraced after its span was ended before anyone asked, or where it refuses to be observed", async () => {
    const held = desk.give(() => new Lazy(async () => 1));
    endOpen();
    expect(await held).toBe(1);
    const frozen = Object.freeze({ then: (onValue: (value: number) => void) => onValue(1) });
    expect(await desk.give(() => frozen)).toBe(1);
    expect(host.spans).toHaveLength(2);
  });

  it("fails its span where its then throws", () => {
    const throwing = {
      then: (): never => {
        throw error;
      },
    };
    expect(() => desk.give(() => throwing).then()).toThrow(error);
    expect(failures()).toEqual(["out of range"]);
  });
});

/** Thenables of other libraries, consumed by methods of their own. */
describe("a thenable that is consumed by another method than then", () => {
  type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;
  const eager = (settled: Promise<unknown>, more: object): PromiseLike<unknown> & Methods =>
    ({ then: (...handlers: never[]) => settled.then(...handlers), ...more }) as never;
  /** One with a method of this name, as libraries have it. */
  const make = (name: string, settled: Promise<unknown>): PromiseLike<unknown> & Methods => {
    if (name === "catch") return eager(settled, { catch: (handler: never) => settled.catch(handler) });
    if (name in VALUES) return eager(settled, { [name]: () => settled.finally() });
    const bluebird = { reflect: ignore, isPending: () => false };
    return eager(settled, { ...bluebird, [name]: () => settled.then(() => "made of it") });
  };

  it.each([...Object.keys(VALUES), ...BLUEBIRD_METHODS])("tells its value, or its error, once: %s", async (name) => {
    const fulfilled = desk.give(() => make(name, Promise.resolve([1, 2])));
    expect(host.spans).toEqual([]);
    const args = name === "catch" || name === "finally" ? [ignore] : [];
    await fulfilled[name]?.(...args);
    expect(outputs()).toEqual(["[1,2]"]);
    await fulfilled;
    const reason = Promise.reject(error);
    reason.catch(ignore);
    await Promise.resolve(desk.give(() => make(name, reason))[name]?.(...args)).catch(ignore);
    expect(host.spans).toHaveLength(2);
    expect(failures()).toEqual(["out of range"]);
  });

  it.each(["end", "exec"])("records what %s calls back with", async (name) => {
    const request = (...answer: unknown[]) => ({
      then: ignore,
      [name](callback: unknown) {
        setImmediate(callback as (...answer: unknown[]) => void, ...answer);
        return this;
      },
    });
    const answerOf = (given: Methods) => new Promise((resolve) => given[name]?.((...all: unknown[]) => resolve(all)));
    expect(await answerOf(desk.give(() => request(null, { ok: true }, "more")))).toEqual([null, { ok: true }, "more"]);
    expect(await answerOf(desk.give(() => request(error)))).toEqual([error, undefined]);
    expect(outputs()).toEqual(['{"ok":true}', undefined]);
    expect(failures()).toEqual(["out of range"]);
  });

  it.each(["all", "get", "run", "values"])("records what %s of a query for SQLite gives", (name) => {
    const rows = [{ id: 1 }];
    const query = { then: ignore, execute: ignore, all: () => rows, run: () => rows, [name]: () => rows };
    expect(desk.give((): Methods => query)[name]?.()).toBe(rows);
    expect(outputs()).toEqual(['[{"id":1}]']);
  });

  it.each(["stream", "cursor"])("records the items of its %s", async (name) => {
    const query = { then: ignore, [name]: () => Readable.from([{ id: 1 }, { id: 2 }]) };
    const rows = desk.give((): Methods => query)[name]?.() as Readable;
    expect(host.spans).toEqual([]);
    expect(await rows.toArray()).toEqual([{ id: 1 }, { id: 2 }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outputs()).toEqual(['[{"id":1},{"id":2}]']);
  });

  it.each(["abort", "pipe"])("is over with %s, even if that gives the thenable", (name) => {
    const request = {
      then: ignore,
      [name](): unknown {
        return this;
      },
    };
    expect(desk.give((): Methods => request)[name]?.()).toBe(request);
    expect(host.spans).toHaveLength(1);
  });

  it("is over when it is aborted before it calls back", () => {
    const request = { then: ignore, end: ignore, abort: ignore };
    const running = desk.give((): Methods => request);
    running.end?.(ignore);
    expect(host.spans).toEqual([]);
    running.abort?.();
    expect(host.spans).toHaveLength(1);
  });

  it("is over when it is cancelled, unless a caller awaits it", async () => {
    const cancel = (): boolean => true;
    expect(desk.give(() => eager(Promise.resolve(1), { cancel })).cancel?.()).toBe(true);
    expect(outputs()).toEqual([undefined]);
    const thenable = desk.give(() => eager(Promise.reject(error), { cancel }));
    const awaited = thenable.then(undefined, ignore);
    thenable.cancel?.();
    expect(host.spans).toHaveLength(1);
    await awaited;
    expect(failures()).toEqual(["out of range"]);
  });

  it("leaves methods of these names alone that give the builder, or are another library's", async () => {
    const same = function (this: unknown): unknown {
      return this;
    };
    const methods = { map: same, exec: same, filter: () => "text", parse: () => 8 };
    const builder = desk.give(() => eager(Promise.resolve(7), methods));
    const { then } = builder;
    expect([builder.map?.(), builder.exec?.(), builder.filter?.(), builder.parse?.()]).toEqual([
      builder,
      builder,
      "text",
      8,
    ]);
    expect(builder.then).toBe(then);
    expect(host.spans).toEqual([]);
    await builder;
    expect(outputs()).toEqual(["7"]);
  });

  it("gives a class before a handler to `catch` as it is", async () => {
    const seen: unknown[] = [];
    desk
      .give(() => eager(Promise.resolve(1), { catch: (...args: unknown[]) => void seen.push(...args) }))
      .catch?.(RangeError, ignore);
    expect(seen[0]).toBe(RangeError);
  });
});

describe("a promise of the OpenAI client", () => {
  let server: OpenAIServer;
  beforeEach(async () => {
    server = await OpenAIServer.start({ answer: () => content("hello yourself", { pieces: ["hello ", "yourself"] }) });
  });
  afterEach(() => server.close());
  const request = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "hello" }] };
  const client = (): OpenAI => new OpenAI({ apiKey: "test", baseURL: server.url, maxRetries: 0 });
  const ask = (): APIPromise<OpenAI.ChatCompletion> => desk.give(() => client().chat.completions.create(request));
  const said = (made: OpenAI.ChatCompletion | undefined): unknown => made?.choices[0]?.message.content;

  it.each<[string, (asked: APIPromise<OpenAI.ChatCompletion>) => Promise<unknown>]>([
    ["awaited", async (asked) => said(await asked)],
    ["awaited again and again", async (asked) => [await asked, said(await asked)][1]],
    ["withResponse()", async (asked) => said((await asked.withResponse()).data)],
    ["then().finally()", (asked) => asked.then(said).finally(ignore)],
    ["catch()", async (asked) => said((await asked.catch(ignore)) ?? undefined)],
  ])("is one still, and told of once: %s", async (_, use) => {
    const asked = ask();
    expect(asked).toBeInstanceOf(APIPromise);
    expect(await use(asked)).toBe("hello yourself");
    expect(server.requests).toHaveLength(1);
    expect(outputs()).toEqual([expect.stringContaining("hello yourself")]);
  });

  it("gives its bare response, whose body is the caller's", async () => {
    const response = await ask().asResponse();
    expect(await response.text()).toContain("hello yourself");
    expect(outputs()).toEqual([undefined]);
    const { response: beside, data } = await ask().withResponse();
    expect(beside).toBeInstanceOf(Response);
    expect(outputs()[1]).toBe(JSON.stringify(data));
  });

  it.each<[string, (asked: APIPromise<OpenAI.ChatCompletion>) => Promise<unknown>]>([
    ["awaited", async (asked) => asked],
    ["withResponse()", (asked) => asked.withResponse()],
    ["asResponse()", (asked) => asked.asResponse()],
  ])("fails the span with its error: %s", async (_, use) => {
    server.answerWith(() => httpError(400, "no such model"));
    await expect(use(ask())).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    expect(failures()).toEqual([expect.stringContaining("no such model")]);
  });

  it("keeps the span open until its stream is consumed", async () => {
    const stream = await desk.give(() => client().chat.completions.create({ ...request, stream: true }));
    expect(host.spans).toEqual([]);
    const parts: unknown[] = [];
    for await (const chunk of stream) parts.push(chunk.choices[0]?.delta.content);
    expect(parts.join("")).toContain("hello yourself");
    expect(outputs()).toEqual([expect.stringContaining('"content":"hello "')]);
  });
});
