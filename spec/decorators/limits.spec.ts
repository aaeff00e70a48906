import { withTask } from "../../lib/index.js";
import { captureSpans } from "../../lib/testing.js";

const numbers = Array.from({ length: 80 }, (_, index) => index);

describe("limits of a decorated call", () => {
  it("are 16 KiB, 50 items and 8 levels where no others are given", () => {
    using spans = captureSpans();
    withTask({ name: "given" }, () => ({ numbers, text: "x".repeat(20_000) }));
    const { attributes, output } = spans.find("given") ?? {};
    expect((output as { numbers: unknown[] }).numbers).toEqual([...numbers.slice(0, 50), "...[cut]"]);
    const bytes = Buffer.byteLength(attributes?.["traceloop.entity.output"] as string);
    expect(bytes).toBeLessThanOrEqual(16_384);
    expect(bytes).toBeGreaterThan(16_300);
  });

  it("are the user's, for a result and for what a generator yields", () => {
    using spans = captureSpans({ limits: { payloadBytes: 40_000, items: 70, depth: 3 } });
    const text = "x".repeat(20_000);
    withTask({ name: "given" }, () => ({ numbers, text, deep: [[[1]]] }));
    const items = withTask({ name: "yielded" }, function* () {
      yield* numbers;
    });
    expect([...items]).toEqual(numbers);
    expect(spans.find("given")?.output).toEqual({
      numbers: [...numbers.slice(0, 70), "...[cut]"],
      text,
      deep: [["...[cut]"]],
    });
    expect(spans.find("yielded")?.output).toEqual([...numbers.slice(0, 70), "...[cut]"]);
  });
});
