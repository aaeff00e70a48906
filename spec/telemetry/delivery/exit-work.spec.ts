import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { context, propagation, trace } from "@opentelemetry/api";
import { RespanSpanProcessor } from "../../../lib/telemetry/respan-span-processor.js";
import type { ExportOptions } from "../../../lib/telemetry/telemetry-options.js";
import { hang, OTLPReceiver } from "../../harness/index.js";
import { HostLogger, open, record, telemetryTo } from "../spans.js";

const WAYS: readonly (readonly [string, (receiver: OTLPReceiver, options: ExportOptions) => () => Promise<void>])[] = [
  [
    "RespanTelemetry",
    (receiver, options) => {
      const telemetry = telemetryTo(receiver, options);
      return () => telemetry.shutdown();
    },
  ],
  [
    "RespanSpanProcessor",
    (receiver, options) => {
      const processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url, ...options });
      const provider = new NodeTracerProvider({ spanProcessors: [processor] });
      provider.register();
      return async () => {
        await provider.shutdown();
        for (const api of [trace, context, propagation]) api.disable();
      };
    },
  ],
];

describe.each(WAYS)("when the process has nothing left to do, %s", (_name, start) => {
  it("delivers what has ended, and then what nobody ended", async () => {
    const before = process.listeners("beforeExit");
    await using receiver = await OTLPReceiver.start();
    const stop = start(receiver, {});
    const runOut = (): void => {
      for (const listener of process.listeners("beforeExit")) if (!before.includes(listener)) listener(0);
    };
    record("ended");
    const running = open("running");
    runOut();
    await receiver.waitFor(1);
    expect(receiver.spans.map(({ name }) => name)).toEqual(["ended"]);
    runOut();
    await receiver.waitFor(2);
    expect(running.isEnded).toBe(true);
    expect(receiver.spans.map(({ name }) => name)).toEqual(["ended", "running"]);
    await stop();
    expect(process.listeners("beforeExit")).toEqual(before);
  });

  it("says what could not be delivered", async () => {
    const before = process.listeners("beforeExit");
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    receiver.respondAlways(hang());
    const stop = start(receiver, { flushTimeoutMillis: 50 });
    record("one", "two");
    for (let round = 0; round < 2; round++) {
      for (const listener of process.listeners("beforeExit")) if (!before.includes(listener)) listener(0);
      await receiver.waitForRequests(1);
    }
    expect(logger.warnings).toEqual(["respan-instructor: 2 spans could not be delivered before the process ended"]);
    await stop();
  });
});
