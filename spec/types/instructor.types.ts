// Checked by `npm run typecheck`: what infers, and what is refused.
import OpenAI, { AzureOpenAI } from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
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

interface TreeNode {
  name: string;
  children: TreeNode[];
}
const tree4: v4.ZodType<TreeNode> = v4.lazy(() => v4.object({ name: v4.string(), children: v4.array(tree4) }));
const tree3: v3.ZodType<TreeNode> = v3.object({ name: v3.string(), children: v3.lazy(() => tree3.array()) });

export async function annotatedSchemas() {
  const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });
  const node: TreeNode = await client.create({ ...base, response_model: { schema: tree4, name: "Tree" } });
  const other: TreeNode = await client.create({ ...base, response_model: { schema: tree3, name: "Tree" } });
  for await (const item of client.createIterable({ ...base, response_model: { schema: tree4, name: "Tree" } })) {
    exactly<TreeNode>()(item);
  }
  return [node.children[0]?.name, other.children[0]?.name];
}

export async function genericSchemas<
  T4 extends v4.ZodType,
  O4 extends v4.ZodObject,
  TMini extends mini.ZodMiniType,
  T3 extends v3.ZodType<object>,
>(schemas: { t4: T4; o4: O4; tMini: TMini; t3: T3 }) {
  const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });
  const fromType = (await client.create({
    ...base,
    response_model: { schema: schemas.t4, name: "T" },
  })) as v4.infer<T4>;
  const fromObject = await client.create({ ...base, response_model: { schema: schemas.o4, name: "T" } });
  const fromMini = await client.create({ ...base, response_model: { schema: schemas.tMini, name: "T" } });
  const from3 = await client.create({ ...base, response_model: { schema: schemas.t3, name: "T" } });
  const [value] = await client.createWithCompletion({ ...base, response_model: { schema: schemas.t4, name: "T" } });
  for await (const partial of client.createPartial({ ...base, response_model: { schema: schemas.t4, name: "T" } })) {
    partial._meta?._isValid?.valueOf();
  }
  return [fromType, fromObject, fromMini, from3, value];
}

export async function unions() {
  const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });
  const schema = v4.discriminatedUnion("kind", [
    v4.object({ kind: v4.literal("bug"), steps: v4.string() }),
    v4.object({ kind: v4.literal("idea"), votes: v4.number() }),
  ]);
  const report = await client.create({ ...base, response_model: { schema, name: "Report" } });
  if (report.kind === "bug") return report.steps.trim();
  const either = await client.create({ ...base, response_model: { schema: v4.union([ticket4, schema]), name: "Any" } });
  return "customer" in either ? either.customer.trim() : report.votes.toFixed();
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
  // @ts-expect-error -- nor a text
  await client.create({ ...base, response_model: { schema: v4.string(), name: "Ticket" } });
  // @ts-expect-error -- a number
  await client.create({ ...base, response_model: { schema: v4.number(), name: "Ticket" } });
  // @ts-expect-error -- a choice
  await client.create({ ...base, response_model: { schema: v4.enum(["a"]), name: "Ticket" } });
  // @ts-expect-error -- a record of objects
  await client.create({ ...base, response_model: { schema: v4.record(v4.string(), ticket4), name: "Ticket" } });
  // @ts-expect-error -- a union with a text
  await client.create({ ...base, response_model: { schema: v4.union([ticket4, v4.string()]), name: "Ticket" } });
  // @ts-expect-error -- a text that becomes an object
  await client.create({ ...base, response_model: { schema: v4.string().transform(() => ({})), name: "Ticket" } });
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

export async function instrumentedOpenAI() {
  const instrumentor = new InstructorInstrumentor();
  const openai = instrumentor.instrument(new OpenAI());
  exactly<OpenAI>()(openai);
  exactly<AzureOpenAI>()(instrumentor.instrument(new AzureOpenAI({ apiVersion: "2024-10-21" })));
  const completion = await openai.chat.completions.parse({
    ...base,
    response_format: zodResponseFormat(ticket3, "ticket"),
  });
  const response = await openai.responses.parse({
    model: "m",
    input: "x",
    text: { format: zodTextFormat(ticket3, "t") },
  });
  exactly<Ticket | null | undefined>()(completion.choices[0]?.message.parsed);
  exactly<Ticket | null>()(response.output_parsed);
  const { data } = await openai.responses.create({ model: "m", input: "x" }).withResponse();
  // @ts-expect-error -- a plain client has no `createPartial`
  const missing: unknown = openai.createPartial;
  // @ts-expect-error -- not a client
  instrumentor.instrument({ apiKey: "sk-…" });
  return [data.output_text, missing];
}
