import { SPAN_BYTES } from "../../lib/capture/bounds.js";
import { fitContent } from "../../lib/capture/cut.js";

const kib = (count: number): string => "x".repeat(count * 1_024);
const bytesOf = (...parts: (object | undefined)[]): number =>
  parts.flatMap((part) => Object.values(part ?? {}).flat() as string[]).join("").length;

describe("what one span records", () => {
  it("stays as it is up to 512 KiB", () => {
    const content = { attributes: { input: kib(256), output: kib(200) }, events: [{ answer: kib(56) }, undefined] };
    expect(fitContent(content)).toEqual(content);
  });

  it("has the oldest events give way, as many as are too much", () => {
    const events = [{ list: `[${kib(100)}]` }, { answer: kib(100) }, undefined, { answer: kib(100) }];
    const attributes = { input: kib(150), output: kib(150) };
    expect(fitContent({ attributes, events })).toEqual({
      attributes,
      events: [{ list: '"...[cut]"' }, ...events.slice(1)],
    });
  });

  it("has the longest attributes cut where that is not enough", () => {
    const attributes = { input: kib(400), output: JSON.stringify({ a: kib(400) }), small: "small", list: [kib(1)] };
    const fitted = fitContent({ attributes, events: [{ answer: kib(64) }] });
    expect(fitted.events).toEqual([{ answer: "...[cut]" }]);
    expect(fitted.attributes).toMatchObject({ small: "small", list: [kib(1)] });
    expect(JSON.parse(String(fitted.attributes?.output))).toEqual({
      a: expect.stringMatching(/^x+\.\.\.\[cut\]$/) as string,
    });
    expect(bytesOf(fitted.attributes, ...fitted.events)).toBeLessThanOrEqual(SPAN_BYTES);
    expect(bytesOf(fitted.attributes, ...fitted.events)).toBeGreaterThan(SPAN_BYTES - 64);
  });

  it("does not count tool arguments and schemas", () => {
    const attributes = {
      "gen_ai.prompt.3.tool_calls": kib(900),
      "gen_ai.completion.0.tool_calls": kib(900),
      "llm.request.functions": kib(900),
      "gen_ai.tool.definitions": kib(900),
      input: kib(500),
    };
    expect(fitContent({ attributes, events: [] }).attributes).toEqual(attributes);
  });
});
