import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { withTask } from "../../lib/decorators/decorators.js";
import { attemptsOf, collect, muteConsole, World } from "../instructor/world.js";
import { toolCall } from "../harness/index.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

muteConsole();

const HOUR = 3_600_000;

/** Clocks that are not what they should be: they get the true time, and how often they have been asked. */
type Clock = (time: number, asked: number) => number;
const backwards: Clock = (time, asked) => time - asked * HOUR;
const forwards: Clock = (time, asked) => time + asked * HOUR;
const erratic: Clock = (time, asked) => time + (asked % 2 === 0 ? -HOUR : HOUR);
const setBack =
  (after: number): Clock =>
  (time, asked) =>
    asked > after ? time - HOUR : time;
const setForward: Clock = (time, asked) => (asked > 20 ? time + HOUR : time);
const still: Clock = () => 1;

/** Runs `work` under such clocks. */
async function under(date: Clock | undefined, monotonic: Clock | undefined, work: () => Promise<void>): Promise<void> {
  const replace = (holder: { now(): number }, clock: Clock | undefined): void => {
    if (clock === undefined) return;
    const now = holder.now.bind(holder);
    let asked = 0;
    jest.spyOn(holder, "now").mockImplementation(() => clock(now(), asked++));
  };
  replace(Date, date);
  replace(performance, monotonic);
  try {
    await work();
  } finally {
    jest.restoreAllMocks();
  }
}

const Ticket = z.object({ customer: z.string() });
const request = {
  model: "gpt-4o-mini",
  max_retries: 1,
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
  response_model: { schema: Ticket, name: "Ticket" },
};

/** Everything that has a time: methods, a generator, a call with a retry, streams, one of them left open. */
async function everything(world: World): Promise<void> {
  const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
  withTask("sync", () => 1);
  await withTask("async", async () => Promise.resolve(1));
  expect([
    ...withTask("generator", function* () {
      yield 1;
      yield 2;
    }),
  ]).toEqual([1, 2]);
  world.server.reply(toolCall({ arguments: { customer: 7 } }), toolCall({ arguments: { customer: "ACME" } }));
  await client.create(request);
  world.server.reply(toolCall({ arguments: { items: [{ customer: "ACME" }, { customer: "Umbra" }] } }));
  await collect(client.createIterable(request));
  world.server.reply(toolCall({ arguments: { customer: "ACME" } }));
  await collect(client.createPartial(request));
  world.server.reply(toolCall({ arguments: { customer: "ACME" } }));
  await client.createPartial(request).next();
  await world.telemetry.shutdown();
}

describe("times and durations", () => {
  it.each<[string, Clock | undefined, Clock | undefined]>([
    ["the wall clock runs backwards", backwards, undefined],
    ["the wall clock leaps forwards", forwards, undefined],
    ["the wall clock does both", erratic, undefined],
    // Fake timers of a test do that, when they are put in place or taken away.
    ...Array.from({ length: 12 }, (_, at): [string, undefined, Clock] => [
      `the monotonic clock is set back (${at * 10})`,
      undefined,
      setBack(at * 10),
    ]),
    ["the monotonic clock leaps forwards", undefined, setForward],
    ["the monotonic clock stands still", undefined, still],
    ["both are set back", backwards, setBack(20)],
  ])("are never negative where %s", async (_what, date, monotonic) => {
    await using world = await World.start({ logLevel: "none" });
    const started = Date.now();
    await under(date, monotonic, () => everything(world));
    const { spans } = world.receiver;
    expect(spans).toHaveLength(7);
    for (const span of spans) {
      expect(span.endTime).toBeGreaterThanOrEqual(span.startTime);
      for (const { time } of span.events) expect(Math.abs(Number(time) / 1e6 - started)).toBeLessThan(1_000 * HOUR);
      for (const attempt of attemptsOf(span)) expect(attempt["instructor.attempt.duration"]).toBeGreaterThanOrEqual(0);
      expect(span.attributes["gen_ai.response.time_to_first_chunk"] ?? 0).toBeGreaterThanOrEqual(0);
    }
    expect(spans.flatMap(attemptsOf)).toHaveLength(5);
    expect(spans.filter(({ attributes }) => "gen_ai.response.time_to_first_chunk" in attributes)).toHaveLength(3);
    expect(world.telemetry.stats()).toEqual({ exported: 7, rejected: 0, failed: 0, dropped: 0, pending: 0 });
  });
});

describe("the spans of a trace", () => {
  it("lie within their parents and keep their order, whatever the wall clock does", async () => {
    await using world = await World.start({ logLevel: "none" });
    const nest = (depth: number): number =>
      withTask(`level ${depth}`, () => {
        withTask(`before ${depth}`, () => 1);
        const result = depth < 30 ? nest(depth + 1) : 1;
        withTask(`after ${depth}`, () => 1);
        return result;
      });
    await under(erratic, undefined, async () => {
      nest(1);
      await Promise.resolve();
    });
    await world.telemetry.flush();
    const { spans } = world.receiver;
    expect(spans).toHaveLength(90);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      const parent = byId.get(span.parentSpanId ?? "");
      if (parent === undefined) continue;
      expect(span.startTime).toBeGreaterThanOrEqual(parent.startTime);
      expect(span.endTime).toBeLessThanOrEqual(parent.endTime);
    }
    for (let depth = 1; depth <= 30; depth++) {
      const [before, after] = [world.receiver.only(`before ${depth}.task`), world.receiver.only(`after ${depth}.task`)];
      const between = depth < 30 ? world.receiver.only(`level ${depth + 1}.task`) : before;
      expect(between.startTime).toBeGreaterThanOrEqual(depth < 30 ? before.endTime : before.startTime);
      expect(after.startTime).toBeGreaterThanOrEqual(between.endTime);
    }
  });
});
