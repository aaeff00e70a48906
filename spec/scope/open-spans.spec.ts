import type { Endable } from "../../lib/scope/open-spans.js";
import { OpenSpans } from "../../lib/scope/open-spans.js";
import { collectUntil } from "../decorators/garbage.js";

class Ending implements Endable {
  place = 0;
  isEnded = false;
  constructor(private readonly open: OpenSpans) {
    open.add(this);
  }
  end(): void {
    this.isEnded = true;
    this.open.delete(this);
  }
}

describe("the spans that are open", () => {
  it("are those that were added and have not ended, in whatever order they end", () => {
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
      [2, 0, 3, 1],
    ];
    for (const order of orders) {
      const open = new OpenSpans();
      const spans = Array.from({ length: 4 }, () => new Ending(open));
      expect(open.size).toBe(4);
      expect([...open]).toEqual(spans);
      for (const [count, index] of order.entries()) {
        spans[index]?.end();
        expect(open.size).toBe(3 - count);
        expect(new Set(open)).toEqual(new Set(spans.filter(({ isEnded }) => !isEnded)));
      }
      const again = new Ending(open);
      expect([...open]).toEqual([again]);
    }
  });

  it("stay where one ends twice, or was never among them", () => {
    const open = new OpenSpans();
    const [first, second] = [new Ending(open), new Ending(open)];
    first.end();
    first.end();
    expect([...open]).toEqual([second]);
    const elsewhere = new Ending(new OpenSpans());
    open.delete(elsewhere);
    expect([...open]).toEqual([second]);
    expect(open.size).toBe(1);
  });

  it("can all be ended, one after the other, while they are listed", () => {
    const open = new OpenSpans();
    const spans = Array.from({ length: 10 }, () => new Ending(open));
    for (const span of open) span.end();
    expect(spans.every(({ isEnded }) => isEnded)).toBe(true);
    expect([...open]).toEqual([]);
  });

  it("are not held on to when they have ended", async () => {
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    const open = new OpenSpans();
    (() => {
      const spans = Array.from({ length: 20 }, () => new Ending(open));
      for (const span of spans) {
        span.end();
        registry.register(span, undefined);
      }
    })();
    const held = new Ending(open);
    // An engine may keep the last that it had in its hands.
    await collectUntil(() => collected >= 18, 20);
    expect(collected).toBeGreaterThanOrEqual(18);
    expect([...open]).toEqual([held]);
  });
});
