import { Sample } from "../../scripts/frameworks/sample.js";
import type { RunningSample } from "../../scripts/frameworks/sample.js";
import { orphans, outline, Stage } from "./stage.js";

describe("a service that calls another", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.install("services");
  });

  async function ask(stage: Stage, baggage: string): Promise<void> {
    const env = { ...stage.environment, BAGGAGE: baggage };
    await using back: RunningSample = await sample.start(["out/back.js"], env);
    await using front = await sample.start(["out/front.js"], { ...env, BACK_URL: back.url });
    const response = await fetch(front.url, { headers: { "x-customer": "customer_123" } });
    expect(await response.json()).toMatchObject({ priority: "high" });
    await front.stop();
    await back.stop();
  }

  const TREE = ["answer_request.workflow", "  support_ticket_extraction.workflow", "    instructor.create"];

  it("is one trace with it, by W3C trace context", async () => {
    await using stage = await Stage.start();
    await ask(stage, "0");
    expect(outline(stage.respan)).toEqual(TREE);
    expect(orphans(stage.respan)).toEqual([]);
    const chat = stage.respan.only("instructor.create");
    expect(chat.resource["service.name"]).toBe("back");
    // The customer does not leave the process by default.
    expect(Object.keys(chat.attributes).filter((name) => /customer|thread|tenant/.test(name))).toEqual([]);
  });

  it("receives the customer, the thread and the chosen metadata with propagateBaggage, and nothing else", async () => {
    await using stage = await Stage.start();
    await ask(stage, "1");
    expect(outline(stage.respan)).toEqual(TREE);
    for (const name of ["support_ticket_extraction.workflow", "instructor.create"]) {
      expect(stage.respan.only(name).attributes).toMatchObject({
        "respan.customer_params.customer_identifier": "customer_123",
        "respan.threads.thread_identifier": "Gespräch 7; Größe=3, fertig",
        "respan.metadata.tenant": "acme & söhne",
      });
      expect(stage.respan.only(name).attributes).not.toHaveProperty(["respan.metadata.secretPlan"]);
    }
  });
});
