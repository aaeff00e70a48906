import { createInterface } from "node:readline";
import { RespanTelemetry, runWithScope } from "respan-instructor";
import { SupportDesk } from "./desk.js";
import type { Job } from "./job.js";

const telemetry = new RespanTelemetry({ appName: "support-worker" });
const desk = new SupportDesk();

// With BullMQ: `new Worker("extract", (job) => runWithScope(job.data.scope, () => …))`.
const working: Promise<unknown>[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line) as Job;
  working.push(runWithScope(job.scope, () => desk.extractTicket(job.message)));
}
await Promise.all(working);
await telemetry.shutdown();
