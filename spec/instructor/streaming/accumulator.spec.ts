import { StreamedCompletion } from "../../../lib/instructor/streaming/accumulator.js";

function completionOf(chunks: readonly unknown[]): object {
  const completion = new StreamedCompletion();
  for (const chunk of chunks) completion.add(chunk);
  return completion.toCompletion();
}

const choice = (delta: unknown, more: object = {}) => ({ choices: [{ index: 0, delta, ...more }] });
const message = (more: object) => ({
  choices: [{ index: 0, message: { role: "assistant", content: null, refusal: null, ...more }, finish_reason: null }],
});
const calls = (...all: [id: string | undefined, name: string, text: string][]) =>
  message({
    tool_calls: all.map(([id, name, text]) => ({
      type: "function",
      function: { name, arguments: text },
      ...(id !== undefined && { id }),
    })),
  });
const hostile = {
  get content(): string {
    throw new Error("no");
  },
  role: "system",
};

describe("the completion that a stream's chunks make", () => {
  it.each<[what: string, chunks: unknown[], expected: object]>([
    ["content in pieces", [choice({ content: "He" }), choice({ content: "llo" })], message({ content: "Hello" })],
    [
      "a refusal in pieces",
      [choice({ refusal: "I can" }), choice({ refusal: "not" })],
      message({ refusal: "I cannot" }),
    ],
    ["an empty content, which is one", [choice({ content: "" })], message({ content: "" })],
    ["nulls, which say nothing", [choice({ role: null, content: null, refusal: null })], message({})],
    ["a role of its own", [choice({ role: "model" }), choice({})], message({ role: "model" })],
    ["a delta that is null", [choice(null), choice({ content: "a" })], message({ content: "a" })],
    [
      "a tool call in pieces",
      [
        choice({
          tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "Tic", arguments: "" } }],
        }),
        choice({ tool_calls: [{ index: 0, function: { name: "ket", arguments: '{"a"' } }] }),
        choice({ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] }),
      ],
      message({ tool_calls: [{ type: "function", function: { name: "Ticket", arguments: '{"a":1}' }, id: "call_1" }] }),
    ],
    [
      "two tool calls, side by side",
      [
        choice({ tool_calls: [{ index: 0, id: "a", function: { name: "A", arguments: "1" } }] }),
        choice({ tool_calls: [{ index: 1, id: "b", type: "custom", function: { name: "B", arguments: "2" } }] }),
        choice({
          tool_calls: [
            { index: 0, function: { arguments: "3" } },
            { index: 1, function: { arguments: "4" } },
          ],
        }),
      ],
      message({
        tool_calls: [
          { type: "function", function: { name: "A", arguments: "13" }, id: "a" },
          { type: "custom", function: { name: "B", arguments: "24" }, id: "b" },
        ],
      }),
    ],
    [
      "a tool call without an index or an id, as some providers send it",
      [choice({ tool_calls: [{ function: { name: "A", arguments: "1" } }] }), choice({ tool_calls: [{}] })],
      message({ tool_calls: [{ type: "function", function: { name: "A", arguments: "1" } }] }),
    ],
    [
      "a function call of the older form",
      [choice({ function_call: { name: "Ticket" } }), choice({ function_call: { arguments: "{}" } })],
      message({ function_call: { name: "Ticket", arguments: "{}" } }),
    ],
    ["null for calls", [choice({ tool_calls: null, function_call: null })], message({})],
    ["a choice without an index", [{ choices: [{ delta: { content: "a" } }] }], message({ content: "a" })],
    [
      "two choices, in turns, by their indexes",
      [
        { choices: [{ index: 1, delta: { content: "b" } }] },
        { choices: [{ index: 0, delta: { content: "a" } }] },
        { choices: [{ index: 1, delta: { content: "B" }, finish_reason: "stop" }] },
      ],
      {
        choices: [
          { index: 0, message: { role: "assistant", content: "a", refusal: null }, finish_reason: null },
          { index: 1, message: { role: "assistant", content: "bB", refusal: null }, finish_reason: "stop" },
        ],
      },
    ],
    ["an empty finish reason, which is none", [choice({}, { finish_reason: "" })], message({})],
    [
      "tool calls with indexes from 1",
      [
        choice({ tool_calls: [{ index: 1, id: "a", function: { name: "A", arguments: "1" } }] }),
        choice({ tool_calls: [{ index: 2, id: "b", function: { name: "B", arguments: "2" } }] }),
        choice({ tool_calls: [{ index: 1, function: { arguments: "3" } }] }),
      ],
      calls(["a", "A", "13"], ["b", "B", "2"]),
    ],
    ...[0, null, undefined].map((index): [string, unknown[], object] => [
      `two tool calls with the index ${index} each`,
      [
        choice({ tool_calls: [{ index, id: "a", function: { name: "A", arguments: "1" } }] }),
        choice({ tool_calls: [{ index, id: null, function: { name: null, arguments: "2" } }] }),
        choice({ tool_calls: [{ index, id: "b", function: { name: "B", arguments: "3" } }] }),
        choice({ tool_calls: [{ index, id: "", function: { arguments: "4" } }] }),
        choice({ tool_calls: [{ index, id: "a", function: { arguments: "5" } }] }),
      ],
      calls(["a", "A", "125"], ["b", "B", "34"]),
    ]),
    [
      "two tool calls without ids and indexes, one after the other",
      [
        choice({ tool_calls: [{ function: { name: "A", arguments: '{"a":' } }] }),
        choice({
          tool_calls: [{ function: { name: "A", arguments: "1}" } }, { function: { name: "A", arguments: "{}" } }],
        }),
      ],
      calls([undefined, "A", '{"a":1}'], [undefined, "A", "{}"]),
    ],
    [
      "the name in every delta",
      ["{", "}"].map((text) =>
        choice({ tool_calls: [{ index: 0, id: "a", function: { name: "A", arguments: text } }] }),
      ),
      calls(["a", "A", "{}"]),
    ],
    [
      "arguments that are an object",
      [choice({ tool_calls: [{ index: 0, id: "a", function: { name: "A", arguments: { a: 1 } } }] })],
      calls(["a", "A", '{"a":1}']),
    ],
    [
      "arguments that are repeated whole at the end",
      ['{"a"', ":1}", '{"a":1}'].map((text) =>
        choice({ tool_calls: [{ index: 0, id: "a", function: { name: "A", arguments: text } }] }),
      ),
      calls(["a", "A", '{"a":1}']),
    ],
    [
      "a custom tool call",
      [
        choice({ tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "code", input: "" } }] }),
        choice({ tool_calls: [{ index: 0, custom: { input: "print(" } }] }),
        choice({ tool_calls: [{ index: 0, custom: { input: "1)" } }] }),
      ],
      message({ tool_calls: [{ type: "custom", custom: { name: "code", input: "print(1)" }, id: "a" }] }),
    ],
    [
      "the transcript of a spoken answer",
      [choice({ audio: { id: "a", transcript: "good" } }), choice({ audio: { transcript: " morning" } })],
      message({ audio: { transcript: "good morning" } }),
    ],
    ["reasoning", [choice({ reasoning_content: "2" }), choice({ reasoning: "+2" })], message({ reasoning: "2+2" })],
    [
      "content in parts",
      [
        choice({
          content: [
            { type: "thinking", thinking: [] },
            { type: "text", text: "a" },
          ],
        }),
        choice({ content: "b" }),
      ],
      message({ content: "ab" }),
    ],
    [
      "what follows a choice that says nothing",
      [{ choices: [{ index: 0, delta: null }, { index: 1 }, { index: 2, delta: { content: "c" } }] }],
      {
        choices: [null, null, "c"].map((text, index) => ({
          index,
          message: { role: "assistant", content: text, refusal: null },
          finish_reason: null,
        })),
      },
    ],
    [
      "what follows a tool call that says nothing",
      [
        choice({
          tool_calls: [
            { index: 0, id: "a" },
            { index: 1, function: { name: "B" } },
          ],
        }),
      ],
      message({
        tool_calls: [
          { type: "function", function: { name: "", arguments: "" }, id: "a" },
          { type: "function", function: { name: "B", arguments: "" } },
        ],
      }),
    ],
    [
      "the reason why it ended, whatever follows",
      [choice({}, { finish_reason: "length" }), choice({}, { finish_reason: null }), choice({})],
      {
        choices: [{ index: 0, message: { role: "assistant", content: null, refusal: null }, finish_reason: "length" }],
      },
    ],
    [
      "the first id, time and model that come",
      [{ choices: [] }, { id: "1", created: 5, model: "m" }, { id: "2", created: 6, model: "n", choices: null }],
      { id: "1", created: 5, model: "m", choices: [] },
    ],
    ["usage", [{ usage: { total_tokens: 7 } }, { usage: null }], { choices: [], usage: { total_tokens: 7 } }],
    ["the latest usage", [{ usage: { a: 1 } }, { usage: { a: 2 } }], { choices: [], usage: { a: 2 } }],
    ["Groq's usage", [{ x_groq: { usage: { a: 1 } } }, { x_groq: {} }], { choices: [], usage: { a: 1 } }],
    ["the usage within a choice", [{ choices: [{ index: 0, usage: { a: 1 } }] }], { ...message({}), usage: { a: 1 } }],
    [
      "the first id and model that are not empty",
      [
        { id: "", model: "", choices: [] },
        { id: "1", model: "m" },
        { id: "2", model: "n" },
      ],
      { id: "1", model: "m", choices: [] },
    ],
    ["no chunks at all", [undefined, null, 7, "data", {}], { choices: [] }],
    [
      "a chunk that cannot be read to its end",
      [choice(hostile), choice({ content: "a" })],
      message({ role: "system", content: "a" }),
    ],
  ])("holds %s", (_, chunks, expected) => {
    const absent = { id: undefined, created: undefined, model: undefined };
    expect(completionOf(chunks)).toStrictEqual({ ...absent, object: "chat.completion", ...expected });
  });

  it("keeps of each text no more than it is told to", () => {
    const completion = new StreamedCompletion(10);
    for (let count = 0; count < 100; count++) completion.add(choice({ content: "abcde", reasoning: "é" }));
    expect(completion.toCompletion()).toMatchObject({
      choices: [{ message: { content: "abcdeabcde", reasoning: "éééééééééé" } }],
    });
  });

  it("says why each choice ended", () => {
    const completion = new StreamedCompletion(0);
    completion.add(choice({ content: "a" }));
    expect(completion.finishReasons).toEqual([]);
    completion.add({
      choices: [
        { index: 0, finish_reason: "stop" },
        { index: 1, finish_reason: "" },
        { index: 2, finish_reason: "error" },
      ],
    });
    expect(completion.finishReasons).toEqual(["stop", "error"]);
  });

  it("says what usage has come", () => {
    const completion = new StreamedCompletion();
    expect(completion.reportedUsage).toBeUndefined();
    const usage = { total_tokens: 7 };
    completion.add({ usage });
    expect(completion.reportedUsage).toBe(usage);
  });
});

describe("the pieces of an answer in a chunk", () => {
  it.each<[what: string, chunk: unknown, expected: object[]]>([
    ["content", choice({ content: "a" }), [{ tool: undefined, text: "a" }]],
    [
      "what a tool is called with",
      choice({ tool_calls: [{ index: 0, function: { arguments: "a" } }] }),
      [{ tool: 0, text: "a" }],
    ],
    ["a tool without an index", choice({ tool_calls: [{ function: { arguments: "a" } }] }), [{ tool: 0, text: "a" }]],
    [
      "several tools",
      choice({
        tool_calls: [
          { index: 1, function: { arguments: "b" } },
          { index: 2 },
          { index: 3, function: { arguments: "" } },
          { index: 0, function: { arguments: "a" } },
        ],
      }),
      [
        { tool: 0, text: "b" },
        { tool: 3, text: "a" },
      ],
    ],
    ["a function", choice({ function_call: { arguments: "a" } }), [{ tool: 0, text: "a" }]],
    ["a function's name", choice({ function_call: { name: "a" } }), []],
    [
      "the first choice",
      {
        choices: [
          { index: 1, delta: { content: "b" } },
          { index: 0, delta: { content: "a" } },
        ],
      },
      [{ tool: undefined, text: "a" }],
    ],
    ["an empty content", choice({ content: "" }), []],
    ["null for content", choice({ content: null, tool_calls: null, function_call: null }), []],
    ["a content in parts", choice({ content: [{ type: "text", text: "a" }] }), [{ tool: undefined, text: "a" }]],
    ["a content that is no text", choice({ content: [{ type: "image" }] }), []],
    ["no delta", { choices: [{}] }, []],
    ["null for a delta", choice(null), []],
    ["no choice", { choices: [] }, []],
    ["no choices", {}, []],
    ["null for choices", { choices: null }, []],
    ["null", null, []],
    ["nothing", undefined, []],
  ])("are found in %s", (_, chunk, expected) => {
    expect(new StreamedCompletion().add(chunk)).toStrictEqual(expected);
  });
});
