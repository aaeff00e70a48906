import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { context } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Agent } from "node:http";
import type { ServerResponse } from "node:http";
import { withTask } from "../../../lib/decorators/decorators.js";
import { readOtlpAnswer } from "../../../lib/telemetry/delivery/respan-exporter.js";
import { encodeResponse } from "../../harness/otlp-messages.js";
import { Gate, OTLPReceiver, status } from "../../harness/index.js";
import { HostLogger, record, telemetryTo, setVariables } from "../spans.js";
import { SDK_NAME, SDK_VERSION } from "../../../lib/wire/package.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

describe("an export request", () => {
  it("is OTLP protobuf to the traces address, with key and mark", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { apiKey: "respan-key", headers: { "X-Tenant": "blue" } });
    record("work");
    await telemetry.flush();
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: "POST", path: "/api/v2/traces", error: undefined });
    expect(request?.headers).toMatchObject({
      authorization: "Bearer respan-key",
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
      "x-respan-dogfood": "1",
      "x-tenant": "blue",
      "user-agent": `${SDK_NAME}/${SDK_VERSION}`,
    });
    expect(receiver.only("work").scope).toEqual({ name: SDK_NAME, version: SDK_VERSION });
  });

  it("goes to this very machine without a key, and without a word about it", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ RESPAN_API_KEY: undefined });
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver, { apiKey: undefined });
    record("work");
    expect(await telemetry.flush()).toMatchObject({ exported: 1, dropped: 0 });
    expect(receiver.requests[0]?.headers.authorization).toBeUndefined();
    expect(logger.warnings).toEqual([]);
  });

  it("carries no header of another exporter", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20another-vendor,x-vendor-key=secret",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-vendor-traces-key=secret",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
    });
    await using telemetry = telemetryTo(receiver);
    record("work");
    await telemetry.flush();
    const headers = receiver.requests[0]?.headers ?? {};
    expect(headers.authorization).toBe("Bearer key");
    expect(Object.keys(headers).filter((name) => name.startsWith("x-vendor"))).toEqual([]);
    expect(headers["content-encoding"]).toBe("gzip");
  });

  it("lets a header replace the key, and none the form of the body", async () => {
    await using receiver = await OTLPReceiver.start();
    const headers = {
      Authorization: "Basic eA==",
      "Content-Type": "text/plain",
      "Content-Encoding": "br",
      "Content-Length": "3",
      "Transfer-Encoding": "chunked",
      "X-Respan-Dogfood": "0",
    };
    await using telemetry = telemetryTo(receiver, { apiKey: undefined, headers, compression: "none" });
    record("work");
    expect(await telemetry.flush()).toMatchObject({ exported: 1 });
    expect(receiver.requests[0]?.headers).toMatchObject({
      authorization: "Basic eA==",
      "content-type": "application/x-protobuf",
      "content-length": String(receiver.requests[0]?.body.length),
      "x-respan-dogfood": "1",
    });
    expect(receiver.requests[0]?.headers["content-encoding"]).toBeUndefined();
    expect(receiver.requests[0]?.headers["transfer-encoding"]).toBeUndefined();
  });

  it("goes uncompressed from then on to a receiver that does not take gzip", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver);
    receiver.respond(status(415));
    record("one");
    expect(await telemetry.flush()).toMatchObject({ exported: 1, failed: 0 });
    record("two");
    await telemetry.flush();
    expect(receiver.requests.map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", undefined, undefined]);
    expect(logger.warnings).toEqual([expect.stringContaining("415")]);
  });

  it("goes uncompressed again where several were on their way when the receiver refused gzip", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const gates = [new Gate(), new Gate(), new Gate()];
    const refusal = status(415);
    receiver.respond(
      ...gates.map((gate) => ({
        ...refusal,
        answer: (response: ServerResponse) => gate.pass().then(() => refusal.answer(response)),
      })),
    );
    await using telemetry = telemetryTo(receiver, { isBatchingEnabled: false });
    for (const [at, gate] of gates.entries()) {
      record(`span ${at}`);
      await gate.arrived;
    }
    for (const gate of gates) gate.release();
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ exported: 3, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(receiver.spans).toHaveLength(3);
    expect(logger.warnings).toEqual([expect.stringContaining("415")]);
  });

  it("needs no key where the base URL is another store's whole address", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ RESPAN_API_KEY: undefined });
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver, { apiKey: undefined, baseUrl: `${receiver.origin}/v1/traces` });
    record("work");
    expect(await telemetry.flush()).toMatchObject({ exported: 1 });
    expect(receiver.requests[0]?.path).toBe("/v1/traces");
    expect(receiver.requests[0]?.headers.authorization).toBeUndefined();
    expect(logger.warnings).toEqual([]);
  });

  it("goes through the agent that it is given, which stays the user's", async () => {
    await using receiver = await OTLPReceiver.start();
    let connections = 0;
    class Proxied extends Agent {
      override createConnection(...args: Parameters<Agent["createConnection"]>) {
        connections++;
        return super.createConnection(...args);
      }
    }
    const httpAgent = new Proxied({ keepAlive: true });
    const telemetry = telemetryTo(receiver, { httpAgent });
    record("work");
    await telemetry.flush();
    await telemetry.shutdown();
    expect(connections).toBe(1);
    expect(Object.values(httpAgent.freeSockets).flat()).toHaveLength(1);
    httpAgent.destroy();
  });

  it("is never traced, neither by this package's provider nor by another", async () => {
    await using receiver = await OTLPReceiver.start();
    const suppressed: boolean[] = [];
    // What an HTTP instrumentation does: it looks at the context in which a request is made.
    const watch = (): void => void suppressed.push(isTracingSuppressed(context.active()));
    subscribe("http.client.request.created", watch);
    subscribe("http.client.request.start", watch);
    const host = new NodeTracerProvider();
    try {
      for (const isHosted of [false, true]) {
        if (isHosted) host.register();
        await using telemetry = telemetryTo(receiver, { isBatchingEnabled: isHosted });
        record("work");
        await telemetry.flush();
      }
    } finally {
      unsubscribe("http.client.request.created", watch);
      unsubscribe("http.client.request.start", watch);
      await host.shutdown();
      const { trace, propagation } = await import("@opentelemetry/api");
      for (const api of [trace, propagation, context]) api.disable();
    }
    expect(suppressed.length).toBeGreaterThanOrEqual(2);
    expect(suppressed).not.toContain(false);
  });
});

describe("the parts that an export needs", () => {
  afterEach(() => jest.dontMock("@opentelemetry/otlp-transformer"));

  it("are loaded for the next batch where they could not be for the last one", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver);
    jest.doMock("@opentelemetry/otlp-transformer", () => {
      throw new Error("not there yet");
    });
    withTask({ name: "early" }, () => 1);
    expect(await telemetry.flush()).toMatchObject({ exported: 0, failed: 1 });
    expect(logger.warnings).toEqual([expect.stringContaining("an export failed (Error); spans are lost")]);
    jest.dontMock("@opentelemetry/otlp-transformer");
    withTask({ name: "late" }, () => 1);
    expect(await telemetry.flush()).toMatchObject({ exported: 1, failed: 0 });
    expect(receiver.find("late.task")).toHaveLength(1);
  });
});

const NOTHING_SAID = { rejectedSpans: 0, message: "" };
const TWO = { rejectedSpans: 2, message: "too old" };

const read = (body: Uint8Array | string, contentType: string) =>
  readOtlpAnswer(Buffer.from(body), contentType, ProtobufTraceSerializer);

describe("an answer in JSON", () => {
  it.each<[string, unknown]>([
    ['{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}', TWO],
    ['{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}', TWO],
    ['{"partial_success":{"rejected_spans":2,"error_message":"too old"}}', TWO],
    ['{"partialSuccess":{"rejectedSpans":2}}', { rejectedSpans: 2, message: "" }],
    ['{"partialSuccess":{"errorMessage":"only a word"}}', { rejectedSpans: 0, message: "only a word" }],
    ['{"partialSuccess":{"rejectedSpans":2,"errorMessage":7}}', { rejectedSpans: 2, message: "" }],
    ['{"partialSuccess":{}}', NOTHING_SAID],
    ['{"partialSuccess":{"rejectedSpans":-2}}', NOTHING_SAID],
    ['{"partialSuccess":{"rejectedSpans":1.5}}', NOTHING_SAID],
    ['{"partialSuccess":{"rejectedSpans":"many"}}', NOTHING_SAID],
    ['{"partialSuccess":null}', NOTHING_SAID],
    ['{"partialSuccess":"no"}', NOTHING_SAID],
    ["{}", NOTHING_SAID],
    ["null", NOTHING_SAID],
    ['"text"', NOTHING_SAID],
    ["7", NOTHING_SAID],
    ["{", NOTHING_SAID],
    ["", NOTHING_SAID],
  ])("%s says %j", (body, said) => {
    expect(read(body, "application/json")).toEqual(said);
  });

  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/problem+json",
    "text/json",
  ])("is known by its content type: %s", (contentType) => {
    expect(read('{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}', contentType)).toEqual(TWO);
  });
});

describe("an answer of success", () => {
  it.each<[string, string, string, boolean]>([
    ["that is empty", "", "text/html", true],
    ["in JSON", '{"partialSuccess":{}}', "application/json", true],
    ["in JSON that cannot be read", "{", "application/json", true],
    ["in JSON, with no error", '{"error":null}', "application/json", true],
    ["in JSON, with an error of OTLP's", '{"error":"x","partialSuccess":{}}', "application/json", true],
    ["in JSON, with an error", '{"error":"not signed in"}', "application/json", false],
    ["in JSON, with errors", '{"errors":[]}', "application/problem+json", false],
    ["in plain text", "OK", "text/plain", true],
    ["that is a page", "<html>", "text/html", false],
    ["that is a page by its type", "Sign in", "Text/HTML; charset=utf-8", false],
    ["that is a page by its text", "\ufeff\n<!DOCTYPE html>", "", false],
    ["that is a page under JSON", "<html>", "application/json", false],
  ])("%s", (_what, body, contentType, isOtlp) => {
    expect(read(body, contentType) !== undefined).toBe(isOtlp);
  });
});

describe("an answer in protobuf", () => {
  const body = encodeResponse({ rejectedSpans: 2, errorMessage: "too old" });

  it.each([
    "application/x-protobuf",
    "application/octet-stream; name=json",
    "application/jsonp",
    "application/xjson",
    "",
  ])("is what has no JSON for its content type: %s", (contentType) => {
    expect(read(body, contentType)).toEqual(TWO);
  });

  it.each([
    ["is empty", new Uint8Array()],
    ["is garbage", Uint8Array.of(0xff, 0x7b, 0x00)],
  ])("that %s says nothing", (_what, bytes) => {
    expect(read(bytes, "application/x-protobuf")).toEqual(NOTHING_SAID);
  });
});
