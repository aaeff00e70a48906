import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// The value, and the completion that the OpenAI client returned.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const ReleaseNote = z.object({
  title: z.string(),
  category: z.enum(["feature", "fix", "docs"]),
  bullets: z.array(z.string()),
});

export async function run() {
  const [note, completion] = await client.createWithCompletion({
    model: "gpt-4o-mini",
    response_model: { schema: ReleaseNote, name: "ReleaseNote" },
    messages: [{ role: "user", content: "Create a release note for preserving Instructor tool schemas in traces." }],
  });
  return { title: note.title, category: note.category, completionId: completion.id };
}
