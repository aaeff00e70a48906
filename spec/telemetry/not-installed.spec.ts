import { diag, DiagLogLevel } from "@opentelemetry/api";
import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import { activateInstrumentor } from "../../lib/telemetry/auto-instrumentation.js";
import { Warnings } from "../../lib/telemetry/warnings.js";

const coded = (message: string, code?: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), code && { code });

/** What is said where the process's Instructor cannot be traced, because of this. */
function saidOf(fault: unknown): { warnings: string[]; details: string[] } {
  const [warnings, details]: [string[], string[]] = [[], []];
  const quiet = (): void => undefined;
  const warn = (message: string): void => void warnings.push(message);
  const debug = (message: string): void => void details.push(message);
  diag.setLogger({ error: quiet, warn, info: quiet, debug, verbose: quiet }, DiagLogLevel.DEBUG);
  details.length = 0;
  // Here it is installed.
  const activate = jest.spyOn(InstructorInstrumentor.prototype, "activate").mockImplementation(() => {
    throw fault;
  });
  try {
    activateInstrumentor(new Warnings())();
  } finally {
    activate.mockRestore();
    diag.disable();
  }
  return { warnings, details: details.filter((line) => line.startsWith("respan-instructor")) };
}

describe("a service whose Instructor cannot be traced", () => {
  const missing = coded("Cannot find module", "MODULE_NOT_FOUND");
  const packageMissing = coded("Cannot find package", "ERR_MODULE_NOT_FOUND");

  const deep = coded("one", undefined, coded("two", undefined, coded("three", undefined, missing)));
  const ofAnotherRealm = { message: "Cannot find module", code: "MODULE_NOT_FOUND" };

  it.each([
    ["is not there", missing],
    ["is not there, which a test runner's own error tells", ofAnotherRealm],
    ["is not there, for an ES module", packageMissing],
    ["is not there, which another error tells", coded("failed to load", undefined, missing)],
    ["is not there, which another error's cause tells", coded("failed", "E", coded("loading", undefined, missing))],
  ])("has nothing to trace where it %s: a detail, and no warning", (_why, fault) => {
    expect(saidOf(fault)).toEqual({
      warnings: [],
      details: [`respan-instructor: Instructor is not installed (${fault.message})`],
    });
  });

  it.each<[string, unknown, string]>([
    ["throws as it is loaded", coded("boom"), "boom"],
    ["throws something with another code", coded("no access", "EACCES", coded("deeper", "EPERM")), "no access"],
    ["throws something of which that is said too far away", deep, "one"],
    ["throws nothing", undefined, "undefined"],
    ["throws a text", "no luck", "no luck"],
  ])("is warned, and runs all the same, where it %s", (_why, fault, reason) => {
    expect(saidOf(fault)).toEqual({
      warnings: [`respan-instructor: Instructor clients that others construct are not traced: ${reason}`],
      details: [],
    });
  });

  it("is not held up by an error that is its own cause", () => {
    const circular = coded("round and round");
    circular.cause = circular;
    expect(saidOf(circular).warnings).toHaveLength(1);
  });
});
