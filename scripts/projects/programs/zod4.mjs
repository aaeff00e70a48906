// Asks for objects by schemas of Zod 4, in every mode and by every API; the models of `zod4-check.ts` answer as their
// names say. Run as it is and as CommonJS, beside several versions of Zod.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { createTracedInstructor } from "respan-instructor";
import * as mini from "zod/mini";
import { z } from "zod";
import { z as z3 } from "zod/v3";

const MODES = ["TOOLS", "FUNCTIONS", "JSON", "MD_JSON", "JSON_SCHEMA", "THINKING_MD_JSON"];

const answer = { customer: "ACME", due: "2026-01-31T00:00:00.000Z", tree: { name: "root", children: [] } };
const ticket = { ...answer, due: new Date(answer.due), priority: "low" };

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});
const MiniTree = mini.object({
  name: mini.string(),
  get children() {
    return mini.array(MiniTree);
  },
});
const schemas = {
  classic: z.strictObject({
    customer: z.string().describe("who asks"),
    due: z.coerce.date(),
    priority: z.enum(["low", "high"]).default("low"),
    tree: Tree,
  }),
  mini: mini.strictObject({
    customer: mini.string().register(mini.globalRegistry, { description: "who asks" }),
    due: mini.pipe(
      mini.iso.datetime(),
      mini.transform((text) => new Date(text)),
    ),
    priority: mini._default(mini.enum(["low", "high"]), "low"),
    tree: MiniTree,
  }),
};

const openai = new OpenAI({ maxRetries: 0 });
let last;
openai.chat.completions.create = ((create) =>
  function (body, options) {
    last = body;
    return create.call(this, body, options);
  })(openai.chat.completions.create);

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

const withoutMeta = (result) => Object.fromEntries(Object.entries(result).filter(([key]) => key !== "_meta"));
const messages = [{ role: "user", content: "Who?" }];

async function check(schema, mode) {
  const client = createTracedInstructor({ client: openai, mode });
  const request = (model) => ({ model, messages, response_model: { schema, name: "Ticket" } });
  const own = (await schema.safeParseAsync({ ...answer, customer: 7 })).error;

  assert.deepEqual(withoutMeta(await client.create(request("fits"))), ticket);
  assert.match(JSON.stringify(last), /who asks/);
  assert.match(JSON.stringify(last), /date-time/);
  assert.match(JSON.stringify(last), /\$ref/);
  const [corrected] = await client.createWithCompletion({ ...request("corrects"), max_retries: 1 });
  assert.deepEqual(withoutMeta(corrected), ticket);
  await assert.rejects(client.create({ ...request("never fits"), max_retries: 1 }), (error) => {
    assert.equal(error.constructor, own.constructor);
    assert.deepEqual(error.issues, own.issues);
    assert.ok(error instanceof Error);
    return true;
  });
  assert.equal((await all(await client.create({ ...request("fits"), stream: true }))).at(-1).customer, "ACME");
  assert.deepEqual(withoutMeta((await all(client.createPartial(request("fits")))).at(-1)), answer);
  assert.deepEqual(await all(client.createIterable(request("lists"))), [ticket, ticket]);
  assert.deepEqual(await all(client.createIterable({ ...request("lists"), stream: false })), [ticket, ticket]);
}

async function main() {
  // Instructor writes what fails to the console.
  console.warn = console.error = () => undefined;
  let count = 0;
  for (const schema of Object.values(schemas)) {
    for (const mode of MODES) {
      await check(schema, mode);
      count++;
    }
  }
  const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
  const schema = z3.object({ customer: z3.string() });
  const result = await client.create({ model: "fits", messages, response_model: { schema, name: "Ticket" } });
  assert.equal(result.customer, "ACME");
  console.log(JSON.stringify({ count }));
}

main().catch((error) => {
  console.log(error);
  process.exitCode = 1;
});
