import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry, withWorkflow } from "respan-instructor";
import { z } from "zod";

// A function instead of a class. There is one client, and it is asynchronous.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const ProjectBrief = z.object({ title: z.string(), owner: z.string(), milestones: z.array(z.string()) });

export function run() {
  return withWorkflow({ name: "project_brief" }, () =>
    client.create({
      model: "gpt-4o-mini",
      response_model: { schema: ProjectBrief, name: "ProjectBrief" },
      messages: [{ role: "user", content: "Build a project brief for the Respan Instructor tracing launch." }],
    }),
  );
}
