import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation } from "@opentelemetry/api";
import { propagateAttributes, RespanTelemetry, Workflow } from "respan-instructor";

const telemetry = new RespanTelemetry({
  appName: "front",
  propagateBaggage: process.env.BAGGAGE === "1" && { metadata: ["tenant"] },
});

class Front {
  @Workflow({ name: "answer_request" })
  async ask(message: string): Promise<string> {
    // An HTTP instrumentation does this for every request; without one, these two lines do.
    const headers: Record<string, string> = { "content-type": "text/plain" };
    propagation.inject(context.active(), headers);
    const response = await fetch(`${process.env.BACK_URL}/tickets`, { method: "POST", headers, body: message });
    return response.text();
  }
}

const front = new Front();
const server = createServer((request, response) => {
  void propagateAttributes(
    {
      customerIdentifier: String(request.headers["x-customer"]),
      threadIdentifier: "Gespräch 7; Größe=3, fertig",
      metadata: { tenant: "acme & söhne", secretPlan: "stays here" },
    },
    () => front.ask("ACME cannot log in."),
  ).then((ticket) => response.end(ticket));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
process.once("SIGTERM", () => {
  server.close(() => void telemetry.shutdown());
  server.closeIdleConnections();
});
