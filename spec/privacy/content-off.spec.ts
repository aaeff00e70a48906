import { DiagLogLevel, diag } from "@opentelemetry/api";
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
  RespanTelemetry,
  Task,
  Tool,
  updateCurrentSpan,
  Workflow,
} from "respan-instructor";
import { z } from "zod";
import type { Answer } from "../harness/index.js";
import {
  auto,
  content,
  fenced,
  functionCall,
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
  "createPartial",
  "native",
  "native stream",
  "plain",
  "plain stream",
] as const;
const OUTCOMES = ["success", "retried", "exhausted", "not JSON", "provider error"] as const;
type Api = (typeof APIS)[number];
type Outcome = (typeof OUTCOMES)[number];

const Secretive = z
  .object({
    customer: z.string().describe(planted("schema-description")),
    level: z.enum(["low", planted("enum-value")]),
    note: z.string().default(planted("default")),
    length: z.number().refine((value) => value < 100, { message: planted("issue-message") }),
  })
  .describe(planted("object-description"));
const good = { customer: planted("result"), level: "low", note: planted("note"), length: 7 };
const bad = { ...good, length: 700, level: planted("wrong-level") };

function answerIn(mode: Mode, value: unknown): Answer {
  if (mode === "TOOLS") return toolCall({ arguments: value });
  if (mode === "FUNCTIONS") return functionCall({ arguments: value });
  if (mode === "MD_JSON") return fenced(value);
  if (mode === "THINKING_MD_JSON") return thinking(value, { thought: planted("thought") });
  return content(value);
}

function script(server: OpenAIServer, mode: Mode, outcome: Outcome, isList: boolean): void {
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
  };
  const queue = answers[outcome];
  server.answerWith(() => queue.shift() ?? shaped(good));
}

interface Traced {
  client: ReturnType<typeof createTracedInstructor<OpenAI>>;
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function callOnce({ client }: Traced, api: Api): Promise<void> {
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
    response_model: { schema: Secretive, name: "Secretive", description: planted("model-description") },
  };
  const options = { headers: { "x-note": planted("header") } };
  switch (api) {
    case "create":
      await client.create(structured, options);
      return;
    case "createWithCompletion":
      await client.createWithCompletion(structured, options);
      return;
    case "createIterable":
      return drain(client.createIterable(structured, options));
    case "createPartial":
      return drain(client.createPartial(structured, options));
    case "native":
      await client.chat.completions.create(structured, options);
      return;
    case "native stream":
      return drain(await client.chat.completions.create({ ...structured, stream: true }, options));
    case "plain":
      await client.chat.completions.create(plain, options);
      return;
    case "plain stream":
      return drain(await client.chat.completions.create({ ...plain, stream: true }, options));
  }
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

  /** Everything once, whatever it throws: what was thrown is the host's business. */
  async function everything(traced: Traced, api: Api): Promise<void> {
    try {
      const search = await new Desk(traced).work(planted("argument"), api);
      for (const found of search as Iterable<string>) expect(found).toContain(MARK);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }

  function expectSilence(): void {
    const text = exportedText();
    expect(receiver.spans.length).toBeGreaterThan(0);
    expect(text.match(new RegExp(`.{0,80}${MARK}-[\\w-]+`, "gs")) ?? []).toEqual([]);
    expect(said.filter((line) => line.includes(MARK))).toEqual([]);
  }

  const table = MODES.flatMap((mode) => APIS.map((api) => ({ mode, api })));

  it.each(table)("nothing of it leaves in $mode through $api, whatever the outcome", async ({ mode, api }) => {
    await using telemetry = telemetryWith({ traceContent: false });
    for (const outcome of OUTCOMES) {
      script(server, mode, outcome, api === "createIterable");
      await everything(clientFor(mode), api);
    }
    await telemetry.flush();
    expectSilence();
    const names = new Set(receiver.spans.map(({ name }) => name));
    expect([...names]).toEqual(expect.arrayContaining(["desk.workflow", "planner.agent", "step.task"]));
    const chats = receiver.spans.filter(({ name }) => name.startsWith("instructor."));
    expect(chats).toHaveLength(OUTCOMES.length);
    for (const chat of chats) expect(chat.attributes).toHaveProperty(["gen_ai.request.model"], "gpt-4o-mini");
  });

  it("is what makes the difference: with content on the same places do arrive", async () => {
    await using telemetry = telemetryWith();
    script(server, "TOOLS", "exhausted", false);
    await everything(clientFor("TOOLS"), "create");
    script(server, "TOOLS", "success", false);
    await everything(clientFor("TOOLS"), "create");
    await telemetry.flush();
    const text = exportedText();
    for (const place of [
      "system",
      "user",
      "tool-argument",
      "tool-result",
      "schema-description",
      "enum-value",
      "default",
      "result",
      "issue-message",
      "argument",
      "task-argument",
      "event",
      "handled-error",
      "updated-input",
      "updated-output",
      "thrown",
      "object-description",
      "tool-method-argument",
      "image-url",
      "stop",
    ]) {
      expect({ place, arrived: text.includes(planted(place)) }).toEqual({ place, arrived: true });
    }
  });

  describe("keeps everything in the process by", () => {
    const run = async (traced: Traced): Promise<void> => {
      for (const outcome of ["success", "exhausted", "provider error"] as const) {
        script(server, "TOOLS", outcome, false);
        await everything(traced, "create");
      }
    };

    it.each(["RESPAN_TRACE_CONTENT", "TRACELOOP_TRACE_CONTENT"])("the variable %s", async (variable) => {
      process.env[variable] = "false";
      try {
        await using telemetry = telemetryWith({ traceContent: true });
        await run(clientFor("TOOLS"));
        await telemetry.flush();
        expectSilence();
      } finally {
        Reflect.deleteProperty(process.env, variable);
      }
    });

    it("a scope", async () => {
      await using telemetry = telemetryWith();
      await propagateAttributes(
        { traceContent: false, prompt: { promptId: "p", variables: { v: planted("variable") } } },
        () => propagateAttributes({ traceContent: true }, () => run(clientFor("TOOLS"))),
      );
      await telemetry.flush();
      expectSilence();
    });

    it("a function that is asked at each call", async () => {
      await using telemetry = telemetryWith({ traceContent: () => false });
      await run(clientFor("TOOLS"));
      await telemetry.flush();
      expectSilence();
    });

    it("a function that throws", async () => {
      await using telemetry = telemetryWith({
        traceContent: () => {
          throw new Error(planted("policy"));
        },
      });
      await run(clientFor("TOOLS"));
      await telemetry.flush();
      expectSilence();
    });

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

    it("a traced client's own option, for its calls", async () => {
      await using telemetry = telemetryWith();
      for (const api of ["create", "createPartial", "plain"] as const) {
        script(server, "TOOLS", "success", false);
        await callOnce(clientFor("TOOLS", { traceContent: false }), api);
      }
      await telemetry.flush();
      expectSilence();
    });

    it("an instrumentor's option, for the calls of clients that it traces", async () => {
      await using telemetry = telemetryWith({ isAutoInstrument: false });
      const { default: Instructor } = await import("@instructor-ai/instructor");
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
      await using telemetry = telemetryWith();
      script(server, "TOOLS", "success", false);
      await new Quiet().work(planted("argument"));
      await telemetry.flush();
      expectSilence();
    });
  });
});
