import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { RespanTelemetryOptions } from "respan-instructor";
import { propagateAttributes, RespanTelemetry, updateCurrentSpan, Workflow } from "respan-instructor";
import { OTLPReceiver } from "../harness/index.js";

const MARK = "kestrel";

/** A span as instrumentations of model clients make them, with a content attribute of each convention. */
function vendorSpan(name: string): void {
  const span = trace.getTracer("@traceloop/instrumentation-openai").startSpan(name, {
    attributes: { "gen_ai.request.model": "gpt-4o-mini", "gen_ai.system": "openai", "gen_ai.prompt.0.content": MARK },
    links: [
      {
        context: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 },
        attributes: { "gen_ai.prompt": MARK, note: MARK },
      },
    ],
  });
  span.setAttributes({
    "gen_ai.input.messages": `[{"content":"${MARK}"}]`,
    "gen_ai.system_instructions": MARK,
    "gen_ai.tool.definitions": MARK,
    "input.value": MARK,
    "llm.input_messages.0.message.content": MARK,
    "ai.prompt": MARK,
    "ai.response.text": MARK,
    "gen_ai.request.stop_sequences": [MARK],
    "some.vendor.payload": MARK,
    "gen_ai.usage.input_tokens": 57,
    "gen_ai.is_streaming": true,
    "gen_ai.response.finish_reasons": ["stop"],
  });
  span.addEvent("gen_ai.content.prompt", { "gen_ai.prompt": MARK });
  span.recordException(new TypeError(MARK));
  span.setStatus({ code: SpanStatusCode.ERROR, message: MARK });
  span.end();
}

class Desk {
  @Workflow({ name: "desk" })
  work(): void {
    vendorSpan("vendor.chat");
  }
}

async function arrived(options: RespanTelemetryOptions, work: () => void) {
  await using receiver = await OTLPReceiver.start();
  const telemetry = new RespanTelemetry({
    apiKey: "k",
    baseUrl: receiver.url,
    isAutoInstrument: false,
    compression: "none",
    ...options,
  });
  work();
  await telemetry.shutdown();
  const text = Buffer.concat(receiver.requests.map((request) => request.decompressed)).toString("utf8");
  return { text, vendor: receiver.spans.find(({ attributes }) => "gen_ai.request.model" in attributes) };
}

describe("a GenAI span of another instrumentation", () => {
  it.each<[string, RespanTelemetryOptions, () => void]>([
    ["by option", { traceContent: false }, () => new Desk().work()],
    ["by option, outside any span of ours", { traceContent: false }, () => vendorSpan("vendor.chat")],
    ["by scope", {}, () => propagateAttributes({ traceContent: false }, () => vendorSpan("vendor.chat"))],
    [
      "by decorator",
      {},
      () => {
        class Quiet {
          @Workflow({ name: "quiet", traceContent: false })
          work(): void {
            new Desk().work();
          }
        }
        new Quiet().work();
      },
    ],
    [
      "by a veto that comes before it ends",
      {},
      () => {
        let isVetoed = false;
        propagateAttributes(
          { traceContent: () => !isVetoed, prompt: { promptId: "p", variables: { v: MARK } } },
          () => {
            const span = trace.getTracer("@traceloop/instrumentation-openai").startSpan("vendor.chat", {
              attributes: { "gen_ai.prompt.0.content": MARK, "gen_ai.request.model": "gpt-4o-mini" },
            });
            span.setAttribute("gen_ai.usage.input_tokens", 57);
            isVetoed = true;
            span.end();
          },
        );
      },
    ],
  ])("keeps its content in the process where content is off %s, and says the rest", async (_how, options, work) => {
    const { text, vendor } = await arrived(options, work);
    expect(text).not.toContain(MARK);
    expect(vendor?.name).toBe("gen_ai gpt-4o-mini");
    expect(vendor?.attributes).toMatchObject({
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.usage.input_tokens": 57,
    });
  });

  it("keeps what is no content: its model, counts, status, the type of its error", async () => {
    const { vendor } = await arrived({ traceContent: false }, () => vendorSpan("vendor.chat"));
    expect(vendor?.attributes).toMatchObject({
      "gen_ai.system": "openai",
      "gen_ai.is_streaming": true,
      "gen_ai.response.finish_reasons": ["stop"],
    });
    expect(vendor?.status.code).toBe(2);
    expect(vendor?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["gen_ai.content.prompt", {}],
      ["exception", { "exception.type": "TypeError" }],
    ]);
  });

  it("is exported as it is where content is on", async () => {
    const { vendor } = await arrived({}, () => new Desk().work());
    expect(vendor?.attributes).toMatchObject({ "some.vendor.payload": MARK, "gen_ai.prompt.0.content": MARK });
    expect(vendor?.status.message).toBe(MARK);
  });

  it("may be vetoed by the span around it", async () => {
    class Vetoing {
      @Workflow({ name: "desk" })
      work(): void {
        updateCurrentSpan({ traceContent: false });
        vendorSpan("vendor.chat");
      }
    }
    const { text } = await arrived({}, () => new Vetoing().work());
    expect(text).not.toContain(MARK);
  });
});
