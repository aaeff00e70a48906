import OpenAI from "openai";

/** An OpenAI client that answers each request with the next of these objects, without a network and without a key. */
export function fakeOpenAI(...answers: object[]): OpenAI {
  return new OpenAI({
    apiKey: "test",
    fetch: (_url, request) => {
      const { tools } = JSON.parse(request?.body as string) as { tools: [{ function: { name: string } }] };
      const call = { name: tools[0].function.name, arguments: JSON.stringify(answers.shift()) };
      const message = { role: "assistant", tool_calls: [{ id: "1", type: "function", function: call }] };
      const choices = [{ index: 0, finish_reason: "tool_calls", message }];
      return Promise.resolve(Response.json({ id: "chatcmpl-1", model: "gpt-4o-mini", choices }));
    },
  });
}
