import { countsBetween, DeliveryCounter, NO_COUNTS } from "../../../lib/telemetry/delivery/delivery-counts.js";
import { settledWithin } from "../../../lib/telemetry/delivery/within.js";

describe("counts of spans", () => {
  it("say what became of those between two moments", () => {
    const counter = new DeliveryCounter();
    Object.assign(counter, { exported: 5, rejected: 4, failed: 3, dropped: 2 });
    const before = counter.total;
    counter.exported += 1;
    counter.rejected += 10;
    counter.failed += 100;
    counter.dropped += 1_000;
    expect(before).toEqual({ exported: 5, rejected: 4, failed: 3, dropped: 2 });
    expect(countsBetween(before, counter.total)).toEqual({ exported: 1, rejected: 10, failed: 100, dropped: 1_000 });
  });

  it("of nothing cannot be changed by whoever is given them", () => {
    expect(NO_COUNTS).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0 });
    expect(Object.isFrozen(NO_COUNTS)).toBe(true);
  });
});

describe("waiting within a time", () => {
  const never = new Promise<void>(() => undefined);

  it.each<[string, () => PromiseLike<unknown> | undefined, number]>([
    ["what was started has settled", () => Promise.resolve(), 3_600_000],
    ["it has failed", () => Promise.reject(new Error("boom")), 3_600_000],
    ["there was nothing to wait for", () => undefined, 3_600_000],
    [
      "it could not be started",
      () => {
        throw new Error("boom");
      },
      3_600_000,
    ],
    ["the time is over", () => never, 1],
  ])("is over when %s, and leaves no timer", async (_what, start, millis) => {
    const clear = jest.spyOn(globalThis, "clearTimeout");
    const set = jest.spyOn(globalThis, "setTimeout");
    await expect(settledWithin(start, millis)).resolves.toBeUndefined();
    const timers = set.mock.results.map(({ value }) => value as unknown);
    expect(clear.mock.calls.map(([timer]) => timer)).toEqual(timers);
    jest.restoreAllMocks();
  });
});
