import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { propagateAttributes } from "respan-instructor";
import { SupportDesk } from "./desk.js";

const desk = new SupportDesk();
const tracer = trace.getTracer("support-api");

const server = createServer((_request, response) => {
  void propagateAttributes({ customerIdentifier: "customer_123" }, () =>
    tracer.startActiveSpan("handle", async (span) => {
      const ticket = await desk.extractTicket("ACME cannot log in.");
      span.end();
      return ticket;
    }),
  ).then((ticket) => response.end(JSON.stringify(ticket)));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
process.once("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
