import { trace } from "@opentelemetry/api";
import { openSpan } from "../../lib/scope/open-span.js";
import { scopeOf } from "../../lib/scope/scope.js";
import { slot } from "../../lib/scope/tracing.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import { OTLPReceiver } from "../harness/index.js";

describe("RespanTelemetry", () => {
  it("delivers a span to the base URL and gives the slot back", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url });
    const tracing = slot.tracing!;
    const context = tracing.contexts.active();
    const open = openSpan(tracing, context, scopeOf(context, tracing.defaults), "work", 0, { a: 1 }, undefined);
    open!.end();
    expect(await telemetry.flush()).toEqual({ exported: 1, rejected: 0, failed: 0, dropped: 0 });
    expect(receiver.only("work").attributes).toMatchObject({ a: 1 });
    await telemetry.shutdown();
    expect(slot.tracing).toBeUndefined();
    expect(trace.getTracer("x").startSpan("y").isRecording()).toBe(false);
  });
});
