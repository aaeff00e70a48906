import { isUsageAlone } from "../../../lib/instructor/streaming/stream-usage.js";

describe("a chunk that carries the usage alone", () => {
  const usage = { total_tokens: 7 };

  it.each<[what: string, chunk: unknown]>([
    ["OpenAI's", { choices: [], usage }],
    ["with an empty part", { choices: [{ delta: { role: "assistant", content: "" }, finish_reason: null }], usage }],
    ["with nulls for a part", { choices: [{ delta: { content: null, tool_calls: null } }], usage }],
    ["with a choice that says nothing", { choices: [{}], usage }],
    ["with null for its delta", { choices: [{ delta: null, finish_reason: undefined }], usage }],
  ])("is known: %s", (_, chunk) => {
    expect(isUsageAlone(chunk)).toBe(true);
  });

  it.each<[what: string, chunk: unknown]>([
    ["without usage", { choices: [] }],
    ["with null for usage", { choices: [], usage: null }],
    ["with a text for usage", { choices: [], usage: "7 tokens" }],
    ["without choices", { usage }],
    ["with null for choices", { choices: null, usage }],
    ["with a part of the answer", { choices: [{ delta: { content: "a" } }], usage }],
    ["with the last part of the answer", { choices: [{ delta: {}, finish_reason: "stop" }], usage }],
    ["with a part in the second choice", { choices: [{ delta: {} }, { delta: { content: "a" } }], usage }],
    ["nothing", undefined],
    ["null", null],
  ])("is not taken for one: %s", (_, chunk) => {
    expect(isUsageAlone(chunk)).toBe(false);
  });
});
