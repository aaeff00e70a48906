import { post, Sample } from "../../scripts/frameworks/sample.js";
import { Gate, toolCall } from "../harness/index.js";
import { customerOf, outline, Stage } from "./stage.js";

/** What a web framework's sample promises, whichever framework it is. */
export function describePerRequestScope(framework: string): void {
  describe(`a scope for each request in ${framework}`, () => {
    let sample: Sample;
    beforeAll(async () => {
      sample = await Sample.install(framework);
    });

    it("never mixes two customers who are served at once", async () => {
      await using stage = await Stage.start();
      // The first customer's answer waits until the second customer has been answered.
      const gate = new Gate();
      stage.openai.reply((request) => {
        const isFirst = request.raw.includes("customer_one");
        const args = { customer: isFirst ? "customer_one" : "customer_two", priority: "low", summary: "both at once" };
        return toolCall({ arguments: args, ...(isFirst && { gate }) });
      });
      await using server = await sample.start(["out/server.js"], { ...stage.environment, PORT: "0" });

      const first = post(`${server.url}/tickets`, { message: "from customer_one" }, { "x-customer": "customer_one" });
      await gate.arrived;
      const second = await post(
        `${server.url}/tickets`,
        { message: "from customer_two" },
        { "x-customer": "customer_two" },
      );
      gate.release();
      expect((await first).body.customer).toBe("customer_one");
      expect(second.body.customer).toBe("customer_two");
      await server.stop();

      expect(outline(stage.respan)).toEqual([
        "support_ticket_extraction.workflow",
        "  instructor.create",
        "support_ticket_extraction.workflow",
        "  instructor.create",
      ]);
      for (const span of stage.respan.spans) {
        expect(JSON.stringify(span.attributes["traceloop.entity.input"])).toContain(`from ${String(customerOf(span))}`);
      }
      expect(new Set(stage.respan.spans.map(customerOf))).toEqual(new Set(["customer_one", "customer_two"]));
    });

    it("keeps forty interleaved requests apart", async () => {
      await using stage = await Stage.start();
      await using server = await sample.start(["out/server.js"], { ...stage.environment, PORT: "0" });
      await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const customer = `customer_${index % 4}`;
          const headers = { "x-customer": customer, "x-thread": `thread_${index}` };
          const { status, body } = await post(`${server.url}/tickets`, { message: `from ${customer}` }, headers);
          expect([status, body.customer]).toEqual([200, customer]);
        }),
      );
      await server.stop();

      expect(stage.respan.spans).toHaveLength(80);
      const threads = new Map<string, unknown>();
      for (const { traceId, attributes } of stage.respan.spans) {
        const thread = attributes["respan.threads.thread_identifier"];
        expect(threads.get(traceId) ?? thread).toBe(thread);
        threads.set(traceId, thread);
      }
      expect(new Set(threads.values()).size).toBe(40);
      for (const span of stage.respan.spans) {
        expect(JSON.stringify(span.attributes["traceloop.entity.input"])).toContain(`from ${String(customerOf(span))}`);
        expect(span.attributes["respan.metadata.route"]).toBe("/tickets");
      }
    });
  });
}
