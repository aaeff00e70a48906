// Calls each of OpenAI's own helpers that the installed version has, untraced and traced, and compares what they give.
import assert from "node:assert/strict";
import OpenAI from "openai";
import * as zodHelpers from "openai/helpers/zod";
import { InstructorInstrumentor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// The first version that is supported has no format of a response.
const { zodFunction, zodResponseFormat, zodTextFormat } = zodHelpers;
const telemetry = new RespanTelemetry({ isAutoInstrument: false });
const plain = new OpenAI({ maxRetries: 0 });
const traced = new InstructorInstrumentor().instrument(plain);

const Ticket = z.object({ customer: z.string() });
const base = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Who?" }] };
const chat = { ...base, response_format: zodResponseFormat(Ticket, "Ticket") };
const note = () => zodFunction({ name: "Note", parameters: Ticket, function: ({ customer }) => `noted ${customer}` });
// The helpers of openai 4 are in its beta.
const completions = ({ chat: { completions: own }, beta }) => (own.parse === undefined ? beta.chat.completions : own);

const helpers = {
  "chat.completions.parse": (client) => completions(client).parse(chat),
  "chat.completions.stream": (client) => completions(client).stream(chat).finalChatCompletion(),
  "chat.completions.run_tools": (client) =>
    completions(client)
      .runTools({ ...base, tools: [note()] })
      .finalContent(),
};
if (plain.responses?.parse !== undefined) {
  const response = { model: "gpt-4o-mini", input: "Who?", text: { format: zodTextFormat(Ticket, "Ticket") } };
  Object.assign(helpers, {
    "responses.create": ({ responses }) => responses.create(response),
    "responses.parse": ({ responses }) => responses.parse(response),
    "responses.stream": ({ responses }) => responses.stream(response).finalResponse(),
  });
}

const comparable = (result) => JSON.stringify(result).replaceAll(/chatcmpl-\d+|req_\d+/g, "id");
for (const [name, run] of Object.entries(helpers)) {
  assert.equal(comparable(await run(traced)), comparable(await run(plain)), name);
}
await telemetry.shutdown();
console.log(JSON.stringify({ helpers: Object.keys(helpers) }));
