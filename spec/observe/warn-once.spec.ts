import { diag } from "@opentelemetry/api";
import { quietly, warnOnce } from "../../lib/observe/warn-once.js";
import { Warnings } from "../scope/warnings.js";

describe("a warning", () => {
  it("is said once for each cause, in the package's name", () => {
    using warnings = new Warnings();
    warnOnce("one", "the first");
    warnOnce("one", "the same again");
    warnOnce("two", "the second");
    expect(warnings.said).toEqual(["respan-instructor: the first", "respan-instructor: the second"]);
  });

  it("throws nothing where the host's logger does", () => {
    const refuse = (): never => {
      throw new Error("disk full");
    };
    const logger = { error: refuse, warn: refuse, info: () => undefined, debug: refuse, verbose: refuse };
    diag.setLogger(logger, { suppressOverrideMessage: true });
    expect(() => {
      warnOnce("logger", "lost");
    }).not.toThrow();
    diag.disable();
  });

  it("says what work of ours failed at, and the error's type alone", () => {
    using warnings = new Warnings();
    const fail = (): number => {
      throw new RangeError("a customer's text");
    };
    expect(quietly("a value could not be read", () => 7)).toBe(7);
    expect(warnings.said).toEqual([]);
    expect(quietly("a value could not be read", fail)).toBeUndefined();
    expect(quietly("a value could not be read", fail)).toBeUndefined();
    expect(quietly("another could not be read", fail)).toBeUndefined();
    expect(warnings.said).toEqual([
      "respan-instructor: a value could not be read (RangeError)",
      "respan-instructor: another could not be read (RangeError)",
    ]);
  });

  it("is not said any more after a thousand causes, however many a caller sends", () => {
    using warnings = new Warnings();
    for (let at = 0; at < 3_000; at++) warnOnce(`cause ${at}`, `message ${at}`);
    // Those of the tests above are among the thousand.
    expect(warnings.said.length).toBeLessThanOrEqual(1_000);
    expect(warnings.said.length).toBeGreaterThan(990);
    expect(warnings.said.at(-1)).toBe(`respan-instructor: message ${warnings.said.length - 1}`);
  });
});
