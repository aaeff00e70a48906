import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { RespanTelemetryOptions } from "../../lib/telemetry/telemetry-options.js";
import { OpenAIServer, OTLPReceiver } from "../harness/index.js";
import { foreignClient } from "./foreign-client.js";
import { HostLogger } from "./spans.js";

/** One structured call of a client that knows nothing of us, and the names of the spans that it made. */
async function spansOf(options: RespanTelemetryOptions, isShutDownBefore = false): Promise<string[]> {
  await using server = await OpenAIServer.start({ objects: { Ticket: { customer: "ACME" } } });
  await using receiver = await OTLPReceiver.start();
  const extract = foreignClient(server);
  await using telemetry = new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url, ...options });
  if (isShutDownBefore) await telemetry.shutdown();
  expect(await extract()).toMatchObject({ customer: "ACME" });
  await telemetry.flush();
  return receiver.spans.map(({ name }) => name);
}

describe("isAutoInstrument", () => {
  it("traces clients that others construct, before or after, by default", async () => {
    expect(await spansOf({})).toEqual(["instructor.create"]);
  });

  it("leaves them alone where it is off, and after a shutdown", async () => {
    expect(await spansOf({ isAutoInstrument: false })).toEqual([]);
    expect(await spansOf({}, true)).toEqual([]);
  });

  it("gives way to an instrumentor with other settings, with a warning and not an error", async () => {
    using logger = new HostLogger();
    const strict = new InstructorInstrumentor({ traceContent: false });
    strict.activate();
    try {
      expect(await spansOf({})).toEqual(["instructor.create"]);
    } finally {
      strict.deactivate();
    }
    expect(logger.warnings).toEqual([expect.stringContaining("traceContent")]);
  });
});

describe("a service whose Instructor cannot be traced", () => {
  /** What is said by a telemetry that is constructed and shut down. */
  async function said(): Promise<string[]> {
    using logger = new HostLogger();
    await new RespanTelemetry({ apiKey: "key" }).shutdown();
    return logger.warnings;
  }

  it.each<[string, unknown, string]>([
    ["throws as it is activated", new Error("boom"), "boom"],
    ["throws nothing", undefined, "undefined"],
    ["throws a text", "no luck", "no luck"],
  ])("is warned, and runs all the same, where it %s", async (_why, fault, reason) => {
    const activate = jest.spyOn(InstructorInstrumentor.prototype, "activate").mockImplementation(() => {
      throw fault;
    });
    try {
      expect(await said()).toEqual([
        `respan-instructor: Instructor clients that other code constructs are not traced: ${reason}`,
      ]);
    } finally {
      activate.mockRestore();
    }
  });

  it("is warned where it is not installed, and activate() does not throw", async () => {
    jest.doMock("@instructor-ai/instructor", () => {
      throw new Error("Cannot find module '@instructor-ai/instructor'\nRequire stack:\n- /app/index.js");
    });
    try {
      expect(await said()).toEqual([
        "respan-instructor: Instructor clients that other code constructs are not traced: " +
          "no @instructor-ai/instructor was found (Cannot find module '@instructor-ai/instructor')",
      ]);
    } finally {
      jest.dontMock("@instructor-ai/instructor");
    }
  });
});
