import { Warnings } from "../../lib/telemetry/warnings.js";
import { HostLogger } from "./spans.js";

describe("warnings", () => {
  it("are given once for each cause, and say whose they are", () => {
    using logger = new HostLogger();
    const warnings = new Warnings();
    for (const [cause, message] of [
      ["key", "no key"],
      ["key", "no key, still"],
      ["queue", "queue full"],
    ] as const) {
      warnings.warn(cause, message);
    }
    expect(logger.warnings).toEqual(["respan-instructor: no key", "respan-instructor: queue full"]);
  });

  it("end after a hundred, whatever goes on", () => {
    using logger = new HostLogger();
    const warnings = new Warnings();
    for (let at = 0; at < 150; at++) warnings.warn(`cause ${at}`, `${at}`);
    expect(logger.warnings).toHaveLength(100);
    expect(logger.warnings.at(-1)).toBe("respan-instructor: 99");
  });
});
