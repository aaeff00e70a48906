// Anthropic's models through llm-polyglot: every API in the modes that Instructor has for Anthropic.
import assert from "node:assert/strict";
import Instructor from "@instructor-ai/instructor";
import { createLLMClient } from "llm-polyglot";
import { RespanTelemetry, createTracedInstructor } from "respan-instructor";
import { z } from "zod";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "ACME", priority: "high" };

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

const withoutMeta = (result) => Object.fromEntries(Object.entries(result).filter(([key]) => key !== "_meta"));
const messages = [{ role: "user", content: "Who?" }];
const request = (model) => ({
  model,
  max_tokens: 100,
  messages,
  response_model: { schema: Ticket, name: "Ticket" },
});

const outcome = async (call) =>
  Promise.resolve()
    .then(call)
    .catch((error) => [error.constructor.name, error.message]);

async function check(mode) {
  const polyglot = createLLMClient({ provider: "anthropic", apiKey: "sk-local" });
  const native = Instructor({ client: polyglot, mode });
  const client = createTracedInstructor({ client: polyglot, mode });

  for (const model of ["fits", "corrects", "never fits", "none"]) {
    const params = { ...request(model), max_retries: 1 };
    const untraced = await outcome(() => native.chat.completions.create(params));
    assert.deepEqual(await outcome(() => client.create(params)), untraced, `${model} in ${mode}`);
  }
  const [value, completion] = await client.createWithCompletion(request("fits"));
  assert.deepEqual(withoutMeta(value), ticket);
  assert.equal(completion.originResponse.id, "msg_1");
  assert.deepEqual(await all(client.createIterable(request("lists"))), [ticket, ticket]);
  assert.deepEqual(await all(client.createIterable({ ...request("lists"), stream: false })), [ticket, ticket]);
  assert.deepEqual(withoutMeta((await all(client.createPartial(request("fits")))).at(-1)), ticket);
  for await (const partial of client.createPartial(request("fits"))) if (partial.customer) break;
  const plain = { model: "says", max_tokens: 100, messages };
  const said = await client.chat.completions.create(plain);
  assert.equal(said.choices[0].message.content, "Hello");
  const chunks = await all(await client.chat.completions.create({ ...plain, stream: true }));
  assert.ok(chunks.length > 1);
}

console.warn = console.error = () => undefined;
const telemetry = new RespanTelemetry({ isAutoInstrument: false });
for (const mode of ["TOOLS", "MD_JSON"]) await check(mode);
await telemetry.flush();
console.log(JSON.stringify({ modes: 2 }));
