import { spawn } from "node:child_process";
import { once } from "node:events";
import { Sample } from "../../scripts/frameworks/sample.js";
import { cleanEnvironment } from "../../scripts/projects/run.js";
import { customerOf, orphans, outline, Stage } from "./stage.js";

describe("a queue worker", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.install("queue-worker");
  });

  it("continues the producer's trace in another process", async () => {
    await using stage = await Stage.start();
    const { stdout: jobs } = await sample.node(["out/producer.js"], stage.environment);
    expect(jobs).not.toContain("sk-local");

    const worker = spawn(process.execPath, ["out/worker.js"], {
      cwd: sample.folder,
      env: { ...cleanEnvironment(), ...stage.environment },
      stdio: ["pipe", "inherit", "inherit"],
    });
    worker.stdin.end(jobs);
    const [code] = (await once(worker, "exit")) as [number];
    expect(code).toBe(0);

    expect(outline(stage.respan)).toEqual([
      "receive_message.workflow",
      "  support_ticket_extraction.workflow",
      "    instructor.create",
      "receive_message.workflow",
      "  support_ticket_extraction.workflow",
      "    instructor.create",
    ]);
    expect(orphans(stage.respan)).toEqual([]);
    for (const root of stage.respan.tree()) {
      const inTrace = stage.respan.spans.filter(({ traceId }) => traceId === root.span.traceId);
      expect(inTrace.map(customerOf)).toEqual(inTrace.map(() => customerOf(root.span)));
      expect(inTrace.map(({ resource }) => resource["service.name"]).sort()).toEqual([
        "support-producer",
        "support-worker",
        "support-worker",
      ]);
    }
  });
});
