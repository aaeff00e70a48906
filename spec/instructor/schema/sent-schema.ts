import type { OpenAIRequest } from "../../harness/index.js";

/** What of a request tells the model which object to answer. */
export interface Sent {
  name?: unknown;
  description?: unknown;
  schema: Record<string, unknown>;
}

/** The schema in a request, wherever its mode puts it. */
export function sentSchema({ body }: OpenAIRequest): Sent {
  const {
    tools,
    functions,
    response_format: format,
    messages,
  } = body as {
    tools?: { function: { name: string; description: string; parameters: Sent["schema"] } }[];
    functions?: { name: string; description: string; parameters: Sent["schema"] }[];
    response_format?: { schema?: Sent["schema"] };
    messages: { role: string; content: string }[];
  };
  const fn = tools?.[0]?.function ?? functions?.[0];
  if (fn !== undefined) return { name: fn.name, description: fn.description, schema: fn.parameters };
  if (format?.schema !== undefined) return { schema: format.schema };
  const text = messages.find(({ role }) => role === "system")?.content ?? "";
  const json = /json schema: (.*)/.exec(text)?.[1];
  if (json === undefined) throw new Error("the request holds no schema");
  const { name, description, ...schema } = JSON.parse(json) as Record<string, unknown>;
  return { name, description, schema };
}
