import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// Each item arrives, validated, as soon as the model has written it.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const ActionItem = z.object({ owner: z.string(), task: z.string(), status: z.enum(["new", "blocked", "done"]) });

export async function run() {
  const owners: string[] = [];
  for await (const item of client.createIterable({
    model: "gpt-4o-mini",
    response_model: { schema: ActionItem, name: "ActionItem" },
    messages: [{ role: "user", content: "Maya will send the launch checklist. Noah is blocked on legal approval." }],
  })) {
    owners.push(`${item.owner}: ${item.task} (${item.status})`);
  }
  return owners;
}

/** The embedded server's answer: a list under `items`, as the request asks. */
export const objects = {
  ActionItem: {
    items: [
      { owner: "Maya", task: "send the launch checklist", status: "new" },
      { owner: "Noah", task: "legal approval", status: "blocked" },
    ],
  },
};
