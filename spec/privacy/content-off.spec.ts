import { types } from "node:util";
import Instructor from "@instructor-ai/instructor";
import { context, diag, DiagLogLevel, propagation, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import OpenAI from "openai";
import type { Mode, RespanTelemetryOptions } from "respan-instructor";
import {
  addEvent,
  Agent,
  createTracedInstructor,
  HookName,
  InstructorInstrumentor,
  propagateAttributes,
  recordException,
  RespanSpanProcessor,
  RespanTelemetry,
  Task,
  Tool,
  updateCurrentSpan,
  Workflow,
} from "respan-instructor";
import { z } from "zod";
import { z as v4 } from "zod/v4";
import type { Answer } from "../harness/index.js";
import {
  auto,
  content,
  drop,
  fenced,
  functionCall,
  Gate,
  httpError,
  OpenAIServer,
  OTLPReceiver,
  thinking,
  toolCall,
} from "../harness/index.js";

const MARK = "kestrel";
/** A text that must not leave the process, by the place where it stands. */
const planted = (place: string): string => `${MARK}-${place}`;

const MODES: readonly Mode[] = ["TOOLS", "FUNCTIONS", "JSON", "MD_JSON", "JSON_SCHEMA", "THINKING_MD_JSON"];
const APIS = [
  "create",
  "createWithCompletion",
  "createIterable",
  "createIterable, stream: false",
  "createPartial",
  "native",
  "native stream",
  "plain",
  "plain stream",
  "instrumented",
  "instrumented stream",
  "instrumented plain",
  "instrumented plain stream",
] as const;
const OUTCOMES = [
  "success",
  "retried",
  "exhausted",
  "not JSON",
  "provider error",
  "connection lost",
  "aborted",
] as const;
const ZODS = ["Zod 3", "Zod 4"] as const;
type Api = (typeof APIS)[number];
type Outcome = (typeof OUTCOMES)[number];
type Zod = (typeof ZODS)[number];

const Secretive = z
  .object({
    customer: z.string().describe(planted("schema-description")),
    level: z.enum(["low", planted("enum-value")]),
    note: z.string().default(planted("default")),
    length: z.number().refine((value) => value < 100, { message: planted("issue-message") }),
  })
  .describe(planted("object-description"));
const Secretive4 = v4
  .object({
    customer: v4.string().describe(planted("schema-description")),
    level: v4.enum(["low", planted("enum-value")]),
    note: v4.string().default(planted("default")),
    length: v4.number().refine((value) => value < 100, { message: planted("issue-message") }),
  })
  .describe(planted("object-description"));
const SCHEMAS: Record<Zod, typeof Secretive> = { "Zod 3": Secretive, "Zod 4": Secretive4 as never };
const good = { customer: planted("result"), level: "low", note: planted("note"), length: 7 };
const bad = { ...good, length: 700, level: planted("wrong-level") };

function answerIn(mode: Mode, value: unknown): Answer {
  if (mode === "TOOLS") return toolCall({ arguments: value });
  if (mode === "FUNCTIONS") return functionCall({ arguments: value });
  if (mode === "MD_JSON") return fenced(value);
  if (mode === "THINKING_MD_JSON") return thinking(value, { thought: planted("thought") });
  return content(value);
}

function script(server: OpenAIServer, mode: Mode, outcome: Outcome, isList: boolean, gate?: Gate): void {
  const shaped = (value: unknown): Answer => answerIn(mode, isList ? { items: [value] } : value);
  const answers: Record<Outcome, Answer[]> = {
    success: [shaped(good)],
    retried: [shaped(bad), shaped(good)],
    exhausted: [shaped(bad), shaped(bad), shaped(bad)],
    "not JSON": [answerIn(mode, planted("not-json"))],
    "provider error": [
      httpError(400, {
        error: {
          message: planted("provider-error"),
          type: "invalid_request_error",
          code: planted("code"),
          param: planted("param"),
        },
      }),
    ],
    "connection lost": [drop({ of: shaped(good), after: { writes: 2 } })],
    aborted: [{ ...shaped(good), ...(gate && { gate }) }],
  };
  const queue = answers[outcome];
  server.answerWith(() => queue.shift() ?? shaped(good));
}

interface Traced {
  client: ReturnType<typeof createTracedInstructor<OpenAI>>;
  /** Another client, of Instructor's own, that an instrumentor traces. */
  instrumented?: ReturnType<typeof createTracedInstructor<OpenAI>>;
  zod?: Zod;
  signal?: AbortSignal;
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function callOnce({ client, instrumented = client, zod = "Zod 3", signal }: Traced, api: Api): Promise<void> {
  const plain = {
    model: "gpt-4o-mini",
    messages: [
      { role: "system" as const, content: planted("system") },
      {
        role: "user" as const,
        content: [
          { type: "text" as const, text: planted("user") },
          { type: "image_url" as const, image_url: { url: `https://example.com/${planted("image-url")}.png` } },
        ],
      },
      {
        role: "assistant" as const,
        tool_calls: [
          {
            id: "call_1",
            type: "function" as const,
            function: { name: "look_up", arguments: JSON.stringify({ q: planted("tool-argument") }) },
          },
        ],
      },
      { role: "tool" as const, tool_call_id: "call_1", content: planted("tool-result") },
    ],
    metadata: { note: planted("openai-metadata") },
    user: planted("openai-user"),
    stop: [planted("stop")],
  };
  const structured = {
    ...plain,
    max_retries: 2,
    response_model: { schema: SCHEMAS[zod], name: "Secretive", description: planted("model-description") },
  };
  const withTools = {
    ...plain,
    tools: [
      {
        type: "function" as const,
        function: {
          name: "look_up",
          description: planted("tool-description"),
          parameters: {
            type: "object",
            properties: { q: { enum: [planted("tool-enum")], default: planted("tool-default") } },
          },
        },
      },
    ],
    prediction: { type: "content" as const, content: planted("prediction") },
  };
  const options = { headers: { "x-note": planted("header") }, query: { note: planted("query") }, signal };
  const streamed = async (from: typeof client, request: object): Promise<void> =>
    drain((await from.chat.completions.create({ ...request, stream: true } as never, options)) as never);
  const calls: Record<Api, () => Promise<unknown>> = {
    create: () => client.create(structured, options),
    createWithCompletion: () => client.createWithCompletion(structured, options),
    createIterable: () => drain(client.createIterable(structured, options)),
    "createIterable, stream: false": () => drain(client.createIterable({ ...structured, stream: false }, options)),
    createPartial: () => drain(client.createPartial(structured, options)),
    native: () => client.chat.completions.create(structured, options),
    "native stream": () => streamed(client, structured),
    plain: () => client.chat.completions.create(withTools, options),
    "plain stream": () => streamed(client, withTools),
    instrumented: () => instrumented.chat.completions.create(structured, options),
    "instrumented stream": () => streamed(instrumented, structured),
    "instrumented plain": () => instrumented.chat.completions.create(withTools, options),
    "instrumented plain stream": () => streamed(instrumented, withTools),
  };
  await calls[api]();
}

/** A method of every kind around the call, with arguments, results, events and errors that are content. */
class Desk {
  constructor(private readonly traced: Traced) {}

  @Workflow({ name: "desk" })
  async work(_argument: string, api: Api): Promise<unknown> {
    return this.plan(api);
  }

  @Agent("planner")
  async plan(api: Api): Promise<unknown> {
    addEvent("noted", { text: planted("event") });
    recordException(new Error(planted("handled-error"), { cause: new Error(planted("cause")) }));
    updateCurrentSpan({ input: planted("updated-input"), output: planted("updated-output") });
    await this.step(planted("task-argument"), api);
    return this.search({ q: planted("tool-method-argument") });
  }

  @Task("step")
  async step(_argument: string, api: Api): Promise<void> {
    await callOnce(this.traced, api);
  }

  @Tool("search")
  *search(query: { q: string }): Generator<string> {
    yield query.q;
    throw new TypeError(planted("thrown"), { cause: planted("thrown-cause") });
  }
}

describe("with content off", () => {
  let server: OpenAIServer;
  let receiver: OTLPReceiver;
  let said: string[] = [];

  beforeAll(async () => {
    server = await OpenAIServer.start();
    receiver = await OTLPReceiver.start();
  });
  afterAll(async () => {
    await server.close();
    await receiver.close();
  });
  beforeEach(() => {
    receiver.clear();
    said = [];
    const say = (...words: unknown[]): void => void said.push(words.map(String).join(" "));
    diag.setLogger(
      { verbose: say, debug: say, info: say, warn: say, error: say },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    );
    // Instructor writes failed calls to the console, with their parameters: its own doing, and not what is tested here.
    for (const level of ["debug", "info", "warn", "error"] as const)
      jest.spyOn(console, level).mockImplementation(() => undefined);
  });
  afterEach(() => {
    diag.disable();
    jest.restoreAllMocks();
  });

  const telemetryWith = (options: RespanTelemetryOptions = {}): RespanTelemetry =>
    new RespanTelemetry({ apiKey: "k", baseUrl: receiver.url, compression: "none", ...options });

  const exportedText = (): string =>
    Buffer.concat(receiver.requests.map((request) => request.decompressed)).toString("utf8");

  const clientFor = (mode: Mode, more: { traceContent?: boolean | (() => boolean) } = {}): Traced => ({
    client: createTracedInstructor({
      client: new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 }),
      mode,
      ...more,
    }),
  });

  const instrumentedFor = (mode: Mode): Traced["client"] => {
    const openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
    return new InstructorInstrumentor().instrument(Instructor({ client: openai, mode }));
  };

  /** Everything once, whatever it throws: what was thrown is the host's business. */
  async function everything(traced: Traced, api: Api): Promise<void> {
    try {
      const search = await new Desk(traced).work(planted("argument"), api);
      for (const found of search as Iterable<string>) expect(found).toContain(MARK);
    } catch (error) {
      // Of another realm where it is Node's own.
      expect(types.isNativeError(error)).toBe(true);
    }
  }

  function expectSilence(): void {
    const text = exportedText();
    expect(receiver.spans.length).toBeGreaterThan(0);
    expect(text.match(new RegExp(`.{0,80}${MARK}-[\\w-]+`, "gs")) ?? []).toEqual([]);
    expect(said.filter((line) => line.includes(MARK))).toEqual([]);
  }

  const FORMS = ["the usual form", "the latest form"] as const;
  // Each way of calling in each mode, by turns with either Zod and in either form of attributes.
  const table = MODES.flatMap((mode, row) =>
    APIS.map((api, column) => {
      // Instructor's own streams cannot read the default of a Zod 4 schema, traced or not: they send nothing.
      const zod = api === "instrumented stream" ? "Zod 3" : ZODS[(row + column) % 2];
      return { mode, api, zod: zod ?? "Zod 3", form: FORMS[(row + Math.floor(column / 2)) % 2] };
    }),
  );

  it.each(table)("nothing of it leaves in $mode through $api with $zod in $form, whatever the outcome", async (one) => {
    const { mode, api, zod, form } = one;
    if (form === "the latest form") process.env.OTEL_SEMCONV_STABILITY_OPT_IN = "gen_ai_latest_experimental";
    await using telemetry = telemetryWith({ traceContent: false, isAutoInstrument: false });
    Reflect.deleteProperty(process.env, "OTEL_SEMCONV_STABILITY_OPT_IN");
    const isList = api.startsWith("createIterable");
    for (const outcome of OUTCOMES) {
      const traced = { ...clientFor(mode), instrumented: instrumentedFor(mode), zod };
      traced.client.on(HookName.COMPLETION_KWARGS, () => {
        throw new Error(planted("hook-error"));
      });
      if (outcome !== "aborted") {
        script(server, mode, outcome, isList);
        await everything(traced, api);
        continue;
      }
      const gate = new Gate();
      const controller = new AbortController();
      script(server, mode, outcome, isList, gate);
      const running = everything({ ...traced, signal: controller.signal }, api);
      await gate.arrived;
      controller.abort(new Error(planted("abort-reason")));
      await running;
      gate.release();
    }
    await telemetry.flush();
    expectSilence();
    const names = new Set(receiver.spans.map(({ name }) => name));
    expect([...names]).toEqual(expect.arrayContaining(["desk.workflow", "planner.agent", "step.task"]));
    const chats = receiver.spans.filter(({ attributes }) => attributes["llm.request.type"] === "chat");
    expect(chats).toHaveLength(OUTCOMES.length);
    for (const chat of chats) expect(chat.attributes).toHaveProperty(["gen_ai.request.model"], "gpt-4o-mini");
  });

  it("is what makes the difference: with content on the same places do arrive", async () => {
    await using telemetry = telemetryWith();
    script(server, "TOOLS", "exhausted", false);
    await everything(clientFor("TOOLS"), "create");
    script(server, "TOOLS", "success", false);
    await everything(clientFor("TOOLS"), "create");
    await everything(clientFor("TOOLS"), "plain");
    await telemetry.flush();
    const text = exportedText();
    // What is said to the operator is no place for content at all.
    expect(said.filter((line) => line.includes(MARK))).toEqual([]);
    const places = (
      "system user tool-argument tool-result schema-description enum-value default result issue-message " +
      "argument task-argument event handled-error updated-input updated-output thrown " +
      "object-description tool-method-argument image-url stop tool-description tool-enum tool-default"
    ).split(" ");
    for (const place of places) {
      expect({ place, arrived: text.includes(planted(place)) }).toEqual({ place, arrived: true });
    }
  });

  describe("keeps everything in the process by", () => {
    /** Nothing of what it does leaves with these options. */
    const silently = async (options: RespanTelemetryOptions, act: () => unknown): Promise<void> => {
      await using telemetry = telemetryWith(options);
      await act();
      await telemetry.flush();
      expectSilence();
    };
    const run = async (traced: Traced): Promise<void> => {
      for (const outcome of ["success", "exhausted", "provider error"] as const) {
        script(server, "TOOLS", outcome, false);
        await everything(traced, "create");
      }
    };

    it.each(["RESPAN_TRACE_CONTENT", "TRACELOOP_TRACE_CONTENT"])("the variable %s", async (variable) => {
      process.env[variable] = "false";
      try {
        await silently({ traceContent: true }, () => run(clientFor("TOOLS")));
      } finally {
        Reflect.deleteProperty(process.env, variable);
      }
    });

    it("a scope", () =>
      silently({}, () =>
        propagateAttributes(
          { traceContent: false, prompt: { promptId: "p", variables: { v: planted("variable") } } },
          () => propagateAttributes({ traceContent: true }, () => run(clientFor("TOOLS"))),
        ),
      ));

    it("the option of a processor beside the host's own OpenTelemetry", async () => {
      const processor = new RespanSpanProcessor({
        ...{ apiKey: "k", baseUrl: receiver.url, compression: "none" },
        traceContent: false,
      });
      const provider = new NodeTracerProvider({ spanProcessors: [processor] });
      provider.register();
      try {
        await run(clientFor("TOOLS"));
        await processor.flush();
        expectSilence();
      } finally {
        await provider.shutdown();
        for (const api of [trace, context, propagation]) api.disable();
      }
    });

    it("an option, on stderr as well, where the host has no logger", async () => {
      diag.disable();
      const written: string[] = [];
      const write = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
        written.push(String(text));
        return true;
      });
      try {
        await silently({ traceContent: false, logLevel: "all" }, () => run(clientFor("TOOLS")));
      } finally {
        write.mockRestore();
      }
      expect(written.length).toBeGreaterThan(0);
      expect(written.filter((line) => line.includes(MARK))).toEqual([]);
    });

    it.each([
      ["is asked at each call", () => false],
      [
        "throws",
        () => {
          throw new Error(planted("policy"));
        },
      ],
    ])("a function that %s", (_what, traceContent) => silently({ traceContent }, () => run(clientFor("TOOLS"))));

    it("a function that has changed its mind when the span ends", async () => {
      let mind = true;
      await using telemetry = telemetryWith({ traceContent: () => mind });
      const traced = clientFor("TOOLS");
      traced.client.on(HookName.COMPLETION_RESPONSE, () => (mind = false));
      traced.client.on(HookName.COMPLETION_ERROR, () => (mind = false));
      for (const outcome of ["success", "exhausted", "provider error"] as const) {
        mind = true;
        script(server, "TOOLS", outcome, false);
        await callOnce(traced, "create").catch(() => undefined);
      }
      await telemetry.flush();
      expectSilence();
    });

    it("a veto from a hook while the call runs, on that call alone", async () => {
      await using telemetry = telemetryWith();
      const traced = clientFor("TOOLS");
      traced.client.once(HookName.COMPLETION_RESPONSE, () => updateCurrentSpan({ traceContent: false }));
      script(server, "TOOLS", "retried", false);
      await callOnce(traced, "create");
      await telemetry.flush();
      expectSilence();
      script(server, "TOOLS", "success", false);
      await callOnce(traced, "create");
      await telemetry.flush();
      expect(exportedText()).toContain(planted("user"));
    });

    it("a veto while a stream is being read", async () => {
      await using telemetry = telemetryWith();
      const traced = clientFor("TOOLS");
      let isMinded = true;
      const items = propagateAttributes({ traceContent: () => isMinded }, () =>
        traced.client.createIterable({
          model: "gpt-4o-mini",
          messages: [{ role: "user", content: planted("user") }],
          response_model: { schema: Secretive, name: "Secretive" },
        }),
      );
      server.answerWith(() => toolCall({ arguments: { items: [good, good] } }));
      for await (const item of items) {
        expect(item.customer).toContain(MARK);
        isMinded = false;
      }
      await telemetry.flush();
      expectSilence();
    });

    it("a traced client's own option, for its calls", () =>
      silently({}, async () => {
        for (const api of ["create", "createPartial", "plain"] as const) {
          script(server, "TOOLS", "success", false);
          await callOnce(clientFor("TOOLS", { traceContent: false }), api);
        }
      }));

    it("an instrumentor's option, for the calls of clients that it traces", async () => {
      await using telemetry = telemetryWith({ isAutoInstrument: false });
      const instrumentor = new InstructorInstrumentor({ traceContent: false });
      instrumentor.activate();
      try {
        const client = Instructor({
          client: new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 }),
          mode: "TOOLS",
        });
        server.answerWith(auto({ Secretive: good }));
        await client.chat.completions.create({
          model: "gpt-4o-mini",
          messages: [{ role: "user", content: planted("user") }],
          response_model: { schema: Secretive, name: "Secretive" },
        });
      } finally {
        instrumentor.deactivate();
      }
      await telemetry.flush();
      expectSilence();
    });

    it("a decorator, for its method and what runs inside", async () => {
      class Quiet {
        @Workflow({ name: "quiet", traceContent: false })
        async work(argument: string): Promise<string> {
          expect(argument).toContain(MARK);
          await everything(clientFor("TOOLS"), "create");
          return planted("result");
        }
      }
      script(server, "TOOLS", "success", false);
      await silently({}, () => new Quiet().work(planted("argument")));
    });
  });
});
