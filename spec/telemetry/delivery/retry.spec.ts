import { getEventListeners } from "node:events";
import type { HttpOutcome } from "../../../lib/telemetry/delivery/retry.js";
import {
  BACKOFF,
  backoffMillis,
  isRetryable,
  retryAfterMillis,
  retryDelay,
} from "../../../lib/telemetry/delivery/retry.js";
import { sleep } from "../../../lib/telemetry/timers.js";

const answer = (status: number, headers = {}): HttpOutcome => ({ status, headers, body: Buffer.alloc(0) });
const failure = (code: string, wasReused = false): HttpOutcome => ({ status: undefined, code, wasReused });

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

describe("the wait before another attempt", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  const earlier = "Wed, 21 Oct 2015 07:27:00 GMT";

  beforeEach(() => jest.spyOn(Math, "random").mockReturnValue(1));
  afterEach(() => jest.restoreAllMocks());

  it.each<[string, HttpOutcome, number, number]>([
    ["is the backoff", answer(503), 2, 2_000],
    ["is what the receiver asks for", answer(429, { "retry-after": "60" }), 1, 60_000],
    ["is the backoff where the receiver asks for less", answer(429, { "retry-after": "1" }), 3, 4_000],
    ["is the backoff after Retry-After: 0", answer(429, { "retry-after": "0" }), 1, 1_000],
    ["is the backoff after a date in the past", answer(503, { "retry-after": earlier, date }), 1, 1_000],
    ["is the backoff after the date of this moment", answer(503, { "retry-after": date, date }), 2, 2_000],
    ["is the backoff after a failed connection", failure("ECONNREFUSED"), 1, 1_000],
    ["is the backoff after a new connection was reset", failure("ECONNRESET"), 1, 1_000],
    ["is nothing after an idle connection was closed", failure("ECONNRESET", true), 1, 0],
    ["is the backoff after that happened again", failure("EPIPE", true), 2, 2_000],
    ["is the backoff after a timeout of an idle connection", failure("ETIMEDOUT", true), 1, 1_000],
  ])("%s", (_what, outcome, attempt, millis) => {
    expect(retryDelay(outcome, attempt)).toBe(millis);
  });
});

describe("waiting", () => {
  it("ends when its time is over, and leaves nothing behind", async () => {
    const { signal } = new AbortController();
    await sleep(1, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it.each([
    ["before", true],
    ["during", false],
  ])("ends at once when it is told to stop %s it", async (_when, isBefore) => {
    const controller = new AbortController();
    if (isBefore) controller.abort();
    const waited = sleep(3_600_000, controller.signal);
    if (!isBefore) controller.abort();
    await waited;
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe("a request is sent again", () => {
  it.each([429, 502, 503, 504])("after status %d", (status) => {
    expect(isRetryable(answer(status))).toBe(true);
  });

  it.each([200, 301, 400, 401, 403, 404, 413, 415, 500, 501, 505])("not after status %d", (status) => {
    expect(isRetryable(answer(status))).toBe(false);
  });

  it.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "EHOSTDOWN",
    "ENETUNREACH",
    "ENETDOWN",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EADDRNOTAVAIL",
    "EMFILE",
  ])("after %s", (code) => {
    expect(isRetryable(failure(code))).toBe(true);
  });

  it.each([
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "EPROTO",
    "HPE_INVALID_CONSTANT",
    "ABORTED",
    "Error",
    "",
  ])("not after %s, which would happen again", (code) => {
    expect(isRetryable(failure(code))).toBe(false);
  });
});
