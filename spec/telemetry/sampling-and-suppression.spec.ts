import Instructor from "@instructor-ai/instructor";
import type { Span } from "@opentelemetry/api";
import { context, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import OpenAI from "openai";
import { z } from "zod";
import { withTask, withWorkflow } from "../../lib/index.js";
import type { TracedInstructor } from "../../lib/index.js";
import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import type { RespanTelemetryOptions } from "../../lib/telemetry/telemetry-options.js";
import { collect } from "../instructor/world.js";
import { OpenAIServer, OTLPReceiver, toolCall } from "../harness/index.js";
import { telemetryTo } from "./spans.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

/** How often anything of a call was read or masked: everything that is serialized passes the redactor. */
let reads = 0;
let masked = 0;
/** The span that was active when the provider's client sent a request. */
const during: (Span | undefined)[] = [];
const options = {
  redact: (text: string) => {
    masked++;
    return text;
  },
};
const message = {
  role: "user" as const,
  get content() {
    reads++;
    return "ACME cannot log in";
  },
};
const schema = z.object({ customer: z.string() });
const plain = { model: "gpt-4o-mini", messages: [message] };
const request = { ...plain, response_model: { schema, name: "Ticket" } };

type Client = TracedInstructor<OpenAI>;
/** Every way to make a call. What is native can be done with an untraced client as well. */
const native: Record<string, (client: Client) => Promise<unknown>> = {
  create: (client) => client.chat.completions.create(request),
  "create, streamed": async (client) => collect(await client.chat.completions.create({ ...request, stream: true })),
  "create without a response model": (client) => client.chat.completions.create(plain),
  "create without a response model, streamed": async (client) =>
    collect(await client.chat.completions.create({ ...plain, stream: true })),
};
const calls: typeof native = {
  ...native,
  createWithCompletion: (client) => client.createWithCompletion(request),
  createIterable: (client) => collect(client.createIterable(request)),
  createPartial: (client) => collect(client.createPartial(request)),
};

/** Runs `work` with a client of each kind, and gives the names of the spans that arrived. */
async function spansOf(
  telemetryOptions: RespanTelemetryOptions | undefined,
  kind: "native" | "traced",
  work: (client: Client) => Promise<unknown>,
): Promise<string[]> {
  await using server = await OpenAIServer.start();
  const ticket = { customer: "ACME" };
  // Of a list the items are read, of a ticket the customer.
  server.answerWith(() => toolCall({ arguments: { ...ticket, items: [ticket] } }));
  await using receiver = await OTLPReceiver.start();
  during.length = 0;
  const watched: typeof fetch = (...request) => {
    during.push(trace.getActiveSpan());
    return fetch(...request);
  };
  const config = {
    client: new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0, fetch: watched }),
    mode: "TOOLS" as const,
  };
  const client = kind === "traced" ? createTracedInstructor(config) : (Instructor(config) as unknown as Client);
  const telemetry = telemetryOptions && telemetryTo(receiver, telemetryOptions);
  const instrumentor = new InstructorInstrumentor();
  if (telemetry !== undefined) instrumentor.activate();
  reads = masked = 0;
  try {
    await work(client);
  } finally {
    instrumentor.deactivate();
    await telemetry?.shutdown();
  }
  return receiver.spans.map(({ name }) => name);
}

describe("a span that is not recording", () => {
  it.each(Object.keys(calls))("costs no serialization: %s", async (name) => {
    const call = calls[name]!;
    const work = (client: Client): Promise<unknown> =>
      withWorkflow("workflow", (given: object) => (given === client ? Promise.resolve() : call(client)), {
        toJSON: () => reads++,
      });
    expect(await spansOf(undefined, "traced", work)).toEqual([]);
    const untraced = reads;
    expect(await spansOf({ ...options, sampleRate: 0 }, "traced", work)).toEqual([]);
    expect({ reads, masked }).toEqual({ reads: untraced, masked: 0 });
    // With a span that records there is something to see: the counts can differ.
    expect(await spansOf(options, "traced", work)).toHaveLength(2);
    expect(reads).toBeGreaterThan(untraced);
    expect(masked).toBeGreaterThan(0);
  });
});

describe("where tracing is suppressed", () => {
  it.each(
    (["traced", "native"] as const).flatMap((kind) =>
      Object.keys(kind === "traced" ? calls : native).map((name) => [name, kind] as const),
    ),
  )("%s (%s client) makes no span, serializes nothing, and leaves the parent as it was", async (name, kind) => {
    const call = calls[name]!;
    const suppressed = async (client: Client): Promise<unknown> =>
      withTask("outer", async () => {
        const outer = trace.getActiveSpan();
        const before = { reads, masked };
        await context.with(suppressTracing(context.active()), async () => {
          const pending = withTask("inner", () => {
            expect(trace.getActiveSpan()).toBe(outer);
            return call(client);
          });
          expect(trace.getActiveSpan()).toBe(outer);
          await pending;
        });
        expect(during).toEqual([outer]);
        expect(masked).toBe(before.masked);
        expect(trace.getActiveSpan()).toBe(outer);
        return "done";
      });
    expect(await spansOf(options, kind, suppressed)).toEqual(["outer.task"]);
  });
});
