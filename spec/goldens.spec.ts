import OpenAI from "openai";
import {
  Agent,
  createTracedInstructor,
  propagateAttributes,
  RespanTelemetry,
  Task,
  Tool,
  Workflow,
} from "respan-instructor";
import { z } from "zod";
import { expectGolden, GUIDE_OBJECTS, OpenAIServer, OTLPReceiver, toolCall } from "./harness/index.js";
import type { GoldenName } from "./harness/index.js";

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});
const Invoice = z.object({
  vendor: z.string(),
  invoice_id: z.string(),
  line_items: z.array(z.object({ sku: z.string(), quantity: z.number().int(), unit_price_usd: z.number() })),
  total_usd: z.number(),
});
const ReleaseNote = z.object({
  title: z.string(),
  category: z.enum(["feature", "fix", "docs"]),
  bullets: z.array(z.string()),
});
const ActionItem = z.object({ owner: z.string(), task: z.string(), status: z.enum(["new", "blocked", "done"]) });
const ProjectBrief = z.object({ title: z.string(), owner: z.string(), milestones: z.array(z.string()) });

const MESSAGE =
  "Extract the support ticket from this message: ACME cannot log in before a security audit and needs help today.";
const INVOICE = "Northwind invoice NW-1042 totals 298.00 USD.";

/** The parameters of every call here. */
function ask<S extends z.AnyZodObject>(schema: S, name: string, text: string) {
  return {
    model: "gpt-4o-mini",
    response_model: { schema, name },
    messages: [{ role: "user" as const, content: text }],
  };
}

describe("what the Python system exports for the guide's examples is on our spans too", () => {
  let server: OpenAIServer;
  let receiver: OTLPReceiver;
  let telemetry: RespanTelemetry;
  let openai: OpenAI;
  let client: ReturnType<typeof tools>;

  const tools = () => createTracedInstructor({ client: openai, mode: "TOOLS", streamUsage: true });

  beforeEach(async () => {
    const { SupportTicket: ticket } = GUIDE_OBJECTS;
    server = await OpenAIServer.start({ objects: { ...GUIDE_OBJECTS, TicketM: ticket, TicketM2: ticket } });
    receiver = await OTLPReceiver.start();
    telemetry = new RespanTelemetry({ appName: "instructor-support-api", apiKey: "key", baseUrl: receiver.url });
    openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url });
    client = tools();
  });

  afterEach(async () => {
    await telemetry.shutdown();
    await server.close();
    await receiver.close();
  });

  async function expectExported(name: GoldenName): Promise<void> {
    await telemetry.flush();
    expectGolden(name, receiver.spans);
  }

  it("workflow-create", async () => {
    class Desk {
      @Workflow({ name: "support_ticket_extraction" })
      extract(text: string) {
        return client.create(ask(SupportTicket, "SupportTicket", text));
      }
    }
    await propagateAttributes(
      {
        customerIdentifier: "customer_123",
        threadIdentifier: "ticket_thread_abc",
        metadata: { feature: "support-ticket-extraction" },
      },
      () => new Desk().extract(MESSAGE),
    );
    await expectExported("workflow-create");
  });

  it("workflow-task-create", async () => {
    class Books {
      @Workflow({ name: "invoice_processing" })
      async process(text: string): Promise<void> {
        await this.extract(text);
      }

      @Task({ name: "extract_invoice" })
      extract(text: string) {
        return client.create(ask(Invoice, "Invoice", text));
      }
    }
    await new Books().process(INVOICE);
    await expectExported("workflow-task-create");
  });

  it("create", async () => {
    const text = "Northwind invoice NW-1042 has 2 LOG-001 at 49.50 and 1 SEC-010 at 199.00. Total is 298.00.";
    await client.create(ask(Invoice, "Invoice", text));
    await expectExported("create");
  });

  it("create-with-completion", async () => {
    const text = "Create a release note for preserving Instructor tool schemas in traces.";
    await client.createWithCompletion(ask(ReleaseNote, "ReleaseNote", text));
    await expectExported("create-with-completion");
  });

  it("create-iterable", async () => {
    const text = "Maya will send the launch checklist. Noah is blocked on legal approval.";
    const owners: string[] = [];
    for await (const { owner } of client.createIterable(ask(ActionItem, "ActionItem", text))) owners.push(owner);
    expect(owners).toEqual(["Maya", "Noah"]);
    await expectExported("create-iterable");
  });

  it("create-partial", async () => {
    let last: unknown;
    for await (const partial of client.createPartial(ask(SupportTicket, "TicketM", MESSAGE))) last = partial;
    expect(last).toMatchObject(GUIDE_OBJECTS.SupportTicket);
    await expectExported("create-partial");
  });

  it("async-create", async () => {
    class Office {
      @Workflow({ name: "project_brief" })
      createBrief() {
        const text = "Build a project brief for the Respan Instructor tracing launch.";
        return client.create(ask(ProjectBrief, "ProjectBrief", text));
      }
    }
    await new Office().createBrief();
    await expectExported("async-create");
  });

  it("json-mode", async () => {
    const json = createTracedInstructor({ client: openai, mode: "JSON" });
    await json.create(ask(SupportTicket, "TicketM2", MESSAGE));
    await expectExported("json-mode");
  });

  it("retry-then-success", async () => {
    server.reply(toolCall({ arguments: { ...GUIDE_OBJECTS.SupportTicket, priority: "urgent" } }));
    jest.spyOn(console, "warn").mockReturnValue();
    await client.create({ ...ask(SupportTicket, "TicketM2", MESSAGE), max_retries: 2 });
    jest.restoreAllMocks();
    expect(server.requests).toHaveLength(2);
    await expectExported("retry-then-success");
  });

  it("nested-scopes", async () => {
    const outer = { customerIdentifier: "outer", threadIdentifier: "t1", metadata: { a: "1", b: "2" } };
    const inner = { customerIdentifier: "inner", metadata: { b: "3", n: 7, o: { x: 1 } } };
    await propagateAttributes(outer, () =>
      propagateAttributes(inner, () =>
        client.create(ask(SupportTicket, "SupportTicket", "ACME needs urgent login help.")),
      ),
    );
    await expectExported("nested-scopes");
  });

  it("agent-tool", async () => {
    class Agency {
      @Workflow({ name: "agentic" })
      answer(question: string) {
        return this.act(question);
      }

      @Agent({ name: "desk" })
      act(question: string) {
        return this.lookup(question);
      }

      @Tool({ name: "lookup" })
      lookup(question: string) {
        return { hit: question };
      }
    }
    expect(new Agency().answer("where")).toEqual({ hit: "where" });
    await expectExported("agent-tool");
  });
});
