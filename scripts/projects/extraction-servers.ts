import assert from "node:assert/strict";
import { OTLPReceiver, OpenAIServer } from "../../spec/harness/index.js";
import type { ReceivedSpan } from "../../spec/harness/index.js";
import { lastJsonLine } from "./last-json-line.js";

/** The local model's answers. */
export const TICKET = { customer: "ACME", priority: "high", summary: "Cannot log in before a security audit" };

const API_KEY = "key-of-a-project";
const SERVICE = "support-api-of-a-project";

/** The model and the trace store that one project's program talks to. */
export class ExtractionServers implements AsyncDisposable {
  private constructor(
    readonly openai: OpenAIServer,
    readonly receiver: OTLPReceiver,
  ) {}

  static async start(): Promise<ExtractionServers> {
    const openai = await OpenAIServer.start({ objects: { SupportTicket: TICKET } });
    return new ExtractionServers(openai, await OTLPReceiver.start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.openai.close();
    await this.receiver.close();
  }

  /** The program's environment variables. */
  get environment(): Record<string, string> {
    return {
      OPENAI_API_KEY: "sk-local",
      OPENAI_BASE_URL: this.openai.url,
      RESPAN_API_KEY: API_KEY,
      RESPAN_BASE_URL: this.receiver.url,
      RESPAN_APP_NAME: SERVICE,
    };
  }

  /**
   * Checks what the program of `programs/extraction.*` printed, what it asked of the model, and what arrived at Respan.
   * @param service the resource's `service.name`, where a host's pipeline has its own
   * @returns a summary in one line
   */
  check(stdout: string, service = SERVICE): string {
    assert.deepEqual(lastJsonLine(stdout), { ...TICKET, streamed: TICKET.summary }, "what the program printed");
    this.#checkRequests();
    this.#checkSpans(service);
    return `${this.receiver.spans.length} spans, ${this.openai.requests.length} calls`;
  }

  #checkRequests(): void {
    const chats = this.openai.requests.filter(({ path }) => path.endsWith("/chat/completions"));
    assert.equal(chats.length, 2, "calls to the model");
    for (const { body } of chats) {
      // A schema that the converter did not understand is sent as an empty one, without a word.
      const [tool] = (body.tools ?? []) as { function?: { parameters?: { properties?: object } } }[];
      const properties = Object.keys(tool?.function?.parameters?.properties ?? {});
      assert.deepEqual(
        properties.filter((key) => key in TICKET),
        Object.keys(TICKET),
        "the schema's properties in the request",
      );
    }
  }

  #checkSpans(service: string): void {
    const { receiver } = this;
    assert.deepEqual(receiver.errors, [], "requests that the receiver could not decode");
    for (const { headers } of receiver.requests) assert.equal(headers.authorization, `Bearer ${API_KEY}`);
    assert.deepEqual(
      receiver.spans.map(({ name }) => name).sort(),
      [
        "extractStreamed.workflow",
        "instructor.create",
        "instructor.create_partial",
        "prepare_messages.task",
        "prepare_messages.task",
        "support_ticket_extraction.workflow",
      ],
      "names of the spans",
    );
    for (const span of receiver.spans) checkInherited(span, service);
    this.#checkTrace("support_ticket_extraction.workflow", "instructor.create");
    this.#checkTrace("extractStreamed.workflow", "instructor.create_partial");
  }

  /** A workflow is a root at Respan, also where a host's span, which Respan does not get, is around it. */
  #checkTrace(workflowName: string, chatName: string): void {
    const workflow = this.receiver.only(workflowName);
    const chat = this.receiver.only(chatName);
    assert.equal(workflow.parentSpanId, undefined, `parent of ${workflowName}`);
    const children = this.receiver.spans.filter(({ parentSpanId }) => parentSpanId === workflow.spanId);
    assert.deepEqual(children.map(({ name }) => name).sort(), [chatName, "prepare_messages.task"], "the children");
    for (const child of children) assert.equal(child.traceId, workflow.traceId, `trace of ${child.name}`);
    assert.equal(chat.kind, 2, "the chat span is a CLIENT span");
    assert.equal(chat.status.code, 1, "the chat span's status");
    assertAttributes(chat, {
      "gen_ai.system": "openai",
      "gen_ai.request.model": "gpt-4o-mini",
      "respan.entity.log_type": "chat",
      "respan.metadata.mode": "TOOLS",
      "server.port": this.openai.port,
    });
    assert.deepEqual(JSON.parse(textOf(chat, "traceloop.entity.output")), TICKET, "the chat span's output");
    assert.match(textOf(chat, "llm.request.functions"), /"priority"/, "the schema on the chat span");
    if (chatName === "instructor.create") {
      assertAttributes(chat, { "gen_ai.usage.input_tokens": 57, "gen_ai.usage.output_tokens": 21 });
      assert.deepEqual(JSON.parse(textOf(workflow, "traceloop.entity.output")), TICKET, "workflow's output");
    }
  }
}

function textOf(span: ReceivedSpan, name: string): string {
  const value = span.attributes[name];
  assert.ok(typeof value === "string", `${name} of ${span.name}`);
  return value;
}

function checkInherited(span: ReceivedSpan, service: string): void {
  assert.equal(span.resource["service.name"], service, "service.name");
  assertAttributes(span, {
    "respan.customer_params.customer_identifier": "customer_123",
    "respan.threads.thread_identifier": "ticket_thread_abc",
    "respan.metadata.feature": "support-ticket-extraction",
  });
}

/** Holds some attributes of a span against what they should be. */
export function assertAttributes(span: ReceivedSpan, expected: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(span.attributes[name], value, `${name} of ${span.name}`);
  }
}
