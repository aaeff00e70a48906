import { answerValue, attemptsOf } from "../../../lib/viewer/page/model/attempts.js";
import { apiSpan, attemptEvent } from "./api-span.js";

const call = (parts: Parameters<typeof apiSpan>[1]) =>
  attemptsOf(apiSpan("chat", { startTime: 1_000, durationMs: 500, ...parts }));

describe("the attempts of a call", () => {
  it("are in order of their number, each with its stretch of the call", () => {
    const attempts = call({
      events: [
        attemptEvent(1_500, { number: 2, duration: 0.2, outcome: "success" }),
        attemptEvent(1_290, { number: 1, duration: 0.28, outcome: "validation_error" }),
        { name: "exception", time: 1_100, attributes: {} },
      ],
    });
    expect(attempts.map(({ number, outcome, start, end }) => [number, outcome, start, end])).toEqual([
      [1, "validation_error", 1_010, 1_290],
      [2, "success", 1_300, 1_500],
    ]);
  });

  it("lie within the call, whatever their times say", () => {
    const [attempt] = call({ events: [attemptEvent(9_000, { duration: 60 })] });
    expect(attempt).toMatchObject({ number: 1, outcome: "unknown", start: 1_000, end: 1_500 });
  });

  it("have their tokens, finish reason, issues and answer", () => {
    const issues = [{ path: ["lines", 0, "amount"], code: "too_small", message: "must be positive" }];
    const [attempt] = call({
      events: [
        attemptEvent(1_400, {
          input_tokens: 10,
          output_tokens: "4",
          cached_tokens: 2,
          finish_reason: "tool_calls",
          answer: '{"lines":[{"amount":0}]}',
          issues: JSON.stringify(issues),
        }),
      ],
    });
    expect(attempt).toMatchObject({
      inputTokens: 10,
      outputTokens: 4,
      cachedTokens: 2,
      finishReason: "tool_calls",
      issues,
      value: { lines: [{ amount: 0 }] },
    });
  });

  it("read issues of other forms: a path as text, a bare message", () => {
    const [attempt] = call({
      events: [attemptEvent(1_400, { issues: '[{"path":"lines[2].amount","message":"no"},"just words"]' })],
    });
    expect(attempt?.issues).toEqual([
      { path: ["lines", 2, "amount"], message: "no" },
      { path: [], message: "just words" },
    ]);
  });

  it("find a failed answer in what Instructor sent back with the next request", () => {
    const toolCall = (text: string) => ({
      role: "assistant",
      tool_calls: [{ function: { name: "Ticket", arguments: text } }],
    });
    const added = [toolCall('{"a":1}'), { role: "user", content: "Please correct it" }];
    const attempts = call({
      attributes: { "traceloop.entity.output": '{"a":3}' },
      events: [
        attemptEvent(1_100, { number: 1, outcome: "validation_error" }),
        attemptEvent(1_200, { number: 2, outcome: "validation_error", added_messages: JSON.stringify(added) }),
        attemptEvent(1_300, {
          number: 3,
          outcome: "success",
          added_messages: JSON.stringify([...added, toolCall('{"a":2}')]),
        }),
      ],
    });
    expect(attempts.map(({ value }) => value)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(attempts.map((attempt) => attempt.added.length)).toEqual([0, 2, 3]);
  });

  it("take no earlier answer for their own", () => {
    const added = JSON.stringify([{ role: "assistant", content: '{"a":1}' }]);
    const attempts = call({
      events: [
        attemptEvent(1_100, { number: 1, outcome: "validation_error" }),
        attemptEvent(1_200, { number: 2, outcome: "provider_error", added_messages: added }),
        attemptEvent(1_300, { number: 3, outcome: "provider_error", added_messages: added }),
      ],
    });
    expect(attempts.map(({ answer }) => answer)).toEqual(['{"a":1}', undefined, undefined]);
  });
});

it.each([
  ['{"a":1}', { a: 1 }],
  ['Here it is:\n```json\n{"a":1}\n```', { a: 1 }],
  ['The answer is {"a":1}, as asked.', { a: 1 }],
  ["[1,2]", [1, 2]],
  ['{"a":', undefined],
  ["no JSON", undefined],
  [undefined, undefined],
])("the JSON of the answer %j is %j", (answer, value) => {
  expect(answerValue(answer)).toEqual(value);
});
