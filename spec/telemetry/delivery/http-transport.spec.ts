import { getEventListeners } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpOutcome } from "../../../lib/telemetry/delivery/http-transport.js";
import {
  BACKOFF,
  HttpTransport,
  isRetryable,
  isUnreachable,
  retryDelay,
} from "../../../lib/telemetry/delivery/http-transport.js";
import { now, sleep } from "../../../lib/telemetry/timers.js";

const HOUR = 3_600_000;

type Answering = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server, and a transport to it. */
async function to<R>(answer: Answering, use: (transport: HttpTransport, url: URL) => Promise<R>): Promise<R> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/traces?tenant=1`);
  const headers = { "x-every": "request" };
  const options = { url, headers, timeoutMillis: HOUR, agent: undefined, onRetry: () => undefined };
  const transport = new HttpTransport(http, options);
  try {
    return await use(transport, url);
  } finally {
    transport.close();
    server.closeAllConnections();
    server.close();
  }
}

const post = (transport: HttpTransport, signal = new AbortController().signal, millis = HOUR) =>
  transport.post(Buffer.from("spans"), { "x-this": "one" }, now() + millis, signal);

describe("a request", () => {
  it("is posted to the whole address, with the headers of all and its own, and says how long it is", async () => {
    const seen: unknown[] = [];
    const outcome = await to(
      (request, response) => {
        const { method, url, headers } = request;
        request.setEncoding("utf8").on("data", (body) => {
          seen.push(method, url, headers["x-every"], headers["x-this"], headers["content-length"], body);
          response.writeHead(202, { "x-answer": "yes" }).end("taken");
        });
      },
      (transport) => post(transport),
    );
    expect(seen).toEqual(["POST", "/traces?tenant=1", "request", "one", "5", "spans"]);
    expect(outcome).toMatchObject({ status: 202, headers: { "x-answer": "yes" }, code: "" });
    expect(outcome.body.toString()).toBe("taken");
  });

  it.each([
    ["to the bound is read", 65_536, 65_536],
    ["over the bound is cut off", 65_537, 0],
  ])("whose answer %s", async (_what, bytes, read) => {
    const outcome = await to(
      (_request, response) => void response.end(Buffer.alloc(bytes, "x")),
      (transport) => post(transport),
    );
    expect(outcome.status).toBe(200);
    expect(outcome.body.length).toBeGreaterThanOrEqual(read);
    expect(outcome.body.length).toBeLessThanOrEqual(65_536);
  });

  it("that is given up before it is sent never leaves", async () => {
    let requests = 0;
    const controller = new AbortController();
    controller.abort();
    const outcome = await to(
      () => requests++,
      (transport) => post(transport, controller.signal),
    );
    expect(outcome).toMatchObject({ status: 0, code: "ABORTED" });
    expect(requests).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it.each([
    ["ABORTED", "it is given up"],
    ["ETIMEDOUT", "its time is over"],
  ])("ends with %s when %s, and its connection with it", async (code) => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const outcome = await to(
      (request) => {
        closed = new Promise((resolve) => request.socket.once("close", resolve));
        if (code === "ABORTED") controller.abort();
      },
      async (transport) => {
        const ended = await post(transport, controller.signal, code === "ABORTED" ? HOUR : 200);
        await closed;
        return ended;
      },
    );
    expect(outcome).toMatchObject({ status: 0, code, wasReused: false });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("ends with what it knows when it is given up after the status has come", async () => {
    const controller = new AbortController();
    const outcome = await to(
      (_request, response) => {
        response.writeHead(200, { "content-length": 100 });
        response.write("half");
      },
      async (transport) => {
        const pending = post(transport, controller.signal);
        await new Promise((resolve) => setTimeout(resolve, 300));
        controller.abort();
        return pending;
      },
    );
    expect(outcome).toMatchObject({ status: 200, body: Buffer.from("half") });
  });

  it("is sent again at once, on a new connection, when an idle one was closed at that moment", async () => {
    const before = { ...BACKOFF };
    // Any other wait would be longer than the deadline allows.
    BACKOFF.initialMillis = BACKOFF.maxMillis = 4 * HOUR;
    let requests = 0;
    const outcomes = await to(
      (request, response) => {
        if (requests++ === 1) request.socket.destroy();
        else request.resume().on("end", () => response.end());
      },
      async (transport) => [await post(transport), await post(transport)],
    );
    Object.assign(BACKOFF, before);
    expect(outcomes).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(requests).toBe(3);
  });

  it("that cannot even be made is an outcome, and no exception", async () => {
    const outcome = await to(
      () => undefined,
      (transport) =>
        transport.post(Buffer.from("spans"), { "bad header": "x" }, now() + HOUR, new AbortController().signal),
    );
    expect(outcome).toMatchObject({ status: 0, code: "ERR_INVALID_HTTP_TOKEN" });
  });

  it("goes over a new connection after the old ones were closed", async () => {
    const ports = new Set<number | undefined>();
    await to(
      (request, response) => {
        ports.add(request.socket.remotePort);
        request.resume().on("end", () => response.end());
      },
      async (transport) => {
        for (let at = 0; at < 3; at++) await post(transport);
        expect(ports.size).toBe(1);
        transport.close();
        expect(await post(transport)).toMatchObject({ status: 200 });
      },
    );
    expect(ports.size).toBe(2);
  });
});

const NO_ANSWER: HttpOutcome = { status: 0, headers: {}, body: Buffer.alloc(0), code: "", wasReused: false };
const answer = (status: number, headers = {}): HttpOutcome => ({ ...NO_ANSWER, status, headers });
const failure = (code: string, wasReused = false): HttpOutcome => ({ ...NO_ANSWER, code, wasReused });

describe("the wait before another attempt", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  const earlier = "Wed, 21 Oct 2015 07:27:00 GMT";
  const minuteLater = "Wed, 21 Oct 2015 07:29:00 GMT";
  const asked = (retryAfter: string, answered?: string): HttpOutcome =>
    answer(503, { "retry-after": retryAfter, date: answered });

  afterEach(() => jest.restoreAllMocks());

  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [4, 4_000, 8_000],
    [100, 4_000, 8_000],
  ])("number %d lies between %d and %d ms, as chance has it", (attempt, least, most) => {
    const random = jest.spyOn(Math, "random");
    for (const [chance, millis] of [
      [0, least],
      [0.5, (least + most) / 2],
      [1, most],
    ] as const) {
      random.mockReturnValue(chance);
      expect(retryDelay(answer(503), attempt)).toBe(millis);
    }
  });

  it.each<[string, HttpOutcome, number, number]>([
    ["is what the receiver asks for, in seconds", asked("120"), 1, 120_000],
    ["is what the receiver asks for, by a date of its own clock", asked(minuteLater, date), 1, 60_000],
    ["is the backoff where the receiver asks for less", asked("1"), 3, 4_000],
    ["is the backoff after Retry-After: 0", asked("0"), 1, 1_000],
    ["is the backoff after a date in the past", asked(earlier, date), 1, 1_000],
    ["is the backoff after a date long past by our own clock", asked(date), 1, 1_000],
    ["is the backoff after a failed connection", failure("ECONNREFUSED"), 1, 1_000],
    ["is the backoff after a new connection was reset", failure("ECONNRESET"), 1, 1_000],
    ["is nothing after an idle connection was closed", failure("ECONNRESET", true), 1, 0],
    ["is the backoff after that happened again", failure("EPIPE", true), 2, 2_000],
    ["is the backoff after a timeout of an idle connection", failure("ETIMEDOUT", true), 1, 1_000],
    ...["9999999999", "-1", "86400.5", "99s", "in 5", "soon", "", "2099-10-21T07:28:00Z", "Wed, nonsense"].map(
      (text): [string, HttpOutcome, number, number] => [`is the backoff after "${text}"`, asked(text, date), 1, 1_000],
    ),
  ])("%s", (_what, outcome, attempt, millis) => {
    jest.spyOn(Math, "random").mockReturnValue(1);
    expect(retryDelay(outcome, attempt)).toBe(millis);
  });

  it("is counted from our own clock where the answer has no date", () => {
    const delay = retryDelay(asked(new Date(Date.now() + HOUR).toUTCString(), "yesterday"), 1);
    expect(delay).toBeGreaterThan(3_000_000);
    expect(delay).toBeLessThanOrEqual(HOUR);
  });

  it.each([true, false])("ends at once when it is stopped; before it: %s", async (isBefore) => {
    const controller = new AbortController();
    if (isBefore) controller.abort();
    const waited = sleep(HOUR, controller.signal);
    if (!isBefore) controller.abort();
    await waited;
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe("a request is sent again", () => {
  it.each([
    [429, true],
    [502, true],
    [503, true],
    [504, true],
    ...[200, 301, 400, 401, 403, 404, 413, 415, 500, 501, 505].map((status): [number, boolean] => [status, false]),
  ])("after status %d: %s", (status, isSent) => {
    expect(isRetryable(answer(status))).toBe(isSent);
  });

  const passing = ["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN"];
  passing.push("ENETUNREACH", "ENETDOWN", "ENOTFOUND", "EAI_AGAIN", "EADDRNOTAVAIL", "EMFILE");
  const lasting = ["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "EPROTO", "HPE_INVALID_CONSTANT", "ABORTED", ""];

  it.each([...passing, ...lasting])("after %s only where that may pass", (code) => {
    expect(isRetryable(failure(code))).toBe(passing.includes(code));
  });

  it("after a receiver was out of reach, unless it hung up", () => {
    expect([failure("ETIMEDOUT"), failure("ECONNRESET"), answer(503)].map(isUnreachable)).toEqual([true, false, false]);
  });
});
