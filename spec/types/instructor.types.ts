// Checked by `npm run typecheck`: what infers, and what is refused.
import OpenAI, { AzureOpenAI } from "openai";
import { z as v3 } from "zod";
import { z as v4 } from "zod/v4";
import * as mini from "zod/v4-mini";
import { createTracedInstructor, HookName, InstructorInstrumentor } from "../../lib/index.js";

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- how TypeScript compares two types exactly
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Takes a value of exactly this type. */
declare function exactly<T>(): <V>(value: V, ...proof: Equal<T, V> extends true ? [] : [never]) => void;

interface Ticket {
  customer: string;
  priority: "low" | "high";
  tags: string[];
}

const ticket3 = v3.object({ customer: v3.string(), priority: v3.enum(["low", "high"]), tags: v3.array(v3.string()) });
const ticket4 = v4.object({ customer: v4.string(), priority: v4.enum(["low", "high"]), tags: v4.array(v4.string()) });
const ticketMini = mini.object({
  customer: mini.string(),
  priority: mini.enum(["low", "high"]),
  tags: mini.array(mini.string()),
});
const base = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "hello" }] };
const model3 = { schema: ticket3, name: "Ticket" };

export async function results() {
  const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

  const from3 = await client.create({ ...base, response_model: model3, max_retries: 2 }, { timeout: 1_000 });
  const { _meta: meta, ...own3 } = from3;
  const from4 = await client.create({ ...base, response_model: { schema: ticket4, name: "Ticket" } });
  const { _meta: meta4, ...own4 } = from4;
  const fromMini = await client.create({ ...base, response_model: { schema: ticketMini, name: "Ticket" } });
  const { _meta: metaMini, ...ownMini } = fromMini;
  const native = await client.chat.completions.create({ ...base, response_model: model3 });
  const { _meta: metaNative, ...ownNative } = native;
  const [value, completion] = await client.createWithCompletion({ ...base, response_model: model3 });

  exactly<Ticket>()(own3);
  exactly<Ticket>()(own4);
  exactly<Ticket>()(ownMini);
  exactly<Ticket>()(ownNative);
  exactly<"low" | "high">()(value.priority);
  exactly<OpenAI.ChatCompletion>()(completion);
  return [meta?.usage?.total_tokens, meta4?.thinking, metaMini, metaNative];
}

export async function streams() {
  const client = createTracedInstructor(new OpenAI(), "JSON");

  for await (const item of client.createIterable({ ...base, response_model: model3 })) {
    exactly<Ticket>()(item);
  }
  for await (const word of client.createIterable({ ...base, response_model: { schema: v3.string(), name: "Word" } })) {
    word.toUpperCase();
  }
  for await (const { _meta, ...partial } of client.createPartial({ ...base, response_model: model3 })) {
    exactly<{ customer?: string; priority?: "low" | "high"; tags?: string[] }>()(partial);
    _meta?._isValid?.valueOf();
  }
  for await (const partial of await client.create({ ...base, response_model: model3, stream: true })) {
    partial.customer?.toUpperCase();
    partial._meta?._completedPaths?.length.toFixed();
  }
}

/** Without a response model the call is OpenAI's own, `APIPromise` and all. */
export async function passThrough() {
  const client = createTracedInstructor({ client: new OpenAI() });
  const { data, response } = await client.chat.completions.create(base).withResponse();
  data.choices[0]?.message.content?.trim();
  response.headers.get("x-request-id");
  for await (const chunk of await client.chat.completions.create({ ...base, stream: true })) {
    chunk.choices[0]?.delta.content?.trim();
  }
  const { data: models } = await client.models.list();
  models[0]?.id.trim();
}

export function isEverythingThatItsClientIs(): OpenAI {
  const azure: AzureOpenAI = createTracedInstructor({ client: new AzureOpenAI({ apiVersion: "2024-10-21" }) }).client;
  azure.deploymentName?.trim();
  return createTracedInstructor({ client: new OpenAI(), mode: "MD_JSON", debug: true, traceContent: () => false });
}

export function hooks() {
  const client = createTracedInstructor({ client: new OpenAI() });
  client.on("completion:kwargs", (request) => request.model.trim());
  client.on(HookName.COMPLETION_KWARGS, async ({ messages, tools }) => [messages.length, tools?.length]);
  client.once("parse:error", (error) => String(error));
  client.off("parse:error");
  client.clear();
  client.clear("completion:error");
  // @ts-expect-error -- no hook of that name
  client.on("completion:kwarg", () => undefined);
  // @ts-expect-error -- an error is unknown
  client.on("parse:error", (error: string) => error);
}

export async function refused() {
  const client = createTracedInstructor({ client: new OpenAI() });
  // @ts-expect-error -- not a schema
  await client.create({ ...base, response_model: { schema: { customer: "string" }, name: "Ticket" } });
  // @ts-expect-error -- not a schema of an object
  await client.create({ ...base, response_model: { schema: v3.string(), name: "Ticket" } });
  // @ts-expect-error -- nor an array of objects
  await client.create({ ...base, response_model: { schema: v4.array(ticket4), name: "Ticket" } });
  // @ts-expect-error -- a name is missing
  await client.create({ ...base, response_model: { schema: ticket3 } });
  // @ts-expect-error -- the response model is missing
  await client.create(base);
  // @ts-expect-error -- a stream has no one completion
  await client.createWithCompletion({ ...base, response_model: model3, stream: true });
  // @ts-expect-error -- partial objects come in a stream alone
  client.createPartial({ ...base, response_model: model3, stream: false });
  // @ts-expect-error -- the model is missing
  client.createIterable({ messages: base.messages, response_model: model3 });
  // @ts-expect-error -- no such mode
  createTracedInstructor({ client: new OpenAI(), mode: "TOOL" });
  // @ts-expect-error -- no such option
  createTracedInstructor({ client: new OpenAI(), traceContents: false });
  // @ts-expect-error -- not a client
  createTracedInstructor({ client: { apiKey: "sk-…" } });
  const ticket = await client.create({ ...base, response_model: model3 });
  // @ts-expect-error -- no such property
  return String(ticket.custmer);
}

export function instrumentor(existing: { client: OpenAI; mode: "TOOLS" }) {
  const traced = new InstructorInstrumentor({ traceContent: false }).instrument(existing);
  const openai: OpenAI = traced.client;
  return openai;
}
