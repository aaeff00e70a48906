import { storeOf } from "./analysis/structured-call.js";
import { createHash } from "node:crypto";
import type { TraceList } from "../../lib/viewer/api.js";
import { eachTest } from "../harness/each-test.js";
import { received } from "./spans.js";
import { PAGE, RunningServer } from "./viewer-server.js";

describe("the server", () => {
  let viewer: RunningServer;
  eachTest(
    () => RunningServer.start(),
    (made) => (viewer = made),
  );

  it.each(["/", "/index.html", "/traces/0af7651916cd43dd8448eb211c80319c"])("serves the page at %s", async (path) => {
    const { status, headers, body } = await viewer.ask(path);
    expect([status, headers["content-type"], body.toString()]).toEqual([200, "text/html; charset=utf-8", PAGE]);
  });

  it("lets a browser run the page's own script and style, and load nothing from elsewhere", async () => {
    const { headers } = await viewer.ask("/");
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const policy = headers["content-security-policy"]?.toString().split("; ");
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        `script-src ${hash("go()")}`,
        `style-src ${hash("a{}")}`,
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    });
  });

  it.each<[string, string, number]>([
    ["GET", "/favicon.ico", 404],
    ["GET", "/../../etc/passwd", 404],
    ["GET", "//evil.example/", 404],
    ["GET", "/api/nothing", 404],
    ["GET", "/api/traces/unknown", 404],
    ["GET", "/api/traces/a/b", 404],
    ["GET", "/v1/traces", 405],
    ["POST", "/v1/metrics", 404],
    ["POST", "/api/traces", 404],
    ["OPTIONS", "/v1/traces", 405],
    ["DELETE", "/api/traces", 404],
  ])("answers %s %s with %i", async (method, path, status) => {
    const answer = await viewer.ask(path, { method });
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([status, { error: expect.any(String) }]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("answers a HEAD as a GET without a body", async () => {
    const { status, body } = await viewer.ask("/", { method: "HEAD" });
    expect([status, body.length]).toEqual([200, 0]);
  });

  it("lists traces by the filters of the address", async () => {
    const attributes = { "respan.customer_params.customer_identifier": "ann & bob" };
    viewer.store.add([received("1", "a", { attributes }), received("2", "a"), received("3", "a")]);
    const found = await viewer.get<TraceList>("/api/traces?customer=ann%20%26%20bob&workflow=&q=");
    expect(found.traces.map(({ traceId }) => Number(traceId))).toEqual([1]);
    const first = await viewer.get<TraceList>("/api/traces?limit=2");
    expect(first.traces).toHaveLength(2);
    const rest = await viewer.get<TraceList>(`/api/traces?limit=2&before=${encodeURIComponent(first.next ?? "")}`);
    expect(rest.traces).toHaveLength(1);
    expect(rest.next).toBeUndefined();
  });

  it.each(["limit=0", "limit=-1", "limit=many", "limit=1.5", "status=broken"])("refuses ?%s", async (query) => {
    expect((await viewer.ask(`/api/traces?${query}`)).status).toBe(400);
  });

  it("gives a trace with its summary, whatever the case of its id", async () => {
    const one = received("abc", "a", { attributes: { html: "</script><img onerror=alert()>" } });
    viewer.store.add([one]);
    expect(await viewer.get(`/api/traces/${one.traceId.toUpperCase()}`)).toEqual({
      summary: expect.objectContaining({ traceId: one.traceId }),
      spans: [one.span],
      costs: {},
    });
  });
});

describe("questions about many calls", () => {
  const failed = { outcome: "validation_error", issues: [{ path: ["a", 0], code: "custom" }] };

  it("are answered at their addresses, narrowed by the filter", async () => {
    const store = storeOf([{ at: 1, customer: "acme", attempts: [failed, { outcome: "success" }] }]);
    await using server = await RunningServer.start({ store });
    expect(await server.get("/api/quality")).toMatchObject({ rows: [{ calls: 1 }], fields: [{ path: "a[]" }] });
    expect(await server.get("/api/quality?customer=other")).toMatchObject({ rows: [] });
    expect(await server.get("/api/costs?by=customer")).toMatchObject({ rows: [{ key: "acme" }], total: { calls: 1 } });
    expect(await server.get("/api/calls?customer=acme&limit=1")).toMatchObject({ matching: 1 });
    const { headers, body } = await server.ask("/api/export?format=jsonl");
    expect(headers["content-disposition"]).toBe('attachment; filename="extractions.jsonl"');
    expect(JSON.parse(body.toString())).toMatchObject({ outcome: "corrected" });
    const trace = await server.get(`/api/traces/${"1".padStart(32, "0")}`);
    expect(trace.costs).toEqual({ ["1".padStart(16, "0")]: { usd: null, attempts: [null, null] } });
  });

  it.each(["costs?by=color", "export?format=xml", "calls?limit=0", "quality?from=now"])("refuse %s", async (path) => {
    await using server = await RunningServer.start();
    expect((await server.ask(`/api/${path}`)).status).toBe(400);
  });

  it.each(["quality/1", "constructor", "toString"])("are not at /api/%s", async (path) => {
    await using server = await RunningServer.start();
    expect((await server.ask(`/api/${path}`)).status).toBe(404);
  });
});

describe("who may talk to the server", () => {
  const hosts = (viewer: RunningServer) =>
    ["localhost", "LocalHost", "127.0.0.1", "[::1]", "viewer.localhost"].map((name) => `${name}:${viewer.server.port}`);

  it("is who names this machine by a loopback name", async () => {
    await using viewer = await RunningServer.start();
    for (const host of hosts(viewer)) {
      expect([host, (await viewer.ask("/api/traces", { headers: { host } })).status]).toEqual([host, 200]);
    }
    const strangers = [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "0.0.0.0",
      "192.168.0.1",
      ":",
      "@",
    ];
    for (const host of strangers) {
      for (const path of ["/", "/api/traces", "/api/events"]) {
        expect([host, (await viewer.ask(path, { headers: { host } })).status]).toEqual([host, 403]);
      }
      expect((await viewer.post("{}", { host })).status).toBe(403);
    }
  });

  it("is no page of another origin", async () => {
    await using viewer = await RunningServer.start();
    const asked = async (origin: string) => (await viewer.ask("/api/traces", { headers: { origin } })).status;
    expect(await asked(`http://${viewer.host}`)).toBe(200);
    for (const origin of ["http://evil.example", "null", `http://localhost:1`, `http://127.0.0.1`]) {
      expect([origin, await asked(origin)]).toEqual([origin, 403]);
      expect((await viewer.post("{}", { origin })).status).toBe(403);
    }
  });

  it("is who has the token, where there is one", async () => {
    await using viewer = await RunningServer.start({ token: "secret-token" });
    const asked = async (path: string, headers: Record<string, string> = {}) =>
      (await viewer.ask(path, { headers: { host: "machine.example", ...headers } })).status;
    for (const path of ["/", "/api/traces", "/api/events"]) expect(await asked(path)).toBe(401);
    expect((await viewer.post("{}")).status).toBe(401);
    expect(await asked("/api/traces?token=wrong")).toBe(401);
    expect(await asked("/api/traces?token=")).toBe(401);
    expect(await asked("/api/traces", { authorization: "Bearer wrong" })).toBe(401);
    expect(await asked("/api/traces", { authorization: "Bearer secret-token" })).toBe(200);
    expect((await viewer.post("{}", { authorization: "Bearer secret-token" })).status).toBe(200);
    expect(await asked("/api/traces", { cookie: "a=b; respan_viewer_token=secret-token" })).toBe(200);
    expect(await asked("/api/traces", { cookie: "respan_viewer_token=wrong" })).toBe(401);
  });

  it("gets the token out of the address into a cookie", async () => {
    await using viewer = await RunningServer.start({ token: "secret-token" });
    const { status, headers } = await viewer.ask("/traces/abc?token=secret-token&tab=1");
    expect([status, headers.location]).toEqual([303, "/traces/abc?tab=1"]);
    expect(headers["set-cookie"]).toEqual(["respan_viewer_token=secret-token; HttpOnly; SameSite=Strict; Path=/"]);
  });
});

describe("the port", () => {
  it("is the next free one where the wanted one is taken", async () => {
    await using first = await RunningServer.start();
    await using second = await RunningServer.start();
    await second.server.close();
    await second.server.listen("127.0.0.1", first.server.port);
    expect(second.server.port).toBeGreaterThan(first.server.port);
    expect(second.server.port - first.server.port).toBeLessThan(20);
  });
});
