import type { DiagLogger } from "@opentelemetry/api";
import { DiagLogLevel } from "@opentelemetry/api";
import type { Workflow, withWorkflow } from "../../lib/decorators/decorators.js";

/** What is said at the level `debug` while modules are used as if they had just been loaded. */
async function saidBy(
  use: (fresh: { Workflow: typeof Workflow; withWorkflow: typeof withWorkflow }) => void,
  onLine = (): void => undefined,
) {
  const lines: string[] = [];
  const note = (line: string): void => {
    lines.push(line);
    if (line.startsWith("respan-instructor")) onLine();
  };
  const logger: DiagLogger = { error: note, warn: note, info: note, debug: note, verbose: note };
  await jest.isolateModulesAsync(async () => {
    const api = await import("@opentelemetry/api");
    api.diag.setLogger(logger, { logLevel: DiagLogLevel.DEBUG, suppressOverrideMessage: true });
    lines.length = 0;
    use(await import("../../lib/decorators/decorators.js"));
    api.diag.disable();
  });
  return lines.filter((line) => line.startsWith("respan-instructor"));
}

describe("a decorated method that is called while no telemetry is active", () => {
  it("is called as it is, and says why it is not traced, once a process", async () => {
    const said = await saidBy((fresh) => {
      class Fresh {
        @fresh.Workflow({ name: "support" })
        answer(text: string): string {
          return text.toUpperCase();
        }
      }
      expect(new Fresh().answer("hello")).toBe("HELLO");
      expect(new Fresh().answer("again")).toBe("AGAIN");
      expect(fresh.withWorkflow("other", () => 1)).toBe(1);
    });
    expect(said).toEqual([
      "respan-instructor: @Workflow on answer: called while no telemetry is active; it is not traced",
    ]);
  });

  it("says so in its function form too", async () => {
    const said = await saidBy((fresh) => expect(fresh.withWorkflow("other", () => 1)).toBe(1));
    expect(said).toEqual(["respan-instructor: withWorkflow: called while no telemetry is active; it is not traced"]);
  });

  it("is not disturbed by a logger that throws", async () => {
    const fail = (): never => {
      throw new Error("a logger of the host's");
    };
    expect(await saidBy((fresh) => expect(fresh.withWorkflow("other", () => 1)).toBe(1), fail)).toHaveLength(1);
  });
});
