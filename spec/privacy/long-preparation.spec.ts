import { trace } from "@opentelemetry/api";
import { RespanTelemetry, withTask } from "respan-instructor";
import { OTLPReceiver } from "../harness/index.js";

/** Keeps the processor busy for longer than preparation may without letting the event loop run. */
function spin(): void {
  const until = performance.now() + 12;
  while (performance.now() < until);
}

describe("masking what others put on spans", () => {
  it.each([
    ["in the attributes of one span", 1, 4],
    ["in several spans", 4, 1],
  ])("lets the event loop run between texts that take long, %s", async (_where, spans, texts) => {
    await using receiver = await OTLPReceiver.start();
    let turns = 0;
    const seen: number[] = [];
    const telemetry = new RespanTelemetry({
      apiKey: "k",
      baseUrl: receiver.url,
      isAutoInstrument: false,
      redact: (text) => {
        if (!text.startsWith("long")) return text;
        seen.push(turns);
        spin();
        return text;
      },
    });
    for (let at = 0; at < spans; at++) {
      withTask({ name: "work" }, () => {
        for (let text = 0; text < texts; text++) trace.getActiveSpan()?.setAttribute(`note ${text}`, `long ${text}`);
      });
    }
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await telemetry.flush();
    isOver = true;
    await telemetry.shutdown();
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(4);
  });
});
