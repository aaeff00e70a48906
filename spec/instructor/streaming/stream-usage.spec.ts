import { UsageChunkFinder } from "../../../lib/instructor/streaming/stream-usage.js";

const usage = { total_tokens: 7 };
const said = { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] };
const finished = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

/** Whether each chunk of a stream is taken for the one with the usage alone. */
function found(...chunks: unknown[]): boolean[] {
  const finder = new UsageChunkFinder();
  return chunks.map((chunk) => finder.isUsageAlone(chunk));
}

describe("the chunk that a stream has for its usage alone", () => {
  it.each<[what: string, chunk: unknown]>([
    ["OpenAI's", { choices: [], usage }],
    ["without choices", { usage }],
    ["with null for choices", { choices: null, usage }],
    ["with an empty part", { choices: [{ delta: { role: "assistant", content: "" }, finish_reason: null }], usage }],
    ["with an empty part that says again how it ended", { choices: [{ delta: {}, finish_reason: "stop" }], usage }],
    ["with nulls for a part", { choices: [{ delta: { content: null, tool_calls: null } }], usage }],
    ["with an empty list of tool calls", { choices: [{ delta: { content: "", tool_calls: [] } }], usage }],
    ["with a choice that says nothing", { choices: [{}], usage }],
    ["with null for its delta", { choices: [{ delta: null, finish_reason: undefined }], usage }],
  ])("is known after the answer: %s", (_, chunk) => {
    expect(found(said, finished, chunk)).toEqual([false, false, true]);
  });

  it.each<[what: string, chunk: unknown]>([
    ["without usage", { choices: [] }],
    ["with null for usage", { choices: [], usage: null }],
    ["with a text for usage", { choices: [], usage: "7 tokens" }],
    ["with something else for choices", { choices: "none", usage }],
    ["with an error", { choices: [], usage, error: { message: "no" } }],
    ["with a part of the answer", { choices: [{ delta: { content: "a" } }], usage }],
    ["with a part in the second choice", { choices: [{ delta: {} }, { delta: { content: "a" } }], usage }],
    ["nothing", undefined],
    ["null", null],
  ])("is not taken for one: %s", (_, chunk) => {
    expect(found(said, finished, chunk)).toEqual([false, false, false]);
  });

  it("is not one of many, each with the usage so far", () => {
    const first = { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }], usage };
    expect(found(first, { ...said, usage }, { ...finished, usage })).toEqual([false, false, false]);
    expect(found(first, { ...said, usage }, { ...finished, usage }, { choices: [], usage })).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it("does not come before each of several choices has finished", () => {
    const end = (index: number) => ({ choices: [{ index, delta: {}, finish_reason: "stop" }], usage });
    const empty = { choices: [{ index: 1, delta: { content: "" }, finish_reason: null }], usage };
    expect(found(said, empty, end(0), empty, end(1), empty)).toEqual([false, false, false, false, false, true]);
  });
});
