import { gzipSync } from "node:zlib";
import { Forwarder } from "../../lib/viewer/forwarder.js";
import type { RawBody } from "../../lib/viewer/receiver.js";
import { OTLPReceiver, status } from "../harness/index.js";
import { recorded } from "./spans.js";

const { protobuf } = recorded((tracer) => tracer.startSpan("work").end());
const BODY: RawBody = {
  bytes: gzipSync(protobuf),
  contentType: "application/x-protobuf",
  contentEncoding: "gzip",
};

function forwarderTo(url: string): { forwarder: Forwarder; failures: string[]; failed: Promise<void> } {
  const failures: string[] = [];
  let resolveFailed: () => void;
  const failed = new Promise<void>((resolve) => (resolveFailed = resolve));
  const onFailure = (message: string): void => {
    failures.push(message);
    resolveFailed();
  };
  return { forwarder: new Forwarder({ url: new URL(url), apiKey: "key", onFailure }), failures, failed };
}

describe("sending on", () => {
  it("sends bodies as they came, with the key", async () => {
    await using respan = await OTLPReceiver.start();
    const { forwarder, failures } = forwarderTo(respan.tracesUrl);
    forwarder.add(BODY);
    await respan.waitFor(1);
    expect(respan.requests[0]).toMatchObject({
      path: "/api/v2/traces",
      body: BODY.bytes,
      headers: {
        authorization: "Bearer key",
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
        "x-respan-dogfood": "1",
      },
    });
    expect(failures).toEqual([]);
  });

  it("reports a refusal, once", async () => {
    await using respan = await OTLPReceiver.start();
    respan.respondAlways(status(401));
    const { forwarder, failures, failed } = forwarderTo(respan.tracesUrl);
    for (let n = 0; n < 5; n++) forwarder.add(BODY);
    await failed;
    await respan.waitForRequests(5);
    expect(failures).toEqual([
      `Could not send spans on to ${respan.tracesUrl}: it answered with status 401. They are shown here all the same.`,
    ]);
  });

  it("reports an address where nothing answers", async () => {
    const { forwarder, failures, failed } = forwarderTo("http://127.0.0.1:1/v2/traces?key=secret");
    forwarder.add(BODY);
    await failed;
    expect(failures[0]).toContain("Could not send spans on to http://127.0.0.1:1/v2/traces: ");
    expect(failures[0]).not.toContain("secret");
    expect(forwarder.failed).toBe(1);
  });

  it("does not keep more than it has room for", async () => {
    await using respan = await OTLPReceiver.start();
    const { forwarder, failures } = forwarderTo(respan.tracesUrl);
    const large = { ...BODY, bytes: Buffer.alloc(40 * 1024 * 1024), contentEncoding: undefined };
    forwarder.add(large);
    forwarder.add(large);
    expect(failures[0]).toContain("it is slower than what comes in");
    await respan.waitForRequests(1);
  });
});
