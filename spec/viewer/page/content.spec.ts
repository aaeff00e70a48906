import { entityContent, partsWithoutContent, resultOf } from "../../../lib/viewer/page/model/content.js";
import { inheritedGroups, roleOf } from "../../../lib/viewer/page/model/inherited.js";
import { apiSpan, attemptEvent } from "./api-span.js";

describe("a span's content", () => {
  it("is found where this SDK and others put it", () => {
    expect(entityContent({ "traceloop.entity.input": "a", "output.value": "b" })).toEqual({ input: "a", output: "b" });
    expect(entityContent({ "gen_ai.tool.call.arguments": { a: 1 } }).input).toBe('{"a":1}');
    expect(resultOf({ "traceloop.entity.output": '{"a":1}' })).toEqual({ a: 1 });
  });

  it("is said to be off for a span of this SDK without any", () => {
    const chat = { "respan.entity.log_type": "chat", "llm.request.type": "chat" };
    const off = apiSpan("chat", { attributes: chat, events: [attemptEvent(1, { number: 1 })] });
    expect(partsWithoutContent(off)).toEqual(["messages", "answer", "schema", "issues", "what Instructor added"]);
    const decorated = { "respan.entity.log_method": "ts_tracing", "traceloop.span.kind": "task" };
    expect(partsWithoutContent(apiSpan("task", { attributes: decorated }))).toEqual(["input", "output"]);
  });

  it("is not said to be off where there is some, or for others' spans", () => {
    const chat = { "respan.entity.log_type": "chat", "llm.request.type": "chat", "gen_ai.prompt.0.content": "Hi" };
    expect(partsWithoutContent(apiSpan("chat", { attributes: chat }))).toEqual([]);
    expect(partsWithoutContent(apiSpan("other"))).toEqual([]);
  });
});

it("what a span inherited is grouped by what it says, without what is empty", () => {
  const groups = inheritedGroups({
    "respan.customer_params.customer_identifier": "acme",
    "respan.threads.thread_identifier": "",
    "respan.metadata.tier": "gold",
    "traceloop.workflow.name": "extract",
  });
  expect(groups.map(({ title, entries }) => [title, entries])).toEqual([
    ["Customer", [["identifier", "acme"]]],
    ["Scope", [["workflow", "extract"]]],
    ["Metadata", [["tier", "gold"]]],
  ]);
});

it.each([
  ["workflow", { "traceloop.span.kind": "workflow" }],
  ["chat", { "respan.entity.log_type": "chat" }],
  ["chat", { "openinference.span.kind": "LLM" }],
  ["tool", { "gen_ai.operation.name": "execute_tool" }],
  ["http", { "http.request.method": "GET" }],
  ["other", { "traceloop.span.kind": "constructor" }],
])("a span is a %s by %j", (role, attributes) => {
  expect(roleOf(apiSpan("span", { attributes: { ...attributes } }))).toBe(role);
});
