/** Runs in a process of its own, with `--expose-gc` and a small heap, and prints what failed in each case. */
import { strict as assert } from "node:assert";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import { NoopSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { Stream } from "openai/streaming";
import { z } from "zod";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";
import { captureJson, captureText } from "../../lib/capture/serialize.js";
import { Task, withTask } from "../../lib/decorators/decorators.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { slot } from "../../lib/scope/tracing.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import { content, OTLPReceiver, toolCall } from "../harness/index.js";
import { attemptsOf, World } from "../instructor/world.js";
import { InProcess } from "../scope/in-process.js";

declare const gc: () => void;

/** Collects garbage until something has come of it, at most so many times. */
async function collectUntil(isDone: () => boolean, times = 100): Promise<void> {
  for (let turn = 0; turn < times && !isDone(); turn++) {
    gc();
    // The engine calls back for what it collected in a task of its own.
    await nextTurn();
    if (!isDone()) await sleep(Math.min(turn, 20));
  }
}

/** Runs `work` in a function that has returned before anything is collected: the registers of one that runs hold it. */
async function dropping(work: () => unknown): Promise<void> {
  await work();
}

const openSpans = (): number => slot.tracing?.open.size ?? 0;
const allEnded = (): boolean => openSpans() === 0;
const outputsOf = (host: InProcess): unknown[] =>
  host.spans.map(({ attributes }) => attributes["traceloop.entity.output"]);

async function consume<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* counting(to: number): AsyncGenerator<number> {
  for (let at = 1; at <= to; at++) {
    await nextTurn();
    yield at;
  }
}

const openaiStream = (to: number): Stream<number> => new Stream(() => counting(to), new AbortController());

/** An async iterable with nothing else to it. */
const iterable = (to: number): AsyncIterable<number> => ({
  [Symbol.asyncIterator]() {
    let at = 0;
    return { next: async () => (++at <= to ? { value: at, done: false } : { value: undefined, done: true }) };
  },
});

const lazy = (): PromiseLike<number> => ({ then: (onValue, onError) => Promise.resolve(1).then(onValue, onError) });

class Desk {
  @Task() give<Result>(make: () => Result): Result {
    return make();
  }
  @Task() *count(to: number): Generator<number> {
    for (let at = 1; at <= to; at++) yield at;
  }
  @Task() async *countAsync(to: number): AsyncGenerator<number> {
    yield* counting(to);
  }
}
const desk = new Desk();

const request = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
  response_model: { schema: z.object({ customer: z.string(), summary: z.string() }), name: "Ticket" },
};
const plain = { model: request.model, messages: request.messages, stream: true as const };
const ticket = toolCall({ arguments: { customer: "ACME", summary: "Login failure before an audit" } });
const traced = (world: World) => createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });

async function outcomesOf(world: World): Promise<unknown[]> {
  return attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.outcome"]);
}

/** Expects the call that `start` begins and drops to end its one span as aborted. */
async function endsAborted(
  reply: ReturnType<typeof content>,
  start: (world: World) => Promise<unknown>,
): Promise<void> {
  await using world = await World.start();
  world.server.reply(reply);
  await dropping(() => start(world));
  await collectUntil(allEnded);
  assert.deepEqual(await outcomesOf(world), ["aborted"]);
  assert.equal((await world.span()).status.code, 0);
}

/** Streams that are not read to their end, by kind. */
const streams = { "async generator": counting, "OpenAI stream": openaiStream, "async iterable": iterable };

const cases: Record<string, () => Promise<void>> = {
  "a decorated generator that is dropped half consumed has its span ended": async () => {
    using host = new InProcess();
    await dropping(async () => {
      desk.count(3).next();
      await desk.countAsync(3).next();
    });
    assert.equal(host.spans.length, 0);
    await collectUntil(() => host.spans.length === 2);
    assert.deepEqual(outputsOf(host), ["[1]", "[1]"]);
  },

  "a lazy promise that is dropped has its span ended": async () => {
    using host = new InProcess();
    await dropping(() => void desk.give(lazy));
    assert.equal(host.spans.length, 0);
    await collectUntil(() => host.spans.length > 0);
    assert.equal(host.spans.length, 1);
  },

  "a result that is never consumed has its span end when the method returned": async () => {
    using host = new InProcess();
    const start = performance.now();
    await dropping(() => void desk.give(lazy));
    await sleep(50);
    await collectUntil(() => host.spans.length > 0);
    const { startTime, endTime } = host.spans[0]!;
    const length = hrTimeToMilliseconds(endTime) - hrTimeToMilliseconds(startTime);
    assert.ok(length < (performance.now() - start) / 2);
  },

  "a stream that was begun and dropped has its span end when it is collected": async () => {
    using host = new InProcess();
    await dropping(async () => {
      await desk.give(() => counting(2)).next();
      await sleep(20);
    });
    await collectUntil(() => host.spans.length > 0);
    const { startTime, endTime } = host.spans[0]!;
    assert.ok(hrTimeToMilliseconds(endTime) - hrTimeToMilliseconds(startTime) > 19);
  },

  "both branches of a stream that are dropped end its span": async () => {
    using host = new InProcess();
    await dropping(() => void desk.give(() => openaiStream(2)).tee());
    await collectUntil(() => host.spans.length > 0);
    assert.equal(host.spans.length, 1);
  },

  ...Object.fromEntries(
    Object.entries(streams).flatMap(([kind, make]) => [
      [
        `an ${kind} that is dropped, never iterated or half consumed, has its span ended`,
        async () => {
          using host = new InProcess();
          await dropping(async () => {
            desk.give(() => make(2));
            const begun = desk.give(() => make(2));
            await begun[Symbol.asyncIterator]().next();
          });
          assert.equal(host.spans.length, 0);
          await collectUntil(() => host.spans.length === 2);
          assert.deepEqual(outputsOf(host).sort(), ["[1]", "[]"]);
        },
      ],
      [
        `an ${kind} of which the iterator alone is held keeps its span`,
        async () => {
          using host = new InProcess();
          const iterator = desk.give(() => make(3))[Symbol.asyncIterator]();
          await iterator.next();
          await collectUntil(() => false, 3);
          assert.equal(host.spans.length, 0);
          for (let step = 0; step < 3; step++) await iterator.next();
          assert.deepEqual(outputsOf(host), ["[1,2,3]"]);
        },
      ],
    ]),
  ),

  "createPartial that is dropped half-way has its span ended": () =>
    endsAborted(ticket, async (world) =>
      (await traced(world).chat.completions.create({ ...request, stream: true })).next(),
    ),

  "createIterable that is dropped half-way has its span ended": () =>
    endsAborted(
      toolCall({
        arguments: {
          items: [
            { customer: "ACME", summary: "1" },
            { customer: "B", summary: "2" },
          ],
        },
      }),
      (world) => traced(world).createIterable(request).next(),
    ),

  "a native stream that is never consumed has its span ended": () =>
    endsAborted(content("Hello there"), (world) => traced(world).chat.completions.create(plain)),

  "a call that is never awaited has its span ended": async () => {
    await using world = await World.start();
    world.server.reply(content("Hello there"));
    await dropping(() => void traced(world).chat.completions.create({ ...plain, stream: false }));
    await collectUntil(allEnded);
    assert.equal((await world.spans()).length, 1);
  },

  "a stream of objects that is dropped before it is advanced has no span": async () => {
    await using world = await World.start();
    let isGone = false;
    const registry = new FinalizationRegistry(() => (isGone = true));
    await dropping(async () =>
      registry.register(await traced(world).chat.completions.create({ ...request, stream: true }), undefined),
    );
    await collectUntil(() => isGone);
    // Other finalization registries may be called later.
    await collectUntil(() => false, 3);
    assert.equal(isGone, true);
    assert.equal((await world.spans()).length, 0);
  },

  "a native stream is one span to its end when its promise is collected": async () => {
    await using world = await World.start();
    world.server.reply(content("Hello there"));
    const client = traced(world);
    let isPromiseGone = false;
    const registry = new FinalizationRegistry(() => (isPromiseGone = true));
    const stream = await (async () => {
      const pending = client.chat.completions.create(plain);
      registry.register(pending, undefined);
      return pending;
    })();
    await collectUntil(() => isPromiseGone);
    await collectUntil(allEnded, 3);
    assert.deepEqual([isPromiseGone, openSpans()], [true, 1]);
    await consume(stream);
    assert.deepEqual(await outcomesOf(world), ["success"]);
  },

  "a telemetry that was shut down is collected with its spans": async () => {
    await using receiver = await OTLPReceiver.start();
    const held: WeakRef<object>[] = [];
    const round = async (): Promise<void> => {
      // What holds the telemetry's provider, queue or options holds this.
      const processor = new NoopSpanProcessor();
      const telemetry = new RespanTelemetry({
        apiKey: "key",
        baseUrl: receiver.url,
        isAutoInstrument: false,
        logLevel: "none",
        spanProcessors: [processor],
      });
      withTask("work", () => 1);
      trace.getTracer("host").startSpan("GET /").end();
      await telemetry.shutdown();
      held.push(new WeakRef(telemetry), new WeakRef(processor));
    };
    for (let at = 0; at < 10; at++) await round();
    // `deref()` keeps the object alive until the next turn, so it is called once, at the end.
    await collectUntil(() => false, 5);
    // The engine may keep the last one a while longer.
    assert.ok(held.filter((reference) => reference.deref() !== undefined).length <= 2);
  },

  "a value is not kept alive by the part of it that is recorded": async () => {
    const recorded: unknown[] = [];
    const heap = (): number => {
      gc();
      return process.memoryUsage().heapUsed;
    };
    const json = (value: unknown): unknown => captureJson(value, DEFAULT_REDACTOR);
    const before = heap();
    for (let index = 0; index < 8; index++) {
      const huge = `${index}${"0123456789".repeat(1_000_000)}`;
      huge.charCodeAt(0);
      recorded.push(json({ a: huge }), json(huge), captureText(huge, DEFAULT_REDACTOR), json([huge.slice(5, 40)]));
      recorded.push(json(new Map([[huge.slice(3, 40), 1]])));
    }
    assert.ok(heap() - before < 30_000_000);
    assert.equal(recorded.length, 40);
    await nextTurn();
  },
};

/** Prints the failure of each case; an empty text means that it passed. */
async function main(): Promise<void> {
  const failures: Record<string, string> = {};
  for (const [name, run] of Object.entries(cases)) {
    failures[name] = await run().then(
      () => "",
      (error: unknown) => String((error as Error).stack),
    );
  }
  process.stdout.write(JSON.stringify(failures));
}

void main();
