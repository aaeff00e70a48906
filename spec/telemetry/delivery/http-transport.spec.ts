import { getEventListeners } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { now } from "../../../lib/telemetry/timers.js";
import { HttpTransport } from "../../../lib/telemetry/delivery/http-transport.js";
import { BACKOFF } from "../../../lib/telemetry/delivery/retry.js";

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
    expect(outcome).toMatchObject({ status: 202, headers: { "x-answer": "yes" } });
    expect(outcome.status !== undefined && outcome.body.toString()).toBe("taken");
  });

  it.each([
    ["to the bound is read", 65_536, 65_536],
    ["over the bound is cut off", 65_537, 0],
  ])("whose answer %s", async (_what, bytes, read) => {
    const outcome = await to(
      (_request, response) => void response.end(Buffer.alloc(bytes, "x")),
      (transport) => post(transport),
    );
    expect(outcome).toMatchObject({ status: 200 });
    expect(outcome.status !== undefined && outcome.body.length).toBeGreaterThanOrEqual(read);
    expect(outcome.status !== undefined && outcome.body.length).toBeLessThanOrEqual(65_536);
  });

  it("that is given up before it is sent never leaves", async () => {
    let requests = 0;
    const controller = new AbortController();
    controller.abort();
    const outcome = await to(
      () => requests++,
      (transport) => post(transport, controller.signal),
    );
    expect(outcome).toEqual({ status: undefined, code: "ABORTED", wasReused: false });
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
    expect(outcome).toEqual({ status: undefined, code, wasReused: false });
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
    const { initialMillis } = BACKOFF;
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
    Object.assign(BACKOFF, { initialMillis, maxMillis: 8 * initialMillis });
    expect(outcomes).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(requests).toBe(3);
  });

  it("that cannot even be made is an outcome, and no exception", async () => {
    const outcome = await to(
      () => undefined,
      (transport) =>
        transport.post(Buffer.from("spans"), { "bad header": "x" }, now() + HOUR, new AbortController().signal),
    );
    expect(outcome).toEqual({ status: undefined, code: "ERR_INVALID_HTTP_TOKEN", wasReused: false });
  });
});

describe("connections", () => {
  it("are made anew after they were closed", async () => {
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
