import { auto, content, OTLPReceiver, OpenAIServer } from "../harness/index.js";
import type { ReceivedSpan } from "../harness/index.js";

/** What the local model finds in any message: whose it is, as the message says. */
const ticketFor = (text: string) => ({
  customer: /customer_\w+/.exec(text)?.[0] ?? "ACME",
  priority: "high",
  summary: "Cannot log in",
});

/** The model, the trace store, and the store of an existing OpenTelemetry SDK. */
export class Stage implements AsyncDisposable {
  private constructor(
    readonly openai: OpenAIServer,
    readonly respan: OTLPReceiver,
    readonly yours: OTLPReceiver,
  ) {}

  static async start(): Promise<Stage> {
    const extracted = auto({ SupportTicket: ({ messages }) => ticketFor(JSON.stringify(messages)) });
    const openai = await OpenAIServer.start({
      // A plain call asks for no object.
      answer: (request) => (request.body.tools === undefined ? content("Hello") : extracted(request)),
    });
    return new Stage(openai, await OTLPReceiver.start(), await OTLPReceiver.start());
  }

  get environment(): Record<string, string> {
    return {
      OPENAI_API_KEY: "sk-local",
      OPENAI_BASE_URL: this.openai.url,
      RESPAN_API_KEY: "key-of-a-sample",
      RESPAN_BASE_URL: this.respan.url,
      YOUR_TRACES_URL: this.yours.tracesUrl,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.openai.close(), this.respan.close(), this.yours.close()]);
  }
}

/** The spans as indented names, in the order in which they started. */
export function outline(receiver: OTLPReceiver): string[] {
  const lines: string[] = [];
  const add = (nodes: ReturnType<OTLPReceiver["tree"]>, depth: number): void => {
    for (const { span, children } of nodes) {
      lines.push(`${"  ".repeat(depth)}${span.name}`);
      add(children, depth + 1);
    }
  };
  add(receiver.tree(), 0);
  return lines;
}

/** Spans whose parent never arrived. */
export function orphans({ spans }: OTLPReceiver): string[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans
    .filter(({ parentSpanId }) => parentSpanId !== undefined && !known.has(parentSpanId))
    .map(({ name }) => name);
}

/** The customer of a span. */
export const customerOf = (span: ReceivedSpan): unknown =>
  span.attributes["respan.customer_params.customer_identifier"];
