import { inspect } from "node:util";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { RespanTelemetry } from "respan-instructor";
import { GUIDE_OBJECTS } from "../spec/harness/guide-objects.js";
import { auto } from "../spec/harness/openai-auto.js";
import type { Extracted } from "../spec/harness/openai-auto.js";
import { OpenAIServer } from "../spec/harness/openai-server.js";
import type { ExportTraceServiceRequest } from "../spec/harness/otlp-messages.js";
import { OTLPReceiver } from "../spec/harness/otlp-receiver.js";
import { receivedSpans } from "../spec/harness/otlp-spans.js";
import type { ReceivedSpan } from "../spec/harness/otlp-spans.js";
import { traceTree } from "./trace-tree.js";

/** The exports of `samples/NAME/index.ts`. */
export interface Sample {
  telemetry: RespanTelemetry;
  run(): unknown;
  /** The embedded server's answers by schema name, in addition to the guide's objects. */
  objects?: Record<string, Extracted>;
}

const isColored = process.stdout.isTTY && !process.env.NO_COLOR;

/**
 * Runs a sample as its user would. With `OPENAI_API_KEY` it calls OpenAI, otherwise an embedded server. With
 * `RESPAN_API_KEY` or `RESPAN_BASE_URL` it sends to Respan, otherwise to an embedded receiver. Prints which of them it
 * used, the result, and the trace.
 */
export async function perform(load: () => Promise<Sample>): Promise<void> {
  const server = process.env.OPENAI_API_KEY ? undefined : await OpenAIServer.start();
  const hasReceiver = [process.env.RESPAN_API_KEY, process.env.RESPAN_BASE_URL].some(Boolean);
  const receiver = hasReceiver ? undefined : await OTLPReceiver.start();
  try {
    if (server) Object.assign(process.env, { OPENAI_API_KEY: "sk-embedded", OPENAI_BASE_URL: server.url });
    if (receiver) Object.assign(process.env, { RESPAN_API_KEY: "embedded", RESPAN_BASE_URL: receiver.url });
    const { OPENAI_BASE_URL: openai = "https://api.openai.com/v1", RESPAN_BASE_URL: respan = "https://api.respan.ai" } =
      process.env;
    say("model", server ? `embedded server at ${openai} (OPENAI_API_KEY is not set)` : `OpenAI at ${openai}`);
    say("export", receiver ? `embedded receiver at ${respan} (RESPAN_API_KEY is not set)` : `Respan at ${respan}`);
    const sample = await load();
    server?.answerWith(auto({ ...GUIDE_OBJECTS, ...sample.objects }));
    await act(sample, receiver);
  } finally {
    await server?.close();
    await receiver?.close();
  }
}

async function act({ telemetry, run }: Sample, receiver: OTLPReceiver | undefined): Promise<void> {
  // Spans sent to Respan cannot be read back here; a second processor keeps a copy for the tree.
  const copies = receiver ? undefined : new InMemorySpanExporter();
  if (copies) telemetry.addProcessor(new SimpleSpanProcessor(copies));
  try {
    print(await run());
  } catch (error) {
    process.exitCode = 1;
    console.error(error);
  }
  await telemetry.flush();
  const spans = receiver?.spans ?? spansOf(copies!);
  console.log(spans.length > 0 ? `\n${traceTree(spans, { isColored })}` : "\nno span was exported");
  await telemetry.shutdown();
}

function spansOf(copies: InMemorySpanExporter): ReceivedSpan[] {
  const request = JsonTraceSerializer.serializeRequest(copies.getFinishedSpans())!;
  return receivedSpans(JSON.parse(Buffer.from(request).toString("utf8")) as ExportTraceServiceRequest);
}

function print(result: unknown): void {
  console.log(`\n${inspect(withoutMeta(result), { colors: isColored, depth: 8 })}`);
}

/** The result without `_meta`, which Instructor adds. */
function withoutMeta(result: unknown): unknown {
  if (typeof result !== "object" || result === null || !("_meta" in result)) return result;
  return Object.fromEntries(Object.entries(result).filter(([key]) => key !== "_meta"));
}

function say(label: string, text: string): void {
  console.log(`${label.padEnd(8)}${text}`);
}
