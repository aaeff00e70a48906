import { Agent as SecureAgent, createServer as createSecureServer } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { withTask } from "../../../lib/decorators/decorators.js";
import { RespanTelemetry } from "../../../lib/telemetry/respan-telemetry.js";
import type { EditableSpan, RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";
import type { Behaviour } from "../../harness/index.js";
import {
  accepted,
  emptyAnswer,
  garbageAnswer,
  Gate,
  hang,
  hugeAnswer,
  OTLPReceiver,
  partialSuccess,
  redirect,
  resetMidAnswer,
  resetMidRequest,
  slowDrip,
  status,
} from "../../harness/index.js";
import { cert, key } from "./local-certificate.js";
import { HostLogger, open, record, retryAfter, setVariables, telemetryTo } from "../spans.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

const NAMES = ["one", "two", "three", "four", "five"];
const ALL = NAMES.length;

/** Sends five spans to a receiver that behaves as scripted, once with the faults and once more when they are over. */
async function against(faults: Behaviour[], options: RespanTelemetryOptions = {}) {
  await using receiver = await OTLPReceiver.start();
  using logger = new HostLogger();
  retryAfter(2);
  receiver.respond(...faults);
  await using telemetry = telemetryTo(receiver, options);
  record(...NAMES);
  const counts = await telemetry.flush();
  const requests = receiver.requests.length;
  const arrived = receiver.spans.length;
  receiver.clear();
  record("after");
  const after = await telemetry.flush();
  expect(receiver.find("after")).toHaveLength(1);
  expect(after).toEqual({ exported: 1, rejected: 0, failed: 0, dropped: 0, pending: 0 });
  expect(logger.errors).toEqual([]);
  const warnings = logger.warnings.map((line) => line.replace(receiver.origin, "ORIGIN"));
  return { counts, requests, arrived, warnings };
}

const exported = { exported: ALL, rejected: 0, failed: 0, dropped: 0, pending: 0 };
const failed = { exported: 0, rejected: 0, failed: ALL, dropped: 0, pending: 0 };

describe("a fault that passes", () => {
  it.each([
    ["429", status(429)],
    ["503", status(503)],
    ["429 with Retry-After in seconds", status(429, { "retry-after": "0" })],
    ["503 with Retry-After as a date that has passed", status(503, { "retry-after": new Date(0).toUTCString() })],
  ])("%s: the batch is sent again, and counted once", async (_name, fault) => {
    const { counts, requests, arrived, warnings } = await against([fault, fault]);
    expect(counts).toEqual(exported);
    expect(requests).toBe(3);
    expect(arrived).toBe(ALL);
    const [code] = _name.split(" ");
    expect(warnings).toEqual([`respan-instructor: ORIGIN/api/v2/traces answered with ${code}; retrying`]);
  });

  it("a connection that is reset while the request is sent: the batch is sent again", async () => {
    const { counts, arrived, warnings } = await against([resetMidRequest(), resetMidRequest()]);
    expect(counts).toEqual(exported);
    expect(arrived).toBe(ALL);
    expect(warnings).toEqual(["respan-instructor: ORIGIN/api/v2/traces could not be reached (ECONNRESET); retrying"]);
  });

  it("a kept-alive connection that the other side has closed: the batch is sent again at once", async () => {
    await using receiver = await OTLPReceiver.start();
    // Less than any wait between two tries.
    setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "2000" });
    retryAfter(60_000);
    await using telemetry = telemetryTo(receiver);
    record("first");
    await telemetry.flush();
    receiver.respond(resetMidRequest());
    record("second");
    expect(await telemetry.flush()).toEqual({ exported: 1, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["first", "second"]);
  });

  it("a receiver that restarts in the middle of a run: nothing is lost", async () => {
    await using receiver = await OTLPReceiver.start();
    retryAfter(50);
    await using telemetry = telemetryTo(receiver);
    record("before");
    await telemetry.flush();
    await receiver.close();
    record("while it is down");
    const flushed = telemetry.flush();
    await receiver.restart();
    expect(await flushed).toMatchObject({ exported: 1 });
    record("after");
    await telemetry.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(["before", "while it is down", "after"]);
    expect(telemetry.stats()).toEqual({ exported: 3, rejected: 0, failed: 0, dropped: 0, pending: 0 });
  });
});

describe("a fault that stays", () => {
  it.each([
    ["400", status(400), "refused spans (400)"],
    ["401", status(401), 'refused the API key (401); check the option "apiKey" or the variable RESPAN_API_KEY'],
    ["403", status(403), 'refused the API key (403); check the option "apiKey" or the variable RESPAN_API_KEY'],
    ["404", status(404), 'does not accept traces at this address (404); check the option "baseUrl"'],
    ["415 for what is not compressed", status(415), "refused spans (415)"],
    ["500", status(500), "refused spans (500)"],
    ["300", redirect("/", 300), 'answered with a redirect (300), which is not followed; check the option "baseUrl"'],
  ])("%s: the batch is not sent again, and one warning says why", async (_name, fault, warning) => {
    const { counts, requests, warnings } = await against([fault], { compression: "none" });
    expect(counts).toEqual(failed);
    expect(requests).toBe(1);
    expect(warnings).toEqual([`respan-instructor: ORIGIN/api/v2/traces ${warning}; spans are lost`]);
  });

  it("503 until the time is over: the batch is given up, not sent for ever", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    retryAfter(2);
    receiver.respondAlways(status(503));
    setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "1000" });
    await using telemetry = telemetryTo(receiver);
    record(...NAMES);
    expect(await telemetry.flush()).toEqual(failed);
    expect(receiver.requests.length).toBeGreaterThan(1);
    expect(logger.warnings).toEqual([
      expect.stringContaining("answered with 503; retrying"),
      expect.stringContaining("refused spans (503); spans are lost"),
    ]);
  });

  it.each<[string, Behaviour[], string]>([
    ["the answer before where the last had no time to come", [status(503), hang()], "refused spans (503)"],
    [
      "the last answer where it came",
      [status(503, { "retry-after": "0" }), status(429, { "retry-after": "86400" })],
      "refused spans (429)",
    ],
    ["that there was none where none came at all", [hang()], "could not be reached (ETIMEDOUT)"],
  ])("a batch is given up for %s", async (_why, faults, warning) => {
    setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "1000" });
    const { counts, requests, warnings } = await against(faults);
    expect(counts).toEqual(failed);
    expect(requests).toBe(faults.length);
    expect(warnings).toEqual([`respan-instructor: ORIGIN/api/v2/traces ${warning}; spans are lost`]);
  });

  it("a new connection that is reset says something of the receiver: it is not tried again at once", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "2000" });
    retryAfter(60_000);
    receiver.respond(resetMidRequest());
    await using telemetry = telemetryTo(receiver);
    record("one");
    expect(await telemetry.flush()).toEqual({ exported: 0, rejected: 0, failed: 1, dropped: 0, pending: 0 });
    expect(logger.warnings).toHaveLength(1);
    expect(logger.warnings[0]).toContain("could not be reached (E");
  });

  it("Retry-After beyond the time that a batch has: it is given up at once", async () => {
    const { counts, requests } = await against([status(429, { "retry-after": "86400" })]);
    expect(counts).toEqual(failed);
    expect(requests).toBe(1);
  });
});

describe("no connection", () => {
  async function to(
    baseUrl: string,
    variables: Record<string, string> = { OTEL_BSP_EXPORT_TIMEOUT: "500" },
    options: RespanTelemetryOptions = {},
  ) {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    retryAfter(2);
    setVariables(variables);
    await using telemetry = telemetryTo(receiver, { baseUrl, ...options });
    record(...NAMES);
    expect(await telemetry.flush()).toEqual(failed);
    return logger.warnings;
  }

  it("refused: tried until the time is over, then counted as failed", async () => {
    const closed = await listening(createServer());
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await to(`http://127.0.0.1:${port}`)).toEqual([
      expect.stringContaining("/api/v2/traces could not be reached (ECONNREFUSED); retrying"),
      expect.stringContaining("/api/v2/traces could not be reached (ECONNREFUSED); spans are lost"),
    ]);
  });

  describe("a certificate that no one trusts", () => {
    async function trusting(httpAgent: SecureAgent | undefined) {
      let requests = 0;
      const secure = createSecureServer({ cert, key }, (incoming, answer) => {
        requests++;
        incoming.resume().on("end", () => answer.end());
      });
      secure.on("tlsClientError", () => undefined);
      await listening(secure);
      using logger = new HostLogger();
      retryAfter(2);
      const { port } = secure.address() as AddressInfo;
      const options = { baseUrl: `https://127.0.0.1:${port}`, apiKey: "key", isAutoInstrument: false };
      await using telemetry = new RespanTelemetry({ ...options, httpAgent });
      record(...NAMES);
      const counts = await telemetry.flush();
      await telemetry.shutdown();
      secure.closeAllConnections();
      secure.close();
      httpAgent?.destroy();
      return { counts, requests, warnings: logger.warnings };
    }

    it("is not tried again", async () => {
      const { counts, requests, warnings } = await trusting(undefined);
      expect(counts).toEqual(failed);
      expect(requests).toBe(0);
      expect(warnings).toEqual([expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT")]);
    });

    it("is trusted through an agent that does", async () => {
      const { counts, requests, warnings } = await trusting(new SecureAgent({ ca: cert }));
      expect(counts).toEqual(exported);
      expect(requests).toBe(1);
      expect(warnings).toEqual([]);
    });
  });

  it("something that does not speak HTTP: not tried again", async () => {
    let connections = 0;
    const noise = await listening(
      createServer((socket: Socket) => {
        connections++;
        socket.on("error", () => undefined).end("220 mail.example ESMTP\r\n");
      }),
    );
    const { port } = noise.address() as AddressInfo;
    expect(await to(`http://127.0.0.1:${port}`, {})).toEqual([expect.stringContaining("HPE_")]);
    expect(connections).toBe(1);
    noise.close();
  });
});

describe("an answer", () => {
  it.each([
    ["JSON", partialSuccess({ rejectedSpans: 2, errorMessage: "too old" }, "json")],
    ["protobuf", partialSuccess({ rejectedSpans: 2, errorMessage: "too old" }, "protobuf")],
    [
      "JSON with the count as a text, as int64 is in JSON",
      status(
        200,
        { "content-type": "application/json" },
        '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}',
      ),
    ],
  ])("in %s that rejects spans: they are counted, and warned of", async (_name, answer) => {
    const { counts, requests, warnings } = await against([answer]);
    expect(counts).toEqual({ exported: ALL - 2, rejected: 2, failed: 0, dropped: 0, pending: 0 });
    expect(requests).toBe(1);
    expect(warnings).toEqual(["respan-instructor: ORIGIN/api/v2/traces rejected 2 of 5 spans: too old"]);
  });

  it.each([
    ["201 with JSON", status(201, { "content-type": "application/json" }, "{}")],
    ["204", status(204, {}, " ")],
  ])("with status %s takes the spans", async (_status, answer) => {
    const { counts, warnings } = await against([answer]);
    expect(counts).toEqual(exported);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["says no more", "", ""],
    ["says much", "x".repeat(1_000), `: ${"x".repeat(200)}`],
  ])("that rejects spans and %s is warned of briefly", async (_what, errorMessage, said) => {
    const { warnings } = await against([partialSuccess({ rejectedSpans: 1, errorMessage })]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.startsWith(`respan-instructor: ORIGIN/api/v2/traces rejected 1 of 5 spans${said}`)).toBe(true);
    expect(warnings[0]?.length).toBeLessThan(300);
    if (said === "") expect(warnings[0]?.endsWith("spans")).toBe(true);
  });

  it("whose words the user's own rule leaves out is warned of without them", async () => {
    const answer = partialSuccess({ rejectedSpans: 1, errorMessage: "kestrel" });
    const { warnings } = await against([answer], { redact: (text) => (text === "kestrel" ? undefined : text) });
    expect(warnings).toEqual(["respan-instructor: ORIGIN/api/v2/traces rejected 1 of 5 spans"]);
  });

  it("that repeats a credential is warned of without it", async () => {
    const errorMessage = "bad header Authorization: Bearer abcdefghijklmnop123456";
    const { warnings } = await against([partialSuccess({ rejectedSpans: 1, errorMessage })]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain("abcdefghijklmnop");
  });

  it.each([
    ["is empty", emptyAnswer()],
    ["is garbage under JSON", garbageAnswer("application/json")],
    ["is garbage under protobuf", garbageAnswer("application/x-protobuf")],
    ["rejects a negative number", partialSuccess({ rejectedSpans: -3, errorMessage: "" })],
    ["is huge", hugeAnswer(64 * 1024 * 1024)],
    ["breaks off", resetMidAnswer()],
  ])("with status 200 that %s: the spans were taken", async (_name, answer) => {
    const { counts, requests, arrived, warnings } = await against([answer]);
    expect(counts).toEqual(exported);
    expect(requests).toBe(1);
    expect(arrived).toBe(ALL);
    expect(warnings).toEqual([]);
  });

  const html = "<!doctype html><title>Sign in</title>";
  it.each([
    ["a page", status(200, { "content-type": "text/html; charset=utf-8" }, html), "200, text/html"],
    ["a page without a type", status(200, { "content-type": "" }, `\n ${html}`), "200, no content type"],
    ["a page of XHTML", status(203, { "content-type": "application/xhtml+xml" }, "?"), "203, application/xhtml+xml"],
    [
      "an error in JSON",
      status(200, { "content-type": "application/json" }, '{"error":"not signed in"}'),
      "200, application/json",
    ],
  ])("with a status of success that is %s is none of a receiver: the spans are lost", async (_name, answer, said) => {
    const { counts, requests, warnings } = await against([answer]);
    expect(counts).toEqual(failed);
    expect(requests).toBe(1);
    expect(warnings).toEqual([
      `respan-instructor: ORIGIN/api/v2/traces answered with something other than OTLP (${said}), such as a login page; check the option "baseUrl"; spans are lost`,
    ]);
  });

  it("that drips in without end is not waited for: its status has said that the spans were taken", async () => {
    const { counts, requests, warnings } = await against([slowDrip(3_600_000)], { timeoutMillis: 100 });
    expect(counts).toEqual(exported);
    expect(requests).toBe(1);
    expect(warnings).toEqual([]);
  });

  it("without end is cut off, not read", async () => {
    // Nothing but the cut ends it: neither the answer nor the time for the request.
    const { counts, requests } = await against([hugeAnswer(Number.POSITIVE_INFINITY)], { timeoutMillis: 3_600_000 });
    expect(counts).toEqual(exported);
    expect(requests).toBe(1);
  });
});

describe("413", () => {
  it("halves the batch until it is taken", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver, { compression: "none" });
    receiver.maxBytes = 3_000;
    for (let at = 0; at < 20; at++) open(`span ${at}`, { text: "x".repeat(500) }).end();
    expect(await telemetry.flush()).toEqual({ exported: 20, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(new Set(receiver.spans.map(({ name }) => name)).size).toBe(20);
    expect(receiver.duplicates).toEqual([]);
    expect(logger.warnings).toEqual([]);
  });

  it("costs only the span that is too large, with one warning", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver, { compression: "none" });
    receiver.maxBytes = 3_000;
    for (const [name, size] of [
      ["small", 10],
      ["large", 10_000],
      ["another", 10],
    ] as const) {
      open(name, { text: "x".repeat(size) }).end();
    }
    expect(await telemetry.flush()).toEqual({ exported: 2, rejected: 0, failed: 1, dropped: 0, pending: 0 });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["small", "another"]);
    expect(logger.warnings).toEqual([
      "respan-instructor: a span is larger than the receiver accepts (413) and was left out",
    ]);
  });
});

describe("the counts of the halves of a batch", () => {
  it("add up", async () => {
    const half = partialSuccess({ rejectedSpans: 1, errorMessage: "no" });
    const { counts, requests } = await against([status(413), half, half]);
    expect(counts).toEqual({ exported: ALL - 2, rejected: 2, failed: 0, dropped: 0, pending: 0 });
    expect(requests).toBe(3);
  });
});

describe("what cannot be serialized", () => {
  it("costs only itself, with one warning", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const spanPostprocess = (span: EditableSpan): void => {
      if (span.name === "broken") span.events = [{ time: undefined } as never];
    };
    await using telemetry = telemetryTo(receiver, { spanPostprocess });
    record("one", "two", "broken", "three");
    expect(await telemetry.flush()).toEqual({ exported: 3, rejected: 0, failed: 1, dropped: 0, pending: 0 });
    expect(receiver.spans.map(({ name }) => name)).toEqual(["one", "two", "three"]);
    expect(logger.warnings).toEqual(["respan-instructor: a span that cannot be serialized was left out"]);
  });
});

describe("the program's calls", () => {
  const work = async (): Promise<string> => withTask("work", async () => Promise.resolve("done"));

  it("settle while a request hangs, with what is waiting bounded and all of it counted", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const gate = new Gate();
    receiver.respond(hang(gate, true));
    setVariables({ OTEL_BSP_MAX_QUEUE_SIZE: "100", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10" });
    await using telemetry = telemetryTo(receiver);
    for (let at = 0; at < 10; at++) await work();
    await gate.arrived;
    for (let at = 0; at < 1_000; at++) expect(await work()).toBe("done");
    // The request is still unanswered; 100 wait behind its 10.
    expect(telemetry.stats()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 900, pending: 110 });
    gate.release();
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ exported: 110, rejected: 0, failed: 0, dropped: 900, pending: 0 });
    expect(receiver.spans).toHaveLength(110);
    expect(logger.warnings).toEqual([expect.stringContaining("the export queue is full")]);
  });
});

describe("whatever happens", () => {
  const faults: readonly (readonly [string, Behaviour])[] = [
    ["accepted", accepted()],
    ["400", status(400)],
    ["401", status(401)],
    ["413", status(413)],
    ["429", status(429)],
    ["503", status(503)],
    ["redirect", redirect("/elsewhere")],
    ["reset", resetMidRequest()],
    ["broken answer", resetMidAnswer()],
    ["garbage", garbageAnswer()],
    ["partial", partialSuccess({ rejectedSpans: 3, errorMessage: "no" }, "protobuf")],
  ];

  it("every span is counted exactly once", async () => {
    await using receiver = await OTLPReceiver.start();
    retryAfter(2);
    setVariables({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "7", OTEL_BSP_EXPORT_TIMEOUT: "200" });
    await using telemetry = telemetryTo(receiver, { logLevel: "none" });
    let ended = 0;
    for (let round = 0; round < 40; round++) {
      receiver.respond(...faults.map(([, fault]) => fault).slice(round % faults.length));
      for (let at = 0; at < 23; at++, ended++) record(`span ${ended}`);
      if (round % 5 === 0) await telemetry.flush();
    }
    await telemetry.shutdown();
    const { exported, rejected, failed, dropped, pending } = telemetry.stats();
    expect(exported + rejected + failed + dropped).toBe(ended);
    expect(pending).toBe(0);
    expect(exported).toBeGreaterThan(0);
    expect(failed).toBeGreaterThan(0);
    expect(rejected).toBeGreaterThan(0);
  });
});

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
