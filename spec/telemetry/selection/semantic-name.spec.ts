import type { Attributes } from "@opentelemetry/api";
import { semanticName } from "../../../lib/telemetry/selection/semantic-name.js";

describe("the name that the semantic style gives a span", () => {
  const call = { "llm.request.type": "chat" };
  const of = (kind: string, name?: unknown) =>
    ({ "traceloop.span.kind": kind, "traceloop.entity.name": name }) as Attributes;

  it.each<[string | undefined, Attributes]>([
    ["llm.gpt-4o", { ...call, "gen_ai.request.model": "gpt-4o" }],
    ["llm", call],
    ["llm", { ...call, "gen_ai.request.model": "" }],
    ["llm", { ...call, "gen_ai.request.model": 4 }],
    ["llm.gpt-4o", { ...call, ...of("task", "triage"), "gen_ai.request.model": "gpt-4o" }],
    ["workflow", of("workflow", "desk")],
    ["task", of("task", "triage")],
    ["agent.triage", of("agent", "triage")],
    ["agent", of("agent")],
    ["tool.search", of("tool", "search")],
    ["tool", of("tool", "")],
    [undefined, of("span", "x")],
    [undefined, { "llm.request.type": "completion", "gen_ai.request.model": "gpt-4o" }],
    [undefined, {}],
  ])("is %s for %j", (name, attributes) => {
    expect(semanticName(attributes)).toBe(name);
  });
});
