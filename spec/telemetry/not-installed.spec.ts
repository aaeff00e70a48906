import { diag, DiagLogLevel } from "@opentelemetry/api";
import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import { activateInstrumentor } from "../../lib/telemetry/sessions.js";
import { Warnings } from "../../lib/telemetry/diagnostics.js";

/** What is warned of while something is done. */
function warningsOf(work: () => void): string[] {
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const warn = (message: string): void => void warnings.push(message);
  diag.setLogger({ error: quiet, warn, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.ALL);
  try {
    work();
  } finally {
    diag.disable();
  }
  return warnings;
}

describe("a service whose Instructor cannot be traced", () => {
  it.each<[string, unknown, string]>([
    ["throws as it is activated", new Error("boom"), "boom"],
    ["throws nothing", undefined, "undefined"],
    ["throws a text", "no luck", "no luck"],
  ])("is warned, and runs all the same, where it %s", (_why, fault, reason) => {
    const activate = jest.spyOn(InstructorInstrumentor.prototype, "activate").mockImplementation(() => {
      throw fault;
    });
    try {
      expect(warningsOf(() => activateInstrumentor(new Warnings())())).toEqual([
        `respan-instructor: Instructor clients that others construct are not traced: ${reason}`,
      ]);
    } finally {
      activate.mockRestore();
    }
  });

  describe("because it is not installed", () => {
    beforeEach(() =>
      jest.doMock("@instructor-ai/instructor", () => {
        throw new Error("Cannot find module '@instructor-ai/instructor'\nRequire stack:\n- /app/index.js");
      }),
    );
    afterEach(() => jest.dontMock("@instructor-ai/instructor"));

    it("is warned, and activate() does not throw", () => {
      const one = new InstructorInstrumentor();
      expect(warningsOf(() => one.activate())).toEqual([
        "respan-instructor: Instructor clients that others construct are not traced: " +
          "no @instructor-ai/instructor was found (Cannot find module '@instructor-ai/instructor')",
      ]);
      expect(one.isActive).toBe(true);
      one.deactivate();
    });
  });
});
