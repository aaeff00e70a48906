import type { Tracing } from "../../../lib/scope/tracing.js";
import { slot } from "../../../lib/scope/tracing.js";
import { hasTelemetry, provideTracing } from "../../../lib/telemetry/provider/tracing.js";

const tracing = (name: string): Tracing => ({ name }) as unknown as Tracing;

/** Who comes (a telemetry, `T…`, or a span processor, `p…`) and goes (`-T…`), and whose the slot is after each. */
const STORIES: readonly (readonly [string, string])[] = [
  ["T1 -T1", "T1 -"],
  ["T1 T2 -T2 -T1", "T1 T2 T1 -"],
  ["T1 T2 -T1 -T2", "T1 T2 T2 -"],
  ["p1 -p1", "p1 -"],
  ["p1 p2 -p2 -p1", "p1 p2 p1 -"],
  ["p1 p2 -p1 -p2", "p1 p2 p2 -"],
  ["p1 T1 -T1 -p1", "p1 T1 p1 -"],
  ["T1 p1 -p1 -T1", "T1 T1 T1 -"],
  ["T1 p1 -T1 -p1", "T1 T1 p1 -"],
  ["T1 T2 p1 -T2 -T1 -p1", "T1 T2 T2 T1 p1 -"],
  ["p1 T1 p2 -T1 -p2 -p1", "p1 T1 T1 p2 p1 -"],
  ["T1 p1 p2 -T1 -p1 -p2", "T1 T1 T1 p2 p2 -"],
  ["T1 -T1 -T1 T2 -T1 -T2", "T1 - - T2 T2 -"],
];

describe("whose tracing decorators and clients use", () => {
  it.each(STORIES)("%s: %s", (story, expected) => {
    const givesBack = new Map<string, () => void>();
    const present = new Set<string>();
    const seen: string[] = [];
    for (const step of story.split(" ")) {
      const name = step.replace("-", "");
      if (step === name) {
        present.add(name);
        givesBack.set(name, provideTracing(tracing(name), name.startsWith("p")));
      } else {
        present.delete(name);
        givesBack.get(name)?.();
      }
      seen.push((slot.tracing as unknown as { name: string } | undefined)?.name ?? "-");
      expect(hasTelemetry()).toBe([...present].some((one) => one.startsWith("T")));
    }
    expect(seen.join(" ")).toBe(expected);
  });

  it("is settled among all copies of this package", () => {
    const giveBack = provideTracing(tracing("T"), false);
    const owners = (globalThis as unknown as Record<symbol, unknown[]>)[Symbol.for("respan-instructor.owners.1")];
    expect(owners).toHaveLength(1);
    giveBack();
    expect(owners).toHaveLength(0);
  });
});
