import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface MessagesRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly { readonly content: unknown }[];
}

/** The answer for each model name. The argument says whether the request asks for a correction. */
export type Models = Readonly<Record<string, (isCorrected: boolean) => unknown>>;

/** A local server that speaks as much of Anthropic's Messages API as `llm-polyglot` uses, whole and streamed. */
export class AnthropicServer implements AsyncDisposable {
  readonly requests: MessagesRequest[] = [];

  private constructor(
    private readonly server: Server,
    private readonly models: Models,
  ) {
    server.on("request", (request, response) => void this.answer(request, response));
  }

  static async start(models: Models): Promise<AnthropicServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new AnthropicServer(server, models);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const request = JSON.parse(Buffer.concat(pieces).toString()) as MessagesRequest;
    this.requests.push(request);
    const isCorrected = JSON.stringify(request.messages).includes("Please correct");
    const value = this.models[request.model]?.(isCorrected);
    if (value === undefined) {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ type: "error", error: { type: "invalid_request_error", message: "no such model" } }),
      );
      return;
    }
    const block = blockOf(request, value);
    if (request.stream !== true) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...envelope(request), content: [block], stop_reason: "end_turn" }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of eventsOf(request, block))
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  }
}

type Block =
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: "text"; readonly text: string };

function blockOf({ tools }: MessagesRequest, value: unknown): Block {
  const [tool] = tools ?? [];
  if (tool !== undefined) return { type: "tool_use", id: "toolu_1", name: tool.name, input: value };
  return { type: "text", text: typeof value === "string" ? value : `\`\`\`json\n${JSON.stringify(value)}\n\`\`\`` };
}

function envelope({ model }: MessagesRequest): object {
  const usage = { input_tokens: 57, output_tokens: 21 };
  return { id: "msg_1", type: "message", role: "assistant", model, stop_sequence: null, usage };
}

function eventsOf(request: MessagesRequest, block: Block): { type: string }[] {
  const isTool = block.type === "tool_use";
  const text = isTool ? JSON.stringify(block.input) : block.text;
  const pieces = text.match(/[^]{1,7}/g) ?? [];
  return [
    { type: "message_start", message: { ...envelope(request), content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: isTool ? { ...block, input: {} } : { ...block, text: "" } },
    ...pieces.map((piece) => ({
      type: "content_block_delta",
      index: 0,
      delta: isTool ? { type: "input_json_delta", partial_json: piece } : { type: "text_delta", text: piece },
    })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 21 } },
    { type: "message_stop" },
  ] as { type: string }[];
}
