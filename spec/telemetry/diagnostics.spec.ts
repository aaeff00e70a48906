import { diag } from "@opentelemetry/api";
import { shareDiagLogger, Warnings } from "../../lib/telemetry/diagnostics.js";
import type { LogLevel } from "../../lib/telemetry/telemetry-options.js";
import { HostLogger } from "./spans.js";

const WORDS = ["error", "warn", "info", "debug", "verbose"] as const;

/** What is written to stderr while `fn` runs. */
function stderrOf(fn: () => void): string[] {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    fn();
    return write.mock.calls.map(([text]) => String(text));
  } finally {
    write.mockRestore();
  }
}

/** Says something at each level. */
function sayAll(): void {
  for (const word of WORDS) diag[word](`a ${word}`);
}

describe("the logger that is lent", () => {
  it.each<[LogLevel, number]>([
    ["none", 0],
    ["error", 1],
    ["warn", 2],
    ["info", 3],
    ["debug", 4],
    ["verbose", 5],
    ["all", 5],
  ])("says at level %s what is at least as grave, each with its level, and nothing when it is back", (level, count) => {
    // At these levels OpenTelemetry logs each logger that is set or removed.
    let takeBack = (): void => undefined;
    stderrOf(() => (takeBack = shareDiagLogger(level)));
    const expected = WORDS.slice(0, count).map((word) => `[${word}] a ${word}\n`);
    expect(stderrOf(sayAll)).toEqual(expected);
    stderrOf(takeBack);
    expect(stderrOf(sayAll)).toEqual([]);
  });

  it("shows what a message is about", () => {
    const takeBack = shareDiagLogger("warn");
    expect(stderrOf(() => diag.warn("failed %s", "twice", { code: 1 }))).toEqual(["[warn] failed twice { code: 1 }\n"]);
    takeBack();
  });

  it("stays until the last of those who want it gives it back, however often one of them does", () => {
    const [first, second, third] = [shareDiagLogger("warn"), shareDiagLogger("error"), shareDiagLogger("none")];
    second();
    second();
    second();
    expect(stderrOf(() => diag.warn("heard"))).toHaveLength(1);
    first();
    expect(stderrOf(() => diag.warn("heard"))).toHaveLength(1);
    third();
    expect(stderrOf(() => diag.warn("not heard"))).toEqual([]);
  });

  it("is not set if the program has set one, which is never removed", () => {
    using logger = new HostLogger();
    const takeBack = shareDiagLogger("warn");
    expect(stderrOf(() => diag.warn("one"))).toEqual([]);
    takeBack();
    diag.warn("two");
    expect(logger.warnings).toEqual(["one", "two"]);
  });

  it("is set again if the program has removed its own in the meantime", () => {
    const first = shareDiagLogger("warn");
    {
      using host = new HostLogger();
      const second = shareDiagLogger("warn");
      diag.warn("to the host");
      expect(host.warnings).toEqual(["to the host"]);
      second();
    }
    const third = shareDiagLogger("warn");
    expect(stderrOf(() => diag.warn("heard"))).toEqual(["[warn] heard\n"]);
    first();
    expect(stderrOf(() => diag.warn("heard"))).toEqual(["[warn] heard\n"]);
    third();
    expect(stderrOf(() => diag.warn("not heard"))).toEqual([]);
  });

  it("costs no one anything where stderr cannot be written to", () => {
    const takeBack = shareDiagLogger("warn");
    const write = jest.spyOn(process.stderr, "write").mockImplementation(() => {
      throw new Error("EPIPE");
    });
    expect(() => diag.warn("to nobody")).not.toThrow();
    write.mockRestore();
    takeBack();
  });

  it.each([
    ["fails: the error is heard, and ends nothing", new Error("EPIPE"), 1],
    ["succeeds: nothing is listened for", undefined, 0],
  ])("listens to stderr where a write %s", (_how, error, listeners) => {
    const takeBack = shareDiagLogger("warn");
    const before = process.stderr.listenerCount("error");
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    diag.warn("to a pipe");
    const written = write.mock.calls[0]?.[1] as unknown as (error: Error | undefined) => void;
    write.mockRestore();
    written(error);
    expect(process.stderr.listenerCount("error")).toBe(before + listeners);
    if (error !== undefined) expect(process.stderr.emit("error", error)).toBe(true);
    expect(process.stderr.listenerCount("error")).toBeLessThanOrEqual(before);
    takeBack();
  });
});

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
