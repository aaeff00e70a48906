import { randomBytes } from "node:crypto";
import { gzipSync, deflateSync } from "node:zlib";
import type { TraceDetail, TraceList } from "../../lib/viewer/api.js";
import { eachTest } from "../harness/each-test.js";
import { recorded, requestOf } from "./spans.js";
import { RunningServer } from "./viewer-server.js";

const MEBIBYTE = 1024 * 1024;
const PROTOBUF = { "content-type": "application/x-protobuf" };
const bodies = recorded((tracer) => tracer.startSpan("work").end());

describe("the receiver", () => {
  let viewer: RunningServer;
  eachTest(
    () => RunningServer.start(),
    (made) => (viewer = made),
  );
  const names = async (): Promise<string[]> =>
    (await viewer.get<TraceList>("/api/traces")).traces.map(({ name }) => name);

  it.each(["/v1/traces", "/v2/traces", "/api/v1/traces", "/api/v2/traces", "/v1/traces/"])("is at %s", async (path) => {
    expect((await viewer.post(bodies.json, {}, path)).status).toBe(200);
    expect(await names()).toEqual(["work"]);
  });

  it("takes protobuf, and answers protobuf", async () => {
    const { status, headers, body } = await viewer.post(bodies.protobuf, PROTOBUF);
    expect([status, headers["content-type"], body.length]).toEqual([200, "application/x-protobuf", 0]);
    expect(await names()).toEqual(["work"]);
  });

  it("takes JSON, and answers JSON", async () => {
    const { status, body } = await viewer.post(bodies.json, { "content-type": "Application/JSON; charset=utf-8" });
    expect([status, JSON.parse(body.toString())]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: 0, errorMessage: "" } },
    ]);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ])("takes bodies in %s", async (encoding, compress) => {
    const headers = { ...PROTOBUF, "content-encoding": encoding };
    expect((await viewer.post(compress(bodies.protobuf), headers)).status).toBe(200);
    expect(await names()).toEqual(["work"]);
  });

  it("says how many spans it could not take, in both forms, and takes the others", async () => {
    const spans = [{ name: "no ids" }, { traceId: "1".repeat(32), spanId: "2".repeat(16), name: "fine" }];
    const json = await viewer.post(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    expect(JSON.parse(json.body.toString())).toMatchObject({ partialSuccess: { rejectedSpans: 1 } });
    expect(await names()).toEqual(["fine"]);
    // resource_spans { scope_spans { spans { name: "x" } } }
    const protobuf = await viewer.post(Buffer.from([10, 7, 18, 5, 18, 3, 42, 1, 120]), PROTOBUF);
    expect(protobuf.body.subarray(0, 1)).toEqual(Buffer.from([10]));
    expect(protobuf.body.subarray(2, 4)).toEqual(Buffer.from([8, 1]));
    expect(protobuf.body.toString()).toContain("without a valid trace id");
  });

  it.each<[string, number, Record<string, string>, Uint8Array | string]>([
    ["text", 415, { "content-type": "text/plain" }, "{}"],
    ["no content type", 415, { "content-type": "" }, "{}"],
    ["broken JSON", 400, {}, "{"],
    ["nothing where JSON should be", 400, {}, ""],
    ["another JSON", 400, {}, "[1]"],
    ["JSON that nests without end", 400, {}, "[".repeat(MEBIBYTE)],
    ["bytes", 400, PROTOBUF, Buffer.from("\u00ff\u00fe garbage")],
    ["random bytes in gzip's name", 400, { "content-encoding": "gzip" }, randomBytes(1_000)],
    ["half of a gzip", 400, { "content-encoding": "gzip" }, gzipSync(bodies.json).subarray(0, 50)],
    ["an unknown compression", 415, { "content-encoding": "br" }, "{}"],
  ])("refuses %s with %i, and goes on", async (_what, status, headers, body) => {
    const answer = await viewer.post(body, headers);
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([status, { error: expect.any(String) }]);
    expect((await viewer.post(bodies.json)).status).toBe(200);
    expect(viewer.errors).toEqual([]);
  });

  it("refuses values that nest without end, and goes on", async () => {
    const depth = 100_000;
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}${"]}}".repeat(depth)}`;
    const span = `{"traceId":"${"1".repeat(32)}","spanId":"${"2".repeat(16)}","attributes":[{"key":"a","value":${value}}]}`;
    const { status } = await viewer.post(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
    expect([200, 400]).toContain(status);
    expect((await viewer.post(bodies.json)).status).toBe(200);
  });

  it("refuses a body of 100 MB with 413, and its sender gets to know", async () => {
    const { status, headers } = await viewer.post(Buffer.alloc(100 * 1_000_000, 32));
    expect([status, headers.connection]).toEqual([413, "close"]);
    expect((await viewer.post(bodies.json)).status).toBe(200);
  });

  it("stops a gzip bomb at the limit", async () => {
    // 1 GiB of zeros in 1 MiB: as many gzip members as that takes, which a decompressor reads as one stream.
    const member = gzipSync(Buffer.alloc(64 * MEBIBYTE));
    const bomb = Buffer.concat(Array.from({ length: 16 }, () => member));
    const before = process.memoryUsage().rss;
    const { status } = await viewer.post(bomb, { "content-encoding": "gzip" });
    expect(status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * MEBIBYTE);
    expect((await viewer.post(bodies.json)).status).toBe(200);
  });

  it("survives a sender that goes away in the middle", async () => {
    const lost = viewer.ask("/v1/traces", {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "1000" },
      body: "{}",
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await viewer.server.close();
    await expect(lost).rejects.toThrow();
    expect(viewer.errors).toEqual([]);
  });

  it("takes 10,000 spans of one trace, and gives them back", async () => {
    for (let from = 0; from < 10_000; from += 5_000) {
      expect((await viewer.post(requestOf("abc", from, 5_000))).status).toBe(200);
    }
    const [summary] = (await viewer.get<TraceList>("/api/traces")).traces;
    expect(summary).toMatchObject({ spanCount: 10_000 });
    const { spans } = await viewer.get<TraceDetail>(`/api/traces/${summary?.traceId ?? ""}`);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(10_000);
  });
});
