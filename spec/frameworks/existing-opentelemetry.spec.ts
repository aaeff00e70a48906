import { Sample } from "../../scripts/frameworks/sample.js";
import { orphans, outline, Stage } from "./stage.js";

describe("RespanSpanProcessor in a NodeSDK with an exporter of its own", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.install("existing-opentelemetry");
  });

  async function serve(env: Record<string, string> = {}): Promise<Stage> {
    const stage = await Stage.start();
    const args = ["--import", "./out/instrumentation.js", "out/server.js"];
    await using server = await sample.start(args, { ...stage.environment, ...env });
    await (await fetch(server.url)).text();
    await server.stop();
    return stage;
  }

  const YOURS = [
    "GET",
    "  handle",
    "    support_ticket_extraction.workflow",
    "      instructor.create",
    "        POST",
  ];

  it("sends this package's spans to Respan, with a root there, and leaves the exporter everything", async () => {
    await using stage = await serve();
    expect(outline(stage.yours)).toEqual(YOURS);
    expect(outline(stage.respan)).toEqual(["support_ticket_extraction.workflow", "  instructor.create"]);
    const workflow = stage.respan.only("support_ticket_extraction.workflow");
    expect(workflow.parentSpanId).toBeUndefined();
    expect(orphans(stage.respan)).toEqual([]);
    // One trace, to be found in both stores by one id.
    expect(workflow.traceId).toBe(stage.yours.only("GET").traceId);
    // There the span keeps its real parent.
    expect(stage.yours.only(workflow.name).parentSpanId).toBe(stage.yours.only("handle").spanId);
  });

  it("moves a span to its nearest selected ancestor if shouldExportSpan selects one more", async () => {
    await using stage = await serve({ WITH_REQUESTS: "1" });
    expect(outline(stage.yours)).toEqual(YOURS);
    // `handle`, between the request and the workflow, is not accepted.
    expect(outline(stage.respan)).toEqual(["GET", "  support_ticket_extraction.workflow", "    instructor.create"]);
    expect(orphans(stage.respan)).toEqual([]);
  });

  it("stamps the customer on every span of the scope, from any tracer", async () => {
    await using stage = await serve();
    for (const name of ["handle", "POST"]) {
      expect(stage.yours.only(name).attributes).toMatchObject({
        "respan.customer_params.customer_identifier": "customer_123",
      });
    }
    expect(stage.yours.only("GET").attributes).not.toHaveProperty(["respan.customer_params.customer_identifier"]);
  });
});
