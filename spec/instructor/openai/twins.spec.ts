import { inspect } from "node:util";
import OpenAI, { AzureOpenAI } from "openai";
import { zodFunction, zodResponsesFunction } from "openai/helpers/zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { InstructorInstrumentor } from "../../../lib/instructor/instrumentor/instrumentor.js";
import { unhandledDuring } from "../../decorators/unhandled.js";
import type { Answer } from "../../harness/index.js";
import { content, drop, garbage, httpError, json, toolCall, toolCalls } from "../../harness/index.js";
import { collect, muteConsole, oneWorld } from "../world.js";
import type { World } from "../world.js";
import type { Client } from "./openai-answers.js";
import {
  eventsOf,
  functionCallItem,
  message,
  refusalItem,
  respond,
  responseOf,
  stream,
  streamed,
} from "./openai-answers.js";
import { Ticket, asked, chat, formatted, parsed, text, ticket, tools, wrong } from "./requests.js";

const responseTools = [zodResponsesFunction({ name: "note", parameters: Ticket })];

interface Twin {
  readonly answers?: readonly Answer[];
  readonly run: (client: Client) => unknown;
}

/** Everything that a runner emits, its arguments left out. */
async function emitted(runner: { on: (event: never, listener: () => void) => unknown; done: () => Promise<void> }) {
  const heard: string[] = [];
  const events = [
    "connect",
    "chunk",
    "content.delta",
    "content.done",
    "finalContent",
    "error",
    "abort",
    "end",
    "event",
  ];
  for (const event of events) runner.on(event as never, () => heard.push(event));
  const end = await runner.done().then(
    () => "done",
    (error: unknown) => error,
  );
  return [heard, end];
}

/** Waits for the end of a stream, whose errors no one hears. */
async function unheard(runner: { on: (event: "end", listener: () => void) => unknown }): Promise<void> {
  await new Promise<void>((resolve) => {
    runner.on("end", resolve);
  });
  await new Promise((resolve) => setImmediate(resolve));
}

const runTools = (client: Client, more: object = {}) =>
  client.chat.completions.runTools({
    ...chat,
    tools: [zodFunction({ name: "note", parameters: Ticket, function: ({ customer }) => `noted ${customer}` })],
    ...more,
  });

const ANSWERS: Record<string, Answer> = {
  "a value": content(text),
  "a value of another shape": content(wrong),
  "no JSON": content("no idea"),
  "an answer that is cut": content(text.slice(0, 9), { finishReason: "length" }),
  "a filtered answer": content("", { finishReason: "content_filter" }),
  "a refusal": { kind: "completion", refusal: "I will not." },
  "an HTTP error": httpError(400, "no such model"),
  "a lost connection": drop(),
  "a tool call": toolCall({ name: "note", arguments: ticket }),
};

const RESPONSES: Record<string, Answer> = {
  "a value": respond([message(text)]),
  "a value of another shape": respond([message(wrong)]),
  "no JSON": respond([message("no idea")]),
  "an incomplete response": respond([message(text.slice(0, 9))], {
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
  }),
  "a failed response": respond([], { status: "failed", error: { code: "server_error", message: "Sorry" } }),
  "a response in the background": respond([], { status: "queued", background: true, usage: null }),
  "a refusal": respond([refusalItem("I will not.")]),
  "a function call": respond([functionCallItem("note", ticket)]),
  "an HTTP error": httpError(400, "no such model"),
  "a lost connection": drop(),
  "no JSON at all": garbage("<html>"),
  "an empty object": json({}),
};

const STREAMS: Record<string, Answer> = {
  "a value": streamed([message(text)]),
  "a value of another shape": streamed([message(wrong)]),
  "no JSON": streamed([message("no idea")]),
  "an incomplete response": streamed([message(text.slice(0, 9))], {
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
  }),
  "a failed response": streamed([], { status: "failed", error: { code: "server_error", message: "Sorry" } }),
  "a refusal": streamed([refusalItem("I will not.")]),
  "a function call": streamed([functionCallItem("note", ticket)]),
  "two items": streamed([message("Let me see."), functionCallItem("note", ticket)]),
  "an HTTP error": httpError(400, "no such model"),
  "a lost connection": drop(),
  "a stream without its end": stream(eventsOf(responseOf([message(text)])).slice(0, 5)),
  "an event of an error": stream([{ type: "error", code: "server_error", message: "Sorry", sequence_number: 0 }]),
  "events in an odd order": stream([...eventsOf(responseOf([message(text)]))].reverse()),
};

/** The same call against each of these answers. */
const against = (what: string, answers: Record<string, Answer>, run: Twin["run"]): [string, Twin][] =>
  Object.entries(answers).map(([name, answer]) => [
    `${what}, given ${name}`,
    { answers: [answer, content("Done")], run },
  ]);

/** Those answers in which ways of reading the same stream may differ. */
const ends = (answers: Record<string, Answer>): Record<string, Answer> =>
  Object.fromEntries(
    ["a value", "no JSON", "an HTTP error", "a lost connection"].map((name) => [name, answers[name] as Answer]),
  );

const twins: Record<string, Twin> = Object.fromEntries([
  ...against("chat.completions.parse", ANSWERS, ({ chat: { completions } }) => completions.parse(parsed)),
  ...against("chat.completions.parse with tools", ANSWERS, ({ chat: { completions } }) =>
    completions.parse({ ...chat, tools }),
  ),
  ...against("chat.completions.stream", ANSWERS, ({ chat: { completions } }) =>
    completions.stream(parsed).finalChatCompletion(),
  ),
  ...against("the events of chat.completions.stream", ANSWERS, ({ chat: { completions } }) =>
    emitted(completions.stream(parsed) as never),
  ),
  ...against("chat.completions.stream in a loop", ends(ANSWERS), async ({ chat: { completions } }) => {
    const chunks = await collect(completions.stream(parsed));
    return chunks.map(({ choices }) => choices);
  }),
  ...against("chat.completions.stream that nobody listens to", ends(ANSWERS), ({ chat: { completions } }) =>
    unheard(completions.stream(parsed)),
  ),
  ...against("chat.completions.runTools", ANSWERS, (client) => runTools(client).finalContent()),
  ...against("chat.completions.runTools, streamed", ends(ANSWERS), (client) =>
    runTools(client, { stream: true }).finalContent(),
  ),
  ...against("responses.create", RESPONSES, ({ responses }) => responses.create(formatted)),
  ...against("responses.create, streamed", ends(STREAMS), async ({ responses }) =>
    collect(await responses.create({ ...formatted, stream: true })),
  ),
  ...against("responses.parse", RESPONSES, ({ responses }) => responses.parse(formatted)),
  ...against("responses.parse with tools", ends(RESPONSES), ({ responses }) =>
    responses.parse({ ...asked, tools: responseTools }),
  ),
  ...against("responses.stream", STREAMS, ({ responses }) => responses.stream(formatted).finalResponse()),
  ...against("the events of responses.stream", STREAMS, ({ responses }) =>
    emitted(responses.stream(formatted) as never),
  ),
  ...against("responses.stream in a loop", ends(STREAMS), ({ responses }) => collect(responses.stream(formatted))),
  ...against("responses.stream that nobody listens to", ends(STREAMS), ({ responses }) =>
    unheard(responses.stream(formatted)),
  ),
]);

Object.assign(twins, {
  "parse of two choices": {
    answers: [
      json({
        id: "1",
        choices: [text, wrong.replace("soon", "low")].map((one, index) => ({
          index,
          finish_reason: "stop",
          message: { role: "assistant", content: one },
        })),
      }),
    ],
    run: ({ chat: { completions } }) => completions.parse({ ...parsed, n: 2 }),
  },
  "parse withResponse": {
    answers: [content(text)],
    run: async ({ chat: { completions } }) => {
      const { data, response } = await completions.parse(parsed).withResponse();
      return [data, response.status];
    },
  },
  "parse asResponse": {
    answers: [content(text)],
    run: async ({ chat: { completions } }) => (await completions.parse(parsed).asResponse()).json(),
  },
  "responses.create asResponse": {
    answers: [respond([message(text)])],
    run: async ({ responses }) => (await responses.create(formatted).asResponse()).json(),
  },
  "responses.parse withResponse": {
    answers: [respond([message(text)])],
    run: async ({ responses }) => (await responses.parse(formatted).withResponse()).data,
  },
  "responses.create whose output_text is read": {
    answers: [respond([message(text)])],
    run: async ({ responses }) => (await responses.create(asked)).output_text,
  },
  "parse with a tool that it refuses": {
    run: ({ chat: { completions } }) =>
      completions.parse({ ...chat, tools: [{ type: "function", function: { name: "note" } }] }),
  },
  "no parameters": {
    run: ({ chat: { completions } }) => (completions.parse as unknown as () => unknown)(),
  },
  "request options": {
    answers: [content(text)],
    run: ({ chat: { completions } }) => completions.parse(parsed, { headers: { "x-tenant": "acme" } }),
  },
  "parse that is aborted": {
    answers: [content(text, { delay: 5_000 })],
    run: ({ chat: { completions } }) => completions.parse(parsed, { signal: AbortSignal.timeout(50) }),
  },
  "a stream that is aborted": {
    answers: [content(text, { writeDelay: 500 })],
    run: async ({ chat: { completions } }) => {
      const runner = completions.stream(parsed);
      runner.once("chunk", () => runner.abort());
      return emitted(runner as never);
    },
  },
  "a stream that is aborted at once": {
    run: ({ chat: { completions } }) => {
      const runner = completions.stream(parsed);
      runner.abort();
      return runner.done();
    },
  },
  "a stream that is left": {
    answers: [content(text, { writeDelay: 5 })],
    run: async ({ responses, chat: { completions } }) => {
      for await (const chunk of completions.stream(parsed)) return [chunk.choices, typeof responses];
      return undefined;
    },
  },
  "a stream by its ReadableStream": {
    answers: [content(text)],
    run: ({ chat: { completions } }) => new Response(completions.stream(parsed).toReadableStream() as never).text(),
  },
  "an error event that is listened to": {
    answers: [httpError(400)],
    run: ({ chat: { completions } }) =>
      new Promise((resolve) => completions.stream(parsed).on("error", (error) => resolve(error))),
  },
  "two runs of tools": {
    answers: [
      toolCalls([
        { name: "note", arguments: ticket, id: "a" },
        { name: "note", arguments: { customer: 1 }, id: "b" },
      ]),
      content("Done"),
    ],
    run: async (client) => {
      const runner = runTools(client);
      const said = await runner.finalContent();
      return [said, runner.messages.map(({ role, content: one }) => [role, one])];
    },
  },
  "the stream of a response from the background": {
    answers: [streamed([message(text)])],
    run: ({ responses }) => responses.stream({ response_id: "resp_1", text: formatted.text }).finalResponse(),
  },
} satisfies Record<string, Twin>);

muteConsole();
let world: World;
oneWorld((made) => (world = made));

type Make = () => unknown;
const instrumented: Make = () => new InstructorInstrumentor().instrument(world.openai());
const traced: Make = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS" });

/** Ids, ports, dates and the lines of a stack. */
const OF_ONE_RUN = /chatcmpl-\d+|req_\d+|localPort: \d+|bytes(?:Written|Read): \d+|date: '[^']*'|\s+at [^\n{]+/g;

function shown(value: unknown): string {
  const seen = inspect(value, { depth: 12, sorted: true }).replaceAll(OF_ONE_RUN, "");
  return value instanceof Error
    ? `${value.constructor.name} ${value.name}: ${value.message} ${shown(value.cause)}`
    : seen;
}

/** All that can be seen of a client at work from outside. */
async function seen({ answers = [], run }: Twin, make: Make) {
  const client = make() as Client;
  world.server.clear();
  world.server.reply(...answers);
  let outcome: unknown;
  const unhandled = await unhandledDuring(async () => {
    try {
      outcome = await run(client);
    } catch (error) {
      outcome = error;
    }
  });
  const requests = world.server.requests.map(({ body, headers, path, query }) => [
    path,
    { ...body, stream_options: undefined },
    headers["x-tenant"],
    headers["x-stainless-helper-method"],
    [...query],
  ]);
  return { outcome: shown(outcome), unhandled: unhandled.map(shown), requests };
}

async function expectTwins(twin: Twin, make: Make): Promise<void> {
  const untraced = await seen(twin, () => world.openai());
  expect(await seen(twin, make)).toEqual(untraced);
}

it.each(Object.entries(twins))("an instrumented OpenAI client does what its untraced twin does: %s", (_, twin) =>
  expectTwins(twin, instrumented),
);

// The same methods are laid over both.
it.each(Object.entries(twins).filter(([name]) => name.endsWith("given a value")))(
  "a traced client does what its untraced twin does: %s",
  (_, twin) => expectTwins(twin, traced),
);

it("an Azure client's calls go to its deployments, traced or not", async () => {
  const azure = () =>
    new AzureOpenAI({
      endpoint: world.server.origin,
      apiVersion: "2024-10-21",
      apiKey: "key",
      deployment: "d",
      maxRetries: 0,
    });
  const twin: Twin = { answers: [content(text)], run: ({ chat: { completions } }) => completions.parse(parsed) };
  expect(await seen(twin, () => new InstructorInstrumentor().instrument(azure()))).toEqual(await seen(twin, azure));
  expect((await world.span()).attributes).toMatchObject({ "gen_ai.system": "azure.ai.openai" });
  expect(new InstructorInstrumentor().instrument(azure())).toBeInstanceOf(OpenAI);
});
