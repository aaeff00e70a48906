import { propagateAttributes, RespanTelemetry, serializeScope, Workflow } from "respan-instructor";
import type { Job } from "./job.js";

const telemetry = new RespanTelemetry({ appName: "support-producer" });

class Inbox {
  @Workflow({ name: "receive_message" })
  async receive(message: string): Promise<void> {
    const job: Job = { message, scope: serializeScope() };
    // With BullMQ: `await queue.add("extract", job)`. In this sample the queue is a pipe, with one job in each line.
    console.log(JSON.stringify(job));
  }
}

const inbox = new Inbox();
for (const customer of ["customer_a", "customer_b"]) {
  await propagateAttributes({ customerIdentifier: customer, threadIdentifier: `thread_of_${customer}` }, () =>
    inbox.receive(`A message of ${customer}`),
  );
}
await telemetry.shutdown();
