import { getEventListeners } from "node:events";
import { BACKOFF, backoffMillis, retryAfterMillis, waitFor } from "../../../lib/telemetry/exporter/backoff.js";

describe("the wait between two tries", () => {
  afterEach(() => jest.restoreAllMocks());

  it("is a second at first, and at most eight", () => {
    expect(BACKOFF).toEqual({ initialMillis: 1_000, maxMillis: 8_000 });
  });

  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [4, 4_000, 8_000],
    [5, 4_000, 8_000],
    [100, 4_000, 8_000],
  ])("after try %d lies between %d and %d ms, as chance has it", (tries, least, most) => {
    const random = jest.spyOn(Math, "random");
    for (const [chance, millis] of [
      [0, least],
      [0.5, (least + most) / 2],
      [1, most],
    ] as const) {
      random.mockReturnValue(chance);
      expect(backoffMillis(tries)).toBe(millis);
    }
  });
});

describe("Retry-After", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  const minuteLater = "Wed, 21 Oct 2015 07:29:00 GMT";

  it.each<[string | undefined, string | undefined, number | undefined]>([
    ["0", undefined, 0],
    ["1", undefined, 1_000],
    [" 120 ", undefined, 120_000],
    ["999999999", undefined, 999_999_999_000],
    ["9999999999", undefined, undefined],
    ["-1", undefined, undefined],
    ["1.5", undefined, undefined],
    ["1s", undefined, undefined],
    ["in 5", undefined, undefined],
    ["soon", undefined, undefined],
    ["", undefined, undefined],
    [undefined, undefined, undefined],
    [minuteLater, date, 60_000],
    [` ${minuteLater} `, ` ${date} `, 60_000],
    [date, minuteLater, 0],
    [date, undefined, 0],
    [date, "yesterday", 0],
    ["2099-10-21T07:28:00Z", date, undefined],
    ["x Wed, 21 Oct 2015 07:29:00 GMT", date, undefined],
    ["Wed, nonsense", date, undefined],
    ["WED, 21 Oct 2015 07:29:00 GMT", date, undefined],
  ])("%j, from an answer of %j, says to wait for %s ms", (header, answered, millis) => {
    expect(retryAfterMillis(header, answered)).toBe(millis);
  });

  it("is counted from our own clock where the answer has no date", () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    for (const answered of [undefined, "yesterday", ""]) {
      expect(retryAfterMillis(inAnHour, answered)).toBeGreaterThan(3_000_000);
      expect(retryAfterMillis(inAnHour, answered)).toBeLessThanOrEqual(3_600_000);
    }
  });
});

describe("waiting", () => {
  it("ends when its time is over, and leaves nothing behind", async () => {
    const { signal } = new AbortController();
    await waitFor(1, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it.each([
    ["before", true],
    ["during", false],
  ])("ends at once when it is told to stop %s it", async (_when, isBefore) => {
    const controller = new AbortController();
    if (isBefore) controller.abort();
    const waited = waitFor(3_600_000, controller.signal);
    if (!isBefore) controller.abort();
    await waited;
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});
