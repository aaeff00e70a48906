import { setTimeout as sleep } from "node:timers/promises";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import { Task, withWorkflow } from "../../lib/decorators/decorators.js";
import { partialOf } from "../../lib/observe/watcher.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";

let host: InProcess;
eachInProcess((made) => (host = made));
const outputs = (): unknown[] => host.spans.map(({ attributes }) => attributes["traceloop.entity.output"]);
const consume = async (stream: AsyncIterable<unknown>): Promise<unknown[]> => {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
};
class Desk {
  @Task() give<Result>(make: () => Result): Result {
    return make();
  }
}
const desk = new Desk();

describe("an object whose next gives documents and not steps", () => {
  /** As cursors of database drivers are. */
  class Cursor {
    readonly #left: unknown[];
    constructor(documents: readonly unknown[]) {
      this.#left = [...documents];
    }
    async next(): Promise<unknown> {
      return this.#left.shift() ?? null;
    }
    async toArray(): Promise<unknown[]> {
      const first = await this.next();
      return first === null ? [] : [first, ...this.#left.splice(0)];
    }
    async *[Symbol.asyncIterator](): AsyncGenerator {
      for (let item; (item = await this.next()) !== null;) yield item;
    }
  }
  const documents = [
    { id: 1, done: false },
    { id: 2, done: true },
    { id: 3, value: "x" },
  ];

  it.each<[string, (cursor: Cursor) => Promise<unknown>]>([
    ["iterated", (cursor) => consume(cursor)],
    [
      "advanced by hand",
      async (cursor) => {
        const all: unknown[] = [];
        for (let item; (item = await cursor.next()) !== null;) all.push(item);
        return all;
      },
    ],
    ["asked for all", (cursor) => cursor.toArray()],
    ["advanced by hand and then iterated", async (cursor) => [await cursor.next(), ...(await consume(cursor))]],
  ])("has each of them recorded once, to the last: %s", async (_, use) => {
    expect(await use(desk.give(() => new Cursor(documents)))).toEqual(documents);
    expect(outputs()).toEqual([JSON.stringify(documents)]);
  });

  it("may be an iterator after all", async () => {
    let count = 0;
    const iterator = {
      next: async () => ({ done: ++count > 2, value: count }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    expect(await consume(desk.give(() => iterator) as AsyncIterable<number>)).toEqual([1, 2]);
    expect(outputs()).toEqual(["[1,2]"]);
  });
});

describe("a result that is never consumed", () => {
  const lengthOf = (index: number): number => {
    const { startTime, endTime } = host.spans[index]!;
    return hrTimeToMilliseconds(endTime) - hrTimeToMilliseconds(startTime);
  };
  const never = { then: () => undefined };

  it("has its span end when the method returned, not when telemetry shut down", async () => {
    const start = performance.now();
    const held = desk.give(() => ({ ...never }));
    await sleep(50);
    for (const open of slot.tracing!.open) open.end();
    expect(held).toBeDefined();
    expect(host.spans).toHaveLength(1);
    expect(lengthOf(0)).toBeLessThan((performance.now() - start) / 2);
  });
});

describe("an object that arrives growing", () => {
  async function* growing(name: string): AsyncGenerator<object> {
    const whole = {};
    for (let to = 1; to <= 60; to++) yield partialOf({ [name]: "x".repeat(to) }, whole);
  }
  const last = (name: string): string => JSON.stringify({ [name]: "x".repeat(60) });

  it.each<[string, () => AsyncGenerator]>([
    ["handed on", () => growing("a")],
    [
      "by yield*",
      async function* () {
        yield* growing("a");
      },
    ],
    [
      "one by one",
      async function* () {
        for await (const partial of growing("a")) yield partial;
      },
    ],
  ])("is recorded as the one object that it becomes: %s", async (_, generator) => {
    expect(await consume(withWorkflow("w", generator))).toHaveLength(60);
    expect(outputs()).toEqual([last("a")]);
  });

  it("is one item among others", async () => {
    const all = withWorkflow("w", async function* () {
      yield 1;
      yield* growing("a");
      yield* growing("b");
      yield 2;
    });
    await consume(all);
    expect(outputs()).toEqual([`[1,${last("a")},${last("b")},2]`]);
  });

  it("is a list with the next, where it came first", async () => {
    await consume(
      withWorkflow("w", async function* () {
        yield* growing("a");
        yield 2;
      }),
    );
    expect(outputs()).toEqual([`[${last("a")},2]`]);
  });
});
