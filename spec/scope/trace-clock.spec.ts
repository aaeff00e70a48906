import type { HrTime } from "@opentelemetry/api";
import { TraceClock } from "../../lib/scope/open-span.js";

const nanos = ([seconds, rest]: HrTime): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);

describe("the clock of a trace", () => {
  afterEach(() => jest.restoreAllMocks());

  it("is set by the wall clock once, and runs with the monotonic one", () => {
    const date = jest.spyOn(Date, "now").mockReturnValue(1_000_000);
    const monotonic = jest.spyOn(performance, "now").mockReturnValue(500);
    const clock = new TraceClock();
    expect(clock.now()).toEqual([1_000, 0]);
    date.mockReturnValue(9_000_000);
    monotonic.mockReturnValue(501.25);
    expect(clock.now()).toEqual([1_000, 1_250_000]);
  });

  it("never goes back, whatever is done to the monotonic clock", () => {
    const monotonic = jest.spyOn(performance, "now").mockReturnValue(5_000);
    const clock = new TraceClock();
    const first = clock.now();
    monotonic.mockReturnValue(0);
    expect(clock.now()).toEqual(first);
    monotonic.mockReturnValue(5_001);
    expect(nanos(clock.now())).toBeGreaterThan(nanos(first));
  });
});
