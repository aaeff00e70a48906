import { StreamedResponse } from "../../../lib/instructor/openai/responses.js";
import { eventsOf, functionCallItem, message, responseOf, USAGE } from "./openai-answers.js";

const response = responseOf([message("Let me see."), functionCallItem("note", { customer: "ACME" })]);
const events = eventsOf(response, 3);

const assembled = (given: readonly unknown[], maxBytes = Infinity): unknown => {
  const streamed = new StreamedResponse(maxBytes);
  for (const event of given) streamed.add(event);
  return streamed.toCompletion();
};

const whole = {
  id: "resp_1",
  model: "gpt-4o-mini-2024-07-18",
  usage: USAGE,
  choices: [
    {
      finish_reason: "completed",
      message: {
        role: "assistant",
        content: "Let me see.",
        tool_calls: [{ id: "call_1", type: "function", function: { name: "note", arguments: '{"customer":"ACME"}' } }],
      },
    },
  ],
};

describe("a streamed response", () => {
  it.each<[string, readonly unknown[]]>([
    ["in their order", events],
    ["in the opposite order", [...events].reverse()],
    ["of which only the last is there", events.slice(-1)],
    ["without pieces", events.filter(({ type }) => !String(type).endsWith(".delta"))],
    [
      "of which the last has no output",
      [...events.slice(0, -1), { type: "response.completed", response: responseOf([]) }],
    ],
    ["with others that nobody knows", [null, "?", { type: "response.future" }, { response: 7 }, ...events]],
  ])("is assembled of events %s", (_, given) => {
    expect(assembled(given)).toMatchObject(whole);
  });

  it("is what has come, where its last event does not", () => {
    expect(assembled(events.slice(0, -1))).toMatchObject({
      choices: [
        {
          finish_reason: undefined,
          message: {
            content: "Let me see.",
            tool_calls: [{ id: "call_1", function: { name: "note", arguments: '{"customer":"ACME"}' } }],
          },
        },
      ],
    });
  });

  it("has no finish reason before it is over, and then one", () => {
    const streamed = new StreamedResponse(Infinity);
    for (const event of events.slice(0, -1)) streamed.add(event);
    expect(streamed.finishReasons).toEqual([]);
    streamed.add({ type: "response.incomplete", response: { incomplete_details: { reason: "max_output_tokens" } } });
    streamed.add({ type: "response.in_progress", response: { status: "in_progress" } });
    expect(streamed.finishReasons).toEqual(["max_output_tokens"]);
  });

  it("keeps no text where there is nowhere to show it, and how it ended all the same", () => {
    const kept = assembled(events, 0);
    expect(JSON.stringify(kept)).not.toMatch(/Let|ACME/);
    expect(kept).toMatchObject({ usage: USAGE, choices: [{ finish_reason: "completed" }] });
  });
});
