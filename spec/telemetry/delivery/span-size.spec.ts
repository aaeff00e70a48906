import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { estimatedBytes } from "../../../lib/telemetry/delivery/span-size.js";

const bare = { attributes: {}, events: [], links: [], status: { code: 0 } };
const weigh = (parts: object): number => estimatedBytes({ ...bare, ...parts } as unknown as ReadableSpan);
const BARE = weigh({});
const LONG = 10_000;
const text = "x".repeat(LONG);

describe("about how many bytes a span holds", () => {
  it("is some hundreds where it holds no texts", () => {
    expect(BARE).toBeGreaterThan(100);
    expect(BARE).toBeLessThan(1_000);
  });

  it.each<[string, object, number]>([
    ["a text", { attributes: { text } }, LONG],
    ["a text of another alphabet", { attributes: { text: "ä".repeat(LONG / 2) } }, LONG],
    ["a name", { attributes: { [text]: 1 } }, LONG],
    ["texts in a list", { attributes: { list: [text, 1, null, text] } }, 2 * LONG],
    ["what its error says", { status: { code: 2, message: text } }, LONG],
    ["what an event says", { events: [{ attributes: { text } }, { attributes: undefined }] }, LONG],
    ["what a link says", { links: [{ attributes: { text } }, {}] }, LONG],
    [
      "many texts",
      { attributes: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at, "x".repeat(100)])) },
      LONG,
    ],
  ])("counts %s, and little around it", (_what, parts, bytes) => {
    const added = weigh(parts) - BARE;
    expect(added).toBeGreaterThanOrEqual(bytes);
    expect(added).toBeLessThan(bytes * 1.4);
  });

  it.each<[string, object]>([
    ["an event", { events: [{}] }],
    ["a link", { links: [{}] }],
    ["a number", { attributes: { n: 1 } }],
    ["a list of nothing", { attributes: { list: [] } }],
  ])("counts something for %s", (_what, parts) => {
    expect(weigh(parts)).toBeGreaterThan(BARE);
    expect(weigh(parts)).toBeLessThan(BARE + 200);
  });
});
