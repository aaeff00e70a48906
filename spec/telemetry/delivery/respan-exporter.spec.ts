import { withTask } from "../../../lib/decorators/decorators.js";
import { OTLPReceiver } from "../../harness/index.js";
import { HostLogger, telemetryTo } from "../spans.js";

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
