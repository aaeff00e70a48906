import { context } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Agent } from "node:http";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
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

  it("reads key and base URL from the variables", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ RESPAN_API_KEY: "variable-key", RESPAN_BASE_URL: receiver.origin });
    await using telemetry = telemetryTo(receiver, { apiKey: undefined, baseUrl: undefined });
    record("work");
    await telemetry.flush();
    expect(receiver.requests[0]).toMatchObject({
      path: "/api/v2/traces",
      headers: { authorization: "Bearer variable-key" },
    });
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

  it("carries no header that the host's exporter was given", async () => {
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

  it("is not compressed where that is off", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { compression: "none" });
    record("work");
    await telemetry.flush();
    expect(receiver.requests[0]?.headers["content-encoding"]).toBeUndefined();
    expect(receiver.find("work")).toHaveLength(1);
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

  it("goes over a connection that is kept alive", async () => {
    await using receiver = await OTLPReceiver.start();
    const sockets = new Set<Socket>();
    const watch = (message: unknown): void => void sockets.add((message as { socket: Socket }).socket);
    subscribe("net.client.socket", watch);
    try {
      await using telemetry = telemetryTo(receiver);
      for (const name of ["one", "two", "three"]) {
        record(name);
        await telemetry.flush();
      }
    } finally {
      unsubscribe("net.client.socket", watch);
    }
    expect(receiver.requests).toHaveLength(3);
    expect(sockets.size).toBe(1);
    expect([...sockets].every((socket) => socket.destroyed)).toBe(true);
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

  it("is never traced, neither by our provider nor by a host's", async () => {
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

  it("holds nothing of the request in which a span ended", async () => {
    await using receiver = await OTLPReceiver.start();
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const watch = (): void => void seen.push(storage.getStore());
    subscribe("http.client.request.start", watch);
    try {
      await using telemetry = telemetryTo(receiver, { isBatchingEnabled: false });
      storage.run("a customer's request", () => record("work"));
      await receiver.waitFor(1);
      await telemetry.flush();
    } finally {
      unsubscribe("http.client.request.start", watch);
    }
    expect(seen).toEqual([undefined]);
  });
});

describe("the resource", () => {
  async function resourceWith(options: object, variables: Record<string, string> = {}) {
    await using receiver = await OTLPReceiver.start();
    setVariables({
      RESPAN_APP_NAME: undefined,
      OTEL_SERVICE_NAME: undefined,
      OTEL_RESOURCE_ATTRIBUTES: undefined,
      ...variables,
    });
    await using telemetry = telemetryTo(receiver, options);
    record("work");
    await telemetry.flush();
    return receiver.only("work").resource;
  }

  it("names the service by option, variable, standard variable, or as respan", async () => {
    const variables = { RESPAN_APP_NAME: "variable", OTEL_SERVICE_NAME: "standard" };
    expect(await resourceWith({ appName: "option" }, variables)).toMatchObject({ "service.name": "option" });
    expect(await resourceWith({}, variables)).toMatchObject({ "service.name": "variable" });
    expect(await resourceWith({}, { OTEL_SERVICE_NAME: "standard" })).toMatchObject({ "service.name": "standard" });
    expect(await resourceWith({})).toMatchObject({ "service.name": "respan" });
  });

  it("prefers what the constructor says among its resource attributes to variables", async () => {
    const resourceAttributes = { "service.name": "given", team: "desk" };
    const variables = { RESPAN_APP_NAME: "variable", OTEL_RESOURCE_ATTRIBUTES: "team=other,region=eu%20west" };
    expect(await resourceWith({ resourceAttributes }, variables)).toMatchObject({
      "service.name": "given",
      team: "desk",
      region: "eu west",
    });
    expect(await resourceWith({ resourceAttributes, appName: "option" })).toMatchObject({ "service.name": "option" });
  });

  it("takes a service name of OTEL_RESOURCE_ATTRIBUTES where nothing else gives one", async () => {
    const variables = { OTEL_RESOURCE_ATTRIBUTES: "service.name=listed" };
    expect(await resourceWith({}, variables)).toMatchObject({ "service.name": "listed" });
    expect(await resourceWith({}, { ...variables, OTEL_SERVICE_NAME: "standard" })).toMatchObject({
      "service.name": "standard",
    });
  });

  it("holds the environment and the SDK", async () => {
    const resource = await resourceWith({ environment: "production" });
    expect(resource).toMatchObject({
      "deployment.environment.name": "production",
      "telemetry.sdk.language": "nodejs",
      "telemetry.sdk.name": "opentelemetry",
      "telemetry.sdk.version": expect.any(String) as string,
    });
  });
});
