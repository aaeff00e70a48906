import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { pino } from "pino";
import { getCurrentSpanId, getCurrentTraceId, RespanTelemetry, withTask } from "../../lib/index.js";
import { OTLPReceiver } from "../harness/index.js";

const ROOT = join(__dirname, "../..");

interface Line {
  readonly msg?: string;
  readonly message?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

describe("the sample of logs", () => {
  jest.setTimeout(120_000);

  it("shows the ids of the span that is active in each line of pino's and winston's", async () => {
    await using receiver = await OTLPReceiver.start();
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      RESPAN_API_KEY: "key",
      RESPAN_BASE_URL: receiver.url,
    };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "samples/run.ts", "logs"],
      { cwd: ROOT, env },
    );
    expect(stderr).toBe("");
    const lines = [...stdout.matchAll(/^ {2}'(\{.*\})',?$/gm)].map(([, line = ""]) => JSON.parse(line) as Line);
    const workflow = receiver.only("support_ticket_extraction.workflow");
    const chat = receiver.only("instructor.create");
    const { traceId } = workflow;
    expect(lines.map(({ msg, message, trace_id, span_id }) => [msg ?? message, trace_id, span_id])).toEqual([
      ["extracting", traceId, workflow.spanId],
      ["answered", traceId, chat.spanId],
      ["extracted", traceId, workflow.spanId],
      ["outside", undefined, undefined],
    ]);
  });
});

describe("a logger that adds the ids itself", () => {
  const lines: Line[] = [];
  const log = pino(
    { mixin: () => ({ trace_id: getCurrentTraceId(), span_id: getCurrentSpanId() }) },
    { write: (line) => lines.push(JSON.parse(line) as Line) },
  );

  it("has the ids of this package's spans beside another SDK, with the same trace id", async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new NodeTracerProvider());
    await using receiver = await OTLPReceiver.start();
    const telemetry = new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url, isAutoInstrument: false });
    const host = trace.getTracer("host").startSpan("request");
    context.with(trace.setSpan(context.active(), host), () => {
      withTask({ name: "step" }, () => {
        // What an instrumentation of a logger reads.
        expect(trace.getActiveSpan()?.spanContext()).toEqual(host.spanContext());
        log.info("inside");
      });
    });
    await telemetry.shutdown();
    const { traceId, spanId } = receiver.only("step.task");
    expect(lines).toEqual([expect.objectContaining({ msg: "inside", trace_id: traceId, span_id: spanId })]);
    expect(traceId).toBe(host.spanContext().traceId);
    trace.disable();
    context.disable();
  });
});
