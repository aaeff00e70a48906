import "./instrumentation.js";
import { Writable } from "node:stream";
import OpenAI from "openai";
import { pino } from "pino";
import { createTracedInstructor, HookName, RespanTelemetry, Workflow } from "respan-instructor";
import winston from "winston";
import { z } from "zod";

export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

// In a service both write to stdout; here the lines are the sample's result.
const lines: string[] = [];
const output = () =>
  new Writable({
    write(line, _encoding, done) {
      lines.push(String(line).trim());
      done();
    },
  });
const pinoLog = pino({ base: null, timestamp: false }, output());

const winstonLog = winston.createLogger({ transports: [new winston.transports.Stream({ stream: output() })] });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

class SupportDesk {
  @Workflow({ name: "support_ticket_extraction" })
  async extractTicket(message: string) {
    pinoLog.info("extracting");
    const ticket = await client.create({
      model: "gpt-4o-mini",
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: message }],
    });
    winstonLog.info("extracted");
    return ticket;
  }
}

export async function run() {
  // A hook runs inside the chat span: its lines have that span's id.
  client.on(HookName.COMPLETION_RESPONSE, () => pinoLog.info("answered"));
  await new SupportDesk().extractTicket("ACME needs urgent login help.");
  pinoLog.info("outside");
  return lines;
}
