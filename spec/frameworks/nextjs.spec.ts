import { join } from "node:path";
import { post, Sample } from "../../scripts/frameworks/sample.js";
import { run, succeed } from "../../scripts/projects/run.js";
import { customerOf, outline, Stage } from "./stage.js";

describe("a Next.js application", () => {
  let sample: Sample;
  beforeAll(async () => {
    // `npm run build` is a full `next build`, which checks the types of instrumentation.ts and the route too.
    sample = await Sample.install("nextjs");
  });

  it("checks by type", async () => {
    await succeed("npx", ["tsc", "-p", "."], { cwd: sample.folder });
  });

  it("is traced by the telemetry of instrumentation.ts", async () => {
    await using stage = await Stage.start();
    const args = ["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port", "0"];
    await using server = await sample.start(args, { ...stage.environment, NEXT_TELEMETRY_DISABLED: "1" });
    const answers = await Promise.all(
      ["customer_one", "customer_two"].map((customer) =>
        post(`${server.url}/tickets`, { message: `from ${customer}` }, { "x-customer": customer }),
      ),
    );
    expect(answers.map(({ body }) => body.customer)).toEqual(["customer_one", "customer_two"]);
    await stage.respan.waitFor(4);
    await server.stop();
    expect(outline(stage.respan)).toEqual([
      "support_ticket_extraction.workflow",
      "  instructor.create",
      "support_ticket_extraction.workflow",
      "  instructor.create",
    ]);
    expect(new Set(stage.respan.spans.map(customerOf))).toEqual(new Set(["customer_one", "customer_two"]));
    expect(stage.respan.spans[0]!.resource["service.name"]).toBe("support-next");
  });

  it("runs its register hook in the Node.js runtime alone", async () => {
    const esbuild = join(__dirname, "../../node_modules/esbuild");
    const hook = `
      const { buildSync } = require(${JSON.stringify(esbuild)});
      buildSync({ entryPoints: ["src/instrumentation.ts"], outfile: "out/instrumentation.cjs", format: "cjs" });
      const api = require("@opentelemetry/api");
      const { register } = require("./out/instrumentation.cjs");
      register().then(() => {
        const span = api.trace.getTracer("probe").startSpan("probe");
        process.stdout.write(String(span.isRecording()));
      });`;
    for (const [runtime, records] of [
      ["nodejs", "true"],
      ["edge", "false"],
    ]) {
      const env = { NEXT_RUNTIME: runtime, RESPAN_API_KEY: "key" };
      const { stdout, stderr } = await run(process.execPath, ["-e", hook], { cwd: sample.folder, env });
      expect([runtime, stdout, stderr]).toEqual([runtime, records, ""]);
    }
  });
});
