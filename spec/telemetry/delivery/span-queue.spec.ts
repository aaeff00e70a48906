import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { SpanQueue } from "../../../lib/telemetry/delivery/span-queue.js";

const spanNamed = (name: string): ReadableSpan => ({ name }) as ReadableSpan;
const ALL = Number.POSITIVE_INFINITY;

/** A queue, and beside it what ought to be in it. */
class Both {
  readonly queue = new SpanQueue();
  readonly #expected: { name: string; size: number }[] = [];
  #made = 0;

  push(count: number): void {
    for (let at = 0; at < count; at++) {
      const name = `span ${this.#made++}`;
      const size = 1 + (this.#made % 7);
      this.queue.push(spanNamed(name), size);
      this.#expected.push({ name, size });
    }
    this.#compare();
  }

  take(count: number): void {
    const taken = this.#expected.splice(0, count);
    const { spans, bytes } = this.queue.take(count, ALL);
    expect(spans.map(({ name }) => name)).toEqual(taken.map(({ name }) => name));
    expect(bytes).toBe(taken.reduce((sum, { size }) => sum + size, 0));
    this.#compare();
  }

  #compare(): void {
    expect(this.queue.length).toBe(this.#expected.length);
    expect(this.queue.bytes).toBe(this.#expected.reduce((sum, { size }) => sum + size, 0));
  }
}

describe("the queue of spans", () => {
  it.each([
    ["never full", [300, -200, 300, -300, 200, -300]],
    ["just full, time and again", [512, -512, 512, -512]],
    ["one over its room", [512, 1, -513]],
    ["over its room while its front is in the middle", [512, -300, 300, 1, -100, 700, -1_113]],
    ["twice over its room", [2_000, -1_999, 3_000, -3_001]],
    ["around its room many times", Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 130 : -125))],
    ["asked for more than there is", [3, -10, 2, -10]],
  ])("gives back what it was given, in that order: %s", (_what, steps) => {
    const both = new Both();
    for (const step of steps) {
      if (step > 0) both.push(step);
      else both.take(-step);
    }
  });

  it.each<[number[], number, number, number]>([
    [[10, 10, 10], 3, 30, 3],
    [[10, 10, 10], 3, 29, 2],
    [[10, 10, 10], 2, 100, 2],
    [[50, 10], 2, 30, 1],
    [[10, 50, 10], 3, 30, 1],
    [[10], 0, 100, 0],
    [[], 5, 100, 0],
  ])("of %j gives %d spans that weigh at most %d, and one whatever it weighs: %d", (sizes, count, bytes, taken) => {
    const queue = new SpanQueue();
    for (const [at, size] of sizes.entries()) queue.push(spanNamed(String(at)), size);
    const result = queue.take(count, bytes);
    expect(result.spans.map(({ name }) => name)).toEqual(sizes.slice(0, taken).map((_, at) => String(at)));
    expect(result.bytes).toBe(sizes.slice(0, taken).reduce((sum, size) => sum + size, 0));
    expect(queue.length).toBe(sizes.length - taken);
  });
});
