import { Sample } from "../../scripts/frameworks/sample.js";
import { outline, Stage } from "./stage.js";

describe("an unchanged program", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.install("zero-code");
  });

  const ways = [
    ["--import", "src/app.mjs"],
    ["--import", "src/app.cjs"],
    ["--require", "src/app.cjs"],
    ["--require", "src/app.mjs"],
  ] as const;

  it.each(ways)("is traced by node %s respan-instructor/register %s", async (flag, file) => {
    await using stage = await Stage.start();
    const env = { ...stage.environment, RESPAN_APP_NAME: "unchanged", RESPAN_CUSTOMER_IDENTIFIER: "customer_123" };
    const { stdout, stderr } = await sample.node([flag, "respan-instructor/register", file], env);
    expect(JSON.parse(stdout)).toEqual({ customer: "ACME" });
    expect(stderr).toBe("");
    expect(outline(stage.respan)).toEqual(["instructor.create"]);
    const span = stage.respan.only("instructor.create");
    expect(span.resource["service.name"]).toBe("unchanged");
    expect(span.attributes).toMatchObject({
      "respan.customer_params.customer_identifier": "customer_123",
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.usage.input_tokens": 57,
    });
  });

  it("is traced through NODE_OPTIONS too", async () => {
    await using stage = await Stage.start();
    const env = { ...stage.environment, NODE_OPTIONS: "--import respan-instructor/register" };
    await sample.node(["src/app.mjs"], env);
    expect(outline(stage.respan)).toEqual(["instructor.create"]);
  });

  it("runs as it would without us where RESPAN_ENABLED is false", async () => {
    await using stage = await Stage.start();
    const env = { ...stage.environment, RESPAN_ENABLED: "false" };
    const { stdout, stderr } = await sample.node(["--import", "respan-instructor/register", "src/app.mjs"], env);
    expect(JSON.parse(stdout)).toEqual({ customer: "ACME" });
    expect(stderr).toBe("");
    expect(stage.respan.requests).toEqual([]);
  });
});
