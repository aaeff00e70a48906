import { attempt, chat, decorated, scoped, trace } from "./fixtures.js";
import type { FixtureTrace } from "./fixtures.js";

const RESOURCE = {
  "service.name": "invoice-service",
  "deployment.environment.name": "development",
  "telemetry.sdk.language": "nodejs",
};

const INVOICE = {
  type: "object",
  additionalProperties: false,
  required: ["number", "vendor", "currency", "lines", "total", "due"],
  properties: {
    number: { type: "string", description: "As printed on the invoice." },
    vendor: {
      type: "object",
      required: ["name", "country"],
      properties: {
        name: { type: "string", minLength: 1 },
        country: { type: "string", minLength: 2, maxLength: 2, description: "ISO 3166-1 alpha-2." },
      },
    },
    currency: { enum: ["EUR", "USD", "GBP"] },
    lines: {
      type: "array",
      items: {
        type: "object",
        required: ["text", "amount"],
        properties: { text: { type: "string" }, amount: { type: "number", exclusiveMinimum: 0 } },
      },
    },
    total: { type: "number", description: "Has to equal the sum of the lines." },
    due: { type: "string", format: "date" },
    note: { anyOf: [{ type: "string" }, { type: "null" }] },
  },
};
const INVOICE_TEXT = `Extract the invoice.

## Invoice 2026-0117
**Northwind Traders Ltd**, United Kingdom

| item | amount |
| --- | --- |
| Consulting, 12 h | 1,440.00 |
| Hosting, November | 310.50 |

Please pay *within 30 days*, that is by 2026-12-29. All amounts in \`GBP\`.`;
const GOOD = {
  number: "2026-0117",
  vendor: { name: "Northwind Traders Ltd", country: "GB" },
  currency: "GBP",
  lines: [
    { text: "Consulting, 12 h", amount: 1440 },
    { text: "Hosting, November", amount: 310.5 },
  ],
  total: 1750.5,
  due: "2026-12-29",
  note: null,
};
const FIRST = {
  ...GOOD,
  vendor: { name: "Northwind Traders Ltd", country: "United Kingdom" },
  currency: "£",
  total: 1750,
};
const SECOND = { ...GOOD, total: 1750 };
const FIRST_ISSUES = [
  { path: ["vendor", "country"], code: "too_big", message: "String must contain at most 2 character(s)" },
  {
    path: ["currency"],
    code: "invalid_enum_value",
    message: `Invalid enum value. Expected 'EUR' | 'USD' | 'GBP', received '£'`,
  },
];
const SECOND_ISSUES = [{ path: ["total"], code: "custom", message: "The total is not the sum of the lines: 1750.5" }];

const toolCall = (value: object) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "Invoice", arguments: JSON.stringify(value) } }],
});
const correction = (issues: readonly { message: string }[]) => ({
  role: "user",
  content: `Please correct the function call; errors encountered:\n ${issues.map(({ message }) => message).join("; ")}`,
});

/** An invoice that takes three attempts, below a workflow with a task and a tool. */
export function invoiceTrace(start: number): FixtureTrace {
  const scope = {
    customer: "northwind",
    thread: "invoices-2026-11",
    workflow: "invoice_extraction",
    metadata: { feature: "accounts-payable", tier: "enterprise" },
  };
  const at = (path: string) => scoped({ ...scope, path });
  const messages = [
    { role: "system", content: "You read invoices. Take amounts as they are printed; never invent a line." },
    { role: "user", content: INVOICE_TEXT },
  ];
  const workflow = decorated("workflow", "invoice_extraction", {
    input: [{ file: "2026-0117.pdf", pages: 1 }],
    output: { ...GOOD, booked: true },
  });
  const read = decorated("task", "read_document", { input: ["2026-0117.pdf"], output: INVOICE_TEXT });
  const extract = decorated("task", "extract_invoice", { input: [INVOICE_TEXT], output: GOOD });
  const rate = decorated("tool", "exchange_rate", { input: ["GBP", "EUR"], output: { rate: 1.187, source: "ECB" } });
  const book = decorated("task", "book", { input: [GOOD], output: true });
  const chatAt = start + 210;
  return trace("invoice", start, [
    { id: "workflow", ms: 4120, ...workflow, attributes: { ...workflow.attributes, ...at("") }, resource: RESOURCE },
    {
      id: "read",
      parent: "workflow",
      at: 4,
      ms: 190,
      ...read,
      attributes: { ...read.attributes, ...at("read_document") },
      resource: RESOURCE,
    },
    {
      id: "extract",
      parent: "workflow",
      at: 205,
      ms: 3420,
      ...extract,
      attributes: { ...extract.attributes, ...at("extract_invoice") },
      resource: RESOURCE,
    },
    {
      id: "chat",
      parent: "extract",
      at: 210,
      ms: 3400,
      name: "instructor.create",
      kind: "client",
      status: { code: "ok" },
      resource: RESOURCE,
      attributes: {
        ...chat({
          schemaName: "Invoice",
          schema: INVOICE,
          messages,
          result: GOOD,
          tokens: [2189, 402],
          extra: {
            "instructor.max_retries": 3,
            "instructor.attempts": 3,
            "gen_ai.request.temperature": 0,
            "gen_ai.usage.cache_read.input_tokens": 1024,
          },
        }),
        ...at("extract_invoice"),
      },
      events: [
        attempt({
          number: 1,
          end: chatAt + 1410,
          ms: 1400,
          outcome: "validation_error",
          tokens: [412, 131],
          answer: JSON.stringify(FIRST),
          issues: FIRST_ISSUES,
        }),
        attempt({
          number: 2,
          end: chatAt + 2390,
          ms: 960,
          outcome: "validation_error",
          tokens: [733, 134],
          answer: JSON.stringify(SECOND),
          issues: SECOND_ISSUES,
          added: [toolCall(FIRST), correction(FIRST_ISSUES)],
        }),
        attempt({
          number: 3,
          end: chatAt + 3390,
          ms: 980,
          outcome: "success",
          tokens: [1044, 137],
          answer: JSON.stringify(GOOD),
          added: [toolCall(FIRST), correction(FIRST_ISSUES), toolCall(SECOND), correction(SECOND_ISSUES)],
        }),
      ],
    },
    {
      id: "http1",
      parent: "chat",
      at: 214,
      ms: 1380,
      name: "POST",
      kind: "client",
      attributes: {
        "http.request.method": "POST",
        "url.full": "https://api.openai.com/v1/chat/completions",
        "http.response.status_code": 200,
      },
      scope: { name: "@opentelemetry/instrumentation-undici", version: "0.19.0" },
      resource: RESOURCE,
    },
    {
      id: "rate",
      parent: "workflow",
      at: 300,
      ms: 240,
      ...rate,
      attributes: { ...rate.attributes, ...at("exchange_rate") },
      resource: RESOURCE,
    },
    {
      id: "book",
      parent: "workflow",
      at: 3640,
      ms: 470,
      ...book,
      attributes: { ...book.attributes, ...at("book") },
      resource: RESOURCE,
    },
    {
      id: "sql",
      parent: "book",
      at: 3650,
      ms: 430,
      name: "INSERT accounts.invoices",
      kind: "client",
      attributes: { "db.system.name": "postgresql", "db.query.text": "INSERT INTO invoices VALUES ($1, $2, $3)" },
      scope: { name: "@opentelemetry/instrumentation-pg" },
      resource: RESOURCE,
    },
  ]);
}

const TICKET = {
  type: "object",
  required: ["customer", "priority", "summary"],
  properties: {
    customer: { type: "string" },
    priority: { enum: ["low", "medium", "high"] },
    summary: { type: "string" },
  },
};

/** A call that never fits its schema: each attempt fails. The failed answers are in the next attempt's messages alone. */
export function failedTrace(start: number): FixtureTrace {
  const scope = scoped({ customer: "acme", thread: "ticket-8812", workflow: "support_ticket_extraction" });
  const workflow = decorated("workflow", "support_ticket_extraction", { input: ["It is broken again!!"] });
  const error = { code: "error" as const, message: "Validation failed after 2 attempts: priority: Required" };
  const issues = [{ path: ["priority"], code: "invalid_type", message: "Required" }];
  return trace("failed", start, [
    {
      id: "workflow",
      ms: 1620,
      ...workflow,
      attributes: { ...workflow.attributes, ...scope },
      status: error,
      events: [
        {
          name: "exception",
          time: start + 1620,
          attributes: {
            "exception.type": "ZodError",
            "exception.message": error.message,
            "exception.stacktrace": "ZodError: Required\n    at Desk.extract (desk.ts:14:9)",
          },
        },
      ],
    },
    {
      id: "chat",
      parent: "workflow",
      at: 3,
      ms: 1610,
      name: "instructor.create",
      kind: "client",
      status: error,
      attributes: {
        ...chat({
          schemaName: "SupportTicket",
          schema: TICKET,
          messages: [{ role: "user", content: "Extract the support ticket from this message: It is broken again!!" }],
          tokens: [402, 61],
          mode: "JSON",
          extra: { "error.type": "ZodError", "instructor.max_retries": 1, "instructor.attempts": 2 },
        }),
        ...scope,
      },
      events: [
        attempt({
          number: 1,
          end: start + 812,
          ms: 805,
          outcome: "validation_error",
          tokens: [180, 30],
          issues,
          added: [{ role: "system", content: "Answer in JSON." }],
        }),
        attempt({
          number: 2,
          end: start + 1612,
          ms: 790,
          outcome: "parse_error",
          tokens: [222, 31],
          answer: "I am sorry, but I cannot tell the priority.",
          added: [
            { role: "system", content: "Answer in JSON." },
            { role: "assistant", content: `{"customer":"unknown","summary":"It is broken"}` },
            { role: "user", content: "Please correct: priority is required" },
          ],
        }),
      ],
    },
  ]);
}

/** A partial stream, with a first chunk long before its end. */
export function streamTrace(start: number): FixtureTrace {
  const brief = {
    title: "Migrate billing",
    goals: ["No double charges", "Zero downtime"],
    risks: ["Webhooks arrive twice"],
    weeks: 6,
  };
  const schema = {
    type: "object",
    required: ["title", "goals"],
    properties: {
      title: { type: "string" },
      goals: { type: "array", items: { type: "string" } },
      risks: { type: "array", items: { type: "string" } },
      weeks: { type: "integer", minimum: 1 },
    },
  };
  const scope = scoped({ customer: "globex", thread: "briefs", workflow: "project_brief" });
  const workflow = decorated("workflow", "project_brief", { input: ["Plan the billing migration."], output: brief });
  return trace("stream", start, [
    { id: "workflow", ms: 2810, ...workflow, attributes: { ...workflow.attributes, ...scope } },
    {
      id: "chat",
      parent: "workflow",
      at: 6,
      ms: 2790,
      name: "instructor.create_partial",
      kind: "client",
      status: { code: "ok" },
      attributes: {
        ...chat({
          model: "gpt-4.1",
          schemaName: "ProjectBrief",
          schema,
          messages: [{ role: "user", content: "Plan the billing migration." }],
          result: brief,
          tokens: [212, 640],
          extra: { "gen_ai.is_streaming": true, "gen_ai.response.time_to_first_chunk": 0.62 },
        }),
        ...scope,
      },
      events: [attempt({ number: 1, end: start + 2790, ms: 2780, outcome: "success", tokens: [212, 640] })],
    },
  ]);
}

/** An agent in the current GenAI form, with tool calls in its messages. */
export function agentTrace(start: number): FixtureTrace {
  const scope = scoped({ customer: "initech", thread: "triage-4", workflow: "triage" });
  const agent = decorated("agent", "triage", {
    input: ["My card was charged twice."],
    output: { route: "billing", confidence: 0.93 },
  });
  const lookup = decorated("tool", "find_charges", {
    input: [{ card: "•••• 4242" }],
    output: [
      { id: "ch_1", amount: 42 },
      { id: "ch_2", amount: 42 },
    ],
  });
  const input = [
    {
      role: "system",
      parts: [{ type: "text", content: "You route **support** requests.\n\n1. Look up the charges.\n2. Decide." }],
    },
    { role: "user", parts: [{ type: "text", content: "My card was charged twice." }] },
    {
      role: "assistant",
      parts: [{ type: "tool_call", id: "c1", name: "find_charges", arguments: { card: "•••• 4242" } }],
    },
    { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: [{ id: "ch_1" }, { id: "ch_2" }] }] },
  ];
  return trace("agent", start, [
    { id: "agent", ms: 1930, ...agent, attributes: { ...agent.attributes, ...scope } },
    {
      id: "first",
      parent: "agent",
      at: 2,
      ms: 640,
      name: "chat gpt-4o",
      kind: "client",
      attributes: {
        ...scope,
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "respan.entity.log_type": "chat",
        "gen_ai.input.messages": JSON.stringify(input.slice(0, 2)),
        "gen_ai.output.messages": JSON.stringify([{ ...input[2], finish_reason: "tool_call" }]),
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 22,
      },
    },
    { id: "lookup", parent: "agent", at: 650, ms: 380, ...lookup, attributes: { ...lookup.attributes, ...scope } },
    {
      id: "second",
      parent: "agent",
      at: 1040,
      ms: 870,
      name: "chat gpt-4o",
      kind: "client",
      attributes: {
        ...scope,
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "respan.entity.log_type": "chat",
        "gen_ai.input.messages": JSON.stringify(input),
        "gen_ai.output.messages": JSON.stringify([
          {
            role: "assistant",
            parts: [{ type: "text", content: `{"route":"billing","confidence":0.93}` }],
            finish_reason: "stop",
          },
        ]),
        "gen_ai.usage.input_tokens": 190,
        "gen_ai.usage.output_tokens": 18,
      },
    },
  ]);
}

/** Sent with content off. */
export function contentOffTrace(start: number): FixtureTrace {
  const scope = scoped({ customer: "hooli", workflow: "medical_summary" });
  const workflow = decorated("workflow", "medical_summary", {});
  return trace("content-off", start, [
    { id: "workflow", ms: 930, ...workflow, attributes: { ...workflow.attributes, ...scope } },
    {
      id: "chat",
      parent: "workflow",
      at: 2,
      ms: 920,
      name: "instructor.create",
      kind: "client",
      status: { code: "ok" },
      attributes: { ...chat({ schemaName: "Summary", tokens: [900, 210] }), ...scope },
      events: [
        attempt({ number: 1, end: start + 500, ms: 495, outcome: "validation_error", tokens: [420, 100] }),
        attempt({ number: 2, end: start + 920, ms: 410, outcome: "success", tokens: [480, 110] }),
      ],
    },
  ]);
}

/** Spans of others: no parent, no attributes, no duration, a cycle, an attribute of each type. */
export function foreignTraces(start: number): readonly FixtureTrace[] {
  const python = {
    resource: { "service.name": "python-worker", "telemetry.sdk.language": "python" },
    scope: { name: "respan_instrumentation_instructor", version: "2.24.0" },
  };
  return [
    trace("bare", start, [{ id: "bare", name: "", ms: 0, resource: {}, scope: { name: "" } }]),
    trace("orphan", start - 1000, [
      {
        id: "only",
        parent: "missing",
        name: "GET /health",
        kind: "server",
        ms: 12,
        attributes: { "http.request.method": "GET", "http.route": "/health", "http.response.status_code": 503 },
        status: { code: "error" },
      },
    ]),
    trace("cycle", start - 2000, [
      { id: "a", parent: "b", name: "a", ms: 5 },
      { id: "b", parent: "a", name: "b", ms: 5, at: 1 },
      { id: "self", parent: "self", name: "self", ms: 2 },
    ]),
    trace("python", start - 3000, [
      {
        id: "chat",
        name: "openai.chat",
        kind: "client",
        ms: 700,
        ...python,
        attributes: {
          "llm.request.type": "chat",
          "gen_ai.prompt.0.role": "user",
          "gen_ai.prompt.0.content": "Bonjour",
          "gen_ai.completion.0.role": "assistant",
          "gen_ai.completion.0.content": "Salut !",
          "gen_ai.completion.0.tool_calls.0.name": "greet",
          "gen_ai.completion.0.tool_calls.0.arguments": '{"language":"fr"}',
          "gen_ai.usage.prompt_tokens": 9,
          "gen_ai.usage.completion_tokens": 4,
        },
      },
    ]),
    trace("peers", start - 4000, [
      {
        id: "root",
        name: "LLM",
        ms: 400,
        attributes: {
          "openinference.span.kind": "LLM",
          "llm.input_messages.0.message.role": "user",
          "llm.input_messages.0.message.content": "Hi",
          "llm.output_messages.0.message.role": "assistant",
          "llm.output_messages.0.message.content": "Hello",
          "input.value": "Hi",
          "output.value": "Hello",
        },
      },
      {
        id: "langfuse",
        parent: "root",
        name: "observation",
        ms: 100,
        attributes: {
          "langfuse.observation.type": "generation",
          "langfuse.observation.input": '[{"role":"user","content":"Hi"}]',
          "langfuse.observation.output": "Hello",
        },
      },
      {
        id: "values",
        parent: "root",
        name: "every type",
        ms: 3,
        attributes: {
          text: "t",
          whole: 1,
          fraction: 0.5,
          yes: true,
          none: null,
          list: ["a", "b"],
          map: { a: { b: [1, 2] } },
          "gen_ai.prompt.0.role": null,
          "gen_ai.input.messages": 7,
          "llm.request.functions": "[not JSON",
        },
      },
    ]),
  ];
}

export function showcase(now: number): readonly FixtureTrace[] {
  return [
    invoiceTrace(now - 20_000),
    streamTrace(now - 45_000),
    failedTrace(now - 71_000),
    agentTrace(now - 130_000),
    contentOffTrace(now - 200_000),
    ...foreignTraces(now - 300_000),
  ];
}
