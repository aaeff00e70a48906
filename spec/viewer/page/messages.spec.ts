import type { ApiAttributes } from "../../../lib/viewer/api.js";
import { conversation, messageOf, messageText } from "../../../lib/viewer/page/model/messages.js";

const said = (attributes: ApiAttributes) => {
  const { input, output } = conversation(attributes);
  return [input, output].map((messages) => messages.map((message) => [message.role, messageText(message)]));
};

describe("a conversation", () => {
  it.each<[string, ApiAttributes, [string, string][], [string, string][]]>([
    [
      "numbered attributes, in their order",
      {
        "gen_ai.prompt.10.role": "user",
        "gen_ai.prompt.10.content": "last",
        "gen_ai.prompt.2.role": "system",
        "gen_ai.prompt.2.content": "first",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "Hello",
      },
      [
        ["system", "first"],
        ["user", "last"],
      ],
      [["assistant", "Hello"]],
    ],
    [
      "OpenTelemetry's current form",
      {
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
        "gen_ai.output.messages": [{ role: "assistant", parts: [{ type: "text", content: "Hello" }] }],
      },
      [["user", "Hi"]],
      [["assistant", "Hello"]],
    ],
    [
      "OpenInference's",
      {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "Hi",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "Hello",
      },
      [["user", "Hi"]],
      [["assistant", "Hello"]],
    ],
    [
      "Vercel's",
      { "ai.prompt": '{"messages":[{"role":"user","content":"Hi"}]}', "ai.response.text": "Hello" },
      [["user", "Hi"]],
      [["assistant", "Hello"]],
    ],
    [
      "a call's input",
      { "traceloop.entity.input": '{"messages":[{"role":"user","content":"Hi"}]}' },
      [["user", "Hi"]],
      [],
    ],
    ["nothing of it", { "gen_ai.input.messages": 7, "gen_ai.prompt.x": "y", "traceloop.entity.input": "[" }, [], []],
  ])("is read from %s", (_what, attributes, input, output) => {
    expect(said(attributes)).toEqual([input, output]);
  });

  it("has tool calls that are spread over attributes", () => {
    const { output } = conversation({
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.tool_calls.0.name": "greet",
      "gen_ai.completion.0.tool_calls.0.arguments": '{"a":1}',
    });
    expect(output[0]?.toolCalls).toEqual([{ name: "greet", arguments: '{"a":1}' }]);
  });
});

describe("a message", () => {
  it("has OpenAI's tool calls, a function call, and the call that it answers", () => {
    const message = messageOf({
      role: "tool",
      content: null,
      tool_call_id: "call_1",
      finish_reason: "stop",
      tool_calls: [{ id: "call_2", type: "function", function: { name: "f", arguments: "{}" } }],
      function_call: { name: "g", arguments: "[]" },
    });
    expect(message).toEqual({
      role: "tool",
      parts: [],
      toolCalls: [
        { id: "call_2", name: "f", arguments: "{}" },
        { name: "g", arguments: "[]" },
      ],
      toolCallId: "call_1",
      finishReason: "stop",
    });
  });

  it("has Anthropic's parts: text, thinking, tool use, results", () => {
    const { parts, toolCalls } = messageOf({
      role: "assistant",
      content: [
        { type: "thinking", text: "Let me see." },
        { type: "text", text: "Here." },
        { type: "tool_use", id: "t1", name: "look", input: { at: 1 } },
        { type: "tool_result", content: "found" },
      ],
    });
    expect(parts).toEqual([
      { type: "reasoning", text: "Let me see." },
      { type: "text", text: "Here." },
      { type: "text", text: "found" },
    ]);
    expect(toolCalls).toEqual([{ id: "t1", name: "look", arguments: '{"at":1}' }]);
  });

  it("shows an image as what it is", () => {
    const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
    const { parts } = messageOf({ role: "user", content: JSON.stringify([image]) });
    expect(parts).toEqual([{ type: "other", kind: "image_url", value: image }]);
  });

  it("keeps JSON that is no list of parts as text", () => {
    expect(messageOf({ role: "user", content: "[1,2]" }).parts).toEqual([{ type: "text", text: "[1,2]" }]);
  });
});
