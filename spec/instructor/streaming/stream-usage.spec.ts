import { UsageChunkFinder, withoutUsageEvents } from "../../../lib/instructor/streaming/stream-usage.js";

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

const bytes = (text: string) => new TextEncoder().encode(text);

/** A response whose body arrives in pieces of so many bytes. */
function responseOf(text: string, size = text.length): Response {
  const whole = bytes(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < whole.length; at += size) controller.enqueue(whole.slice(at, at + size));
      controller.close();
    },
  });
  return new Response(body, { status: 201, statusText: "Made", headers: { "x-request-id": "7" } });
}

const textOf = async (given: unknown) => (given as Response).text();

const usageEvent = 'data: {"choices":[],"usage":{"total_tokens":7}}';
const first = 'data: {"choices":[{"delta":{"content":"Grüße 🎫"}}]}';
const last = "data: [DONE]";

describe("a bare response without the event that only the span asked for", () => {
  it.each<[what: string, end: string]>([
    ["line feeds", "\n\n"],
    ["carriage returns and line feeds", "\r\n\r\n"],
    ["carriage returns", "\r\r"],
  ])("is the rest, byte by byte, wherever it is cut: %s", async (_, end) => {
    const text = (events: string[]) => events.map((event) => event + end).join("");
    for (const size of [1, 2, 3, 5, 1_000]) {
      const filtered = withoutUsageEvents(responseOf(text([first, usageEvent, last]), size));
      expect([size, await textOf(filtered)]).toEqual([size, text([first, last])]);
    }
  });

  it.each<[what: string, event: string]>([
    ["with no space behind its field's name", usageEvent.replace(": ", ":")],
    ["with a name", `event: chunk\n${usageEvent}`],
    ["with an id behind it", `${usageEvent}\nid: 7`],
    ["with a comment before it", `: keep-alive\n${usageEvent}`],
  ])("lacks the event also %s", async (_, event) => {
    expect(await textOf(withoutUsageEvents(responseOf(`${first}\n\n${event}\n\n${last}\n\n`)))).toBe(
      `${first}\n\n${last}\n\n`,
    );
  });

  it.each<[what: string, event: string]>([
    ["speaks of usage", 'data: {"choices":[{"delta":{"content":"\\"usage\\""}}]}'],
    ["has usage and a part of the answer", 'data: {"choices":[{"delta":{"content":"a"}}],"usage":{"total_tokens":7}}'],
    ["is not JSON", 'data: {"choices":[],"usage":'],
    ["is a comment", ': "usage"'],
    ["has no data", 'event: "usage"'],
    ["has its data in another field", `meta${usageEvent}`],
  ])("has what %s", async (_, event) => {
    const text = `${event}\n\n${last}\n\n`;
    expect(await textOf(withoutUsageEvents(responseOf(text)))).toBe(text);
  });

  it("has no null for usage in its other events, but in a choice", async () => {
    const event = (more: string) => `data: {"choices":[{"delta":{"content":"a"},"usage":null}]${more}}\n\n`;
    expect(await textOf(withoutUsageEvents(responseOf(event(', "usage": null,"x":1'))))).toBe(event(',"x":1'));
  });

  it("has what follows the last whole event", async () => {
    expect(await textOf(withoutUsageEvents(responseOf(`${first}\n\n${last}`)))).toBe(`${first}\n\n${last}`);
    expect(await textOf(withoutUsageEvents(responseOf("")))).toBe("");
  });

  it("gives each event as soon as it is whole", async () => {
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (send = controller) });
    const filtered = withoutUsageEvents(new Response(body)) as Response;
    const reader = filtered.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    send?.enqueue(bytes(`${first}\n\n${last}`));
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe(`${first}\n\n`);
    await reader.cancel();
  });

  it("says what the response said", async () => {
    const response = responseOf(`${first}\n\n`);
    Object.defineProperty(response, "url", { value: "https://api.openai.com/v1/chat/completions" });
    const filtered = withoutUsageEvents(response) as Response;
    expect(filtered).toBeInstanceOf(Response);
    expect([filtered.status, filtered.statusText, filtered.url]).toEqual([201, "Made", response.url]);
    expect(filtered.headers.get("x-request-id")).toBe("7");
    await filtered.text();
  });

  it.each<[what: string, given: unknown]>([
    ["has no body", new Response(null, { status: 204 })],
    ["is of another kind", { body: "data" }],
    ["is nothing", undefined],
  ])("is the same where it %s", (_, given) => {
    expect(withoutUsageEvents(given)).toBe(given);
  });
});
