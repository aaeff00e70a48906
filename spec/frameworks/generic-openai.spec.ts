import { Sample } from "../../scripts/frameworks/sample.js";
import { orphans, outline, Stage } from "./stage.js";

const INSTRUMENTATIONS = ["openinference", "traceloop", "opentelemetry"];

describe("a generic OpenAI instrumentation in the same process", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.install("generic-openai");
  });

  async function extract(env: Record<string, string>): Promise<Stage> {
    const stage = await Stage.start();
    const args = ["--require", "./out/instrumentation.js", "out/app.js"];
    const { stdout } = await sample.node(args, { ...stage.environment, ...env });
    expect(JSON.parse(stdout)).toEqual({ customer: "ACME" });
    return stage;
  }

  /** The instrumentation's own spans, by what does not change from one run to the next. */
  const generic = (stage: Stage) =>
    stage.yours.spans
      .filter(({ scope }) => scope.name !== "respan-instructor")
      .map(({ name, scope, attributes }) => [name, scope.name, attributes["gen_ai.request.model"]]);

  describe.each(INSTRUMENTATIONS)("%s", (name) => {
    it("makes its spans without us", async () => {
      await using stage = await extract({ GENERIC: name });
      expect(generic(stage)).toHaveLength(2);
    });

    it.each(["pipeline", "beside"])("makes no second chat span of a structured call at Respan (%s)", async (way) => {
      await using before = await extract({ GENERIC: name });
      await using stage = await extract({ GENERIC: name, WITH_RESPAN: way });
      // Your own exporter gets what it got before.
      expect(generic(stage)).toEqual(generic(before));
      const ours = stage.respan.spans.filter(({ scope }) => scope.name === "respan-instructor");
      expect(ours.map((span) => span.name)).toEqual(["instructor.create"]);
      // The plain call is not ours; in one pipeline its GenAI span goes to Respan too, as a trace of its own.
      expect(stage.respan.spans).toHaveLength(way === "pipeline" ? 2 : 1);
      expect(orphans(stage.respan)).toEqual([]);
    });

    it("has its spans at Respan as well when asked for", async () => {
      await using stage = await extract({ GENERIC: name, WITH_RESPAN: "pipeline", WITH_GENERIC_SPANS: "1" });
      expect(stage.respan.spans).toHaveLength(3);
      const lines = outline(stage.respan);
      expect(lines[0]).toBe("instructor.create");
      expect(lines[1]).toMatch(/^ {2}\S/);
      expect(lines[2]).toMatch(/^\S/);
    });
  });
});
