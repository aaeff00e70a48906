import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { z } from "zod";
import {
  Agent,
  propagateAttributes,
  RespanSpanProcessor,
  RespanTelemetry,
  Task,
  Tool,
  updateCurrentSpan,
  withTask,
  Workflow,
} from "../../../lib/index.js";
import { MODES } from "../../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { content } from "../../harness/index.js";
import { auto } from "../../harness/openai-auto.js";
import type { ReceivedSpan } from "../../harness/index.js";
import { collect, muteConsole, World } from "../world.js";

// The forms of OpenTelemetry's GenAI conventions 1.42.0, written down here from their pages.
const modality = z.enum(["image", "video", "audio", "document"]);
const KNOWN = {
  text: z.object({ type: z.literal("text"), content: z.string() }).strict(),
  tool_call: z
    .object({ type: z.literal("tool_call"), name: z.string(), id: z.string().optional(), arguments: z.unknown() })
    .strict(),
  tool_call_response: z
    .object({ type: z.literal("tool_call_response"), id: z.string().optional(), response: z.unknown() })
    .strict(),
  blob: z
    .object({
      type: z.literal("blob"),
      modality,
      content: z.literal(""),
      mime_type: z.string().regex(/^\w+\/[\w.+-]+$/),
      size: z.number().int().positive(),
    })
    .strict(),
  file: z.object({ type: z.literal("file"), modality, file_id: z.string() }).strict(),
  uri: z.object({ type: z.literal("uri"), modality, uri: z.string().url() }).strict(),
};
const Part = z
  .object({ type: z.string() })
  .passthrough()
  .superRefine((part, context) => {
    const form = (KNOWN as Record<string, z.ZodTypeAny | undefined>)[part.type];
    for (const issue of form?.safeParse(part).error?.issues ?? []) context.addIssue(issue);
  });
const Messages = z.array(z.object({ role: z.string(), parts: z.array(Part) }).strict());
const Definitions = z.array(
  z
    .object({
      type: z.string(),
      name: z.string(),
      description: z.string().optional(),
      parameters: z
        .object({ type: z.literal("object") })
        .passthrough()
        .optional(),
    })
    .strict(),
);
const REPLACED =
  /^gen_ai\.(?:system$|is_streaming$|prompt\.\d|completion\.|response\.finish_reason$|usage\.(?:prompt_tokens|completion_tokens|cache_read_input_tokens|reasoning_tokens)$)/;

const Ticket = z.object({ customer: z.string() });
const image = `data:image/png;base64,${"iVBORw0KGgo".repeat(40)}`;
const messages = [
  { role: "system", content: "Be brief." },
  {
    role: "user",
    content: [
      { type: "text", text: "What is in these?" },
      { type: "image_url", image_url: { url: image } },
      { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      { type: "input_audio", input_audio: { data: "UklGRi".repeat(40), format: "wav" } },
      { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${"JVBERi".repeat(40)}` } },
      { type: "file", file: { file_id: "file_1" } },
    ],
  },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_1", type: "function", function: { name: "lookup", arguments: '{"id":1}' } }],
  },
  { role: "tool", tool_call_id: "call_1", content: "ACME" },
] as never;

muteConsole();
const VARIABLE = "OTEL_SEMCONV_STABILITY_OPT_IN";
let world: World;
beforeEach(async () => {
  process.env[VARIABLE] = "gen_ai_latest_experimental";
  world = await World.start();
  world.server.answerWith(auto({ Ticket: { customer: "ACME" } }));
});
afterEach(async () => {
  Reflect.deleteProperty(process.env, VARIABLE);
  await world[Symbol.asyncDispose]();
});

const parsed = (span: ReceivedSpan, name: string): unknown => JSON.parse(span.attributes[name] as string);
type Client = ReturnType<typeof createTracedInstructor<ReturnType<World["openai"]>>>;
const asked = { model: "gpt-4o-mini", messages, response_model: { schema: Ticket, name: "Ticket" } };
const calls: Record<string, (client: Client) => Promise<unknown>> = {
  create: (client) => client.create(asked),
  createWithCompletion: (client) => client.createWithCompletion(asked),
  createIterable: (client) => collect(client.createIterable(asked)),
  "createIterable, whole": (client) => collect(client.createIterable({ ...asked, stream: false })),
  createPartial: (client) => collect(client.createPartial(asked)),
  "Instructor's own stream": async (client) =>
    collect(await client.chat.completions.create({ ...asked, stream: true })),
  "no response model": (client) =>
    client.chat.completions.create({
      model: "gpt-4o-mini",
      messages,
      tools: [{ type: "function", function: { name: "lookup", parameters: { type: "object" } } }],
    }),
};

describe("what is written fits the conventions", () => {
  it.each([
    ...Object.keys(calls).map((name) => [name, "TOOLS"] as const),
    ...MODES.map((mode) => ["create", mode] as const),
  ])("%s, %s", async (name, mode) => {
    if (name === "no response model") world.server.answerWith(() => content("Hello"));
    if (name.startsWith("createIterable")) world.server.answerWith(auto({ Ticket: { items: [{ customer: "ACME" }] } }));
    await calls[name]?.(createTracedInstructor({ client: world.openai(), mode })).catch(() => undefined);
    const span = await world.span();
    const input = Messages.parse(parsed(span, "gen_ai.input.messages"));
    expect(input[1]?.parts.map(({ type }) => type)).toEqual(["text", "blob", "uri", "blob", "blob", "file"]);
    Messages.parse(parsed(span, "gen_ai.output.messages"));
    expect(Definitions.parse(parsed(span, "gen_ai.tool.definitions"))).toHaveLength(1);
    expect(Object.keys(span.attributes).filter((attribute) => REPLACED.test(attribute))).toEqual([]);
    expect(span.name).toBe("chat gpt-4o-mini");
    expect(span.attributes["gen_ai.output.type"]).toBe(name === "no response model" ? undefined : "json");
    const isStream = span.attributes["llm.is_streaming"];
    expect(span.attributes["gen_ai.request.stream"]).toBe(isStream === true ? true : undefined);
  });

  it("names what was asked, by the conventions' names", async () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await propagateAttributes({ threadIdentifier: "t", prompt: { promptId: "p", version: 3 } }, () =>
      client.create({ ...asked, n: 2, service_tier: "flex", reasoning_effort: "low" }),
    );
    expect((await world.span()).attributes).toMatchObject({
      "gen_ai.conversation.id": "t",
      "gen_ai.prompt.name": "p",
      "gen_ai.prompt.version": "3",
      "gen_ai.request.choice.count": 2,
      "gen_ai.request.reasoning.level": "low",
      "openai.request.service_tier": "flex",
      "gen_ai.provider.name": "openai",
    });
  });

  it("names decorated calls, with a tool's arguments and result", async () => {
    class Desk {
      @Workflow({ name: "triage" }) run(): string {
        return this.ask();
      }
      @Agent({ name: "clerk" }) ask(): string {
        return this.step();
      }
      @Task() step(): string {
        return this.look("kestrel");
      }
      @Tool({ name: "lookup" }) look(bird: string): string {
        return `${bird} found`;
      }
    }
    new Desk().run();
    await world.spans();
    const of = (name: string) => world.receiver.only(name).attributes;
    expect(of("triage.workflow")).toMatchObject({
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.workflow.name": "triage",
    });
    expect(of("clerk.agent")).toMatchObject({ "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "clerk" });
    expect(of("lookup.tool")).toMatchObject({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "lookup",
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.arguments": '["kestrel"]',
      "gen_ai.tool.call.result": '"kestrel found"',
    });
    expect(of("step.task")).not.toHaveProperty(["gen_ai.operation.name"]);
  });

  it("has a tool's result where that is a stream, as far as it was consumed", async () => {
    class Desk {
      @Tool() async *pages(): AsyncGenerator<string> {
        yield "first";
        yield "second";
        yield "third";
      }
      @Tool() *none(): Generator<string> {}
    }
    for await (const page of new Desk().pages()) if (page === "second") break;
    expect([...new Desk().none()]).toEqual([]);
    await world.spans();
    const resultOf = (name: string) => world.receiver.only(name).attributes["gen_ai.tool.call.result"];
    expect(resultOf("pages.tool")).toBe('["first","second"]');
    expect(resultOf("none.tool")).toBe("[]");
  });

  it("has what replaces a tool's input and output, and nothing of what it replaces", async () => {
    class Desk {
      @Tool() look(bird: string): string {
        updateCurrentSpan({ input: { bird: "(hidden)" }, output: "(hidden)" });
        return `${bird} found`;
      }
    }
    new Desk().look("kestrel");
    const { attributes } = await world.span();
    expect(attributes).toMatchObject({
      "gen_ai.tool.call.arguments": '{"bird":"(hidden)"}',
      "gen_ai.tool.call.result": '"(hidden)"',
    });
    expect(JSON.stringify(attributes)).not.toContain("kestrel");
  });

  it.each([
    ["gen_ai_latest_experimental", "https://opentelemetry.io/schemas/gen-ai/1.42.0"],
    ["http", undefined],
  ])("and the scope names their schema in this mode alone: %s", async (variable, schemaUrl) => {
    process.env[VARIABLE] = variable;
    const exporter = new InMemorySpanExporter();
    const telemetry = new RespanTelemetry({ exporter, isAutoInstrument: false });
    withTask({ name: "step" }, () => undefined);
    await telemetry.flush();
    expect(exporter.getFinishedSpans().map((span) => span.instrumentationScope.schemaUrl)).toEqual([schemaUrl]);
    await telemetry.shutdown();
  });

  it.each([
    ["a tracerProvider that is brought along", true],
    ["the provider that the host has registered", false],
  ])("also in %s", async (_name, isBrought) => {
    await world.telemetry.shutdown();
    const exporter = new InMemorySpanExporter();
    const processor = new RespanSpanProcessor({ exporter });
    const provider = new NodeTracerProvider({ spanProcessors: [processor] });
    if (!isBrought) provider.register();
    const telemetry = isBrought
      ? new RespanTelemetry({ tracerProvider: provider, isAutoInstrument: false })
      : undefined;
    withTask({ name: "step" }, () => undefined);
    await processor.flush();
    expect(exporter.getFinishedSpans().map((span) => span.instrumentationScope.schemaUrl)).toEqual([
      "https://opentelemetry.io/schemas/gen-ai/1.42.0",
    ]);
    await telemetry?.shutdown();
    await provider.shutdown();
    trace.disable();
  });
});
