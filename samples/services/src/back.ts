import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./desk.js";

const telemetry = new RespanTelemetry({
  appName: "back",
  propagateBaggage: process.env.BAGGAGE === "1" && { metadata: ["tenant"] },
});
const desk = new SupportDesk();

const server = createServer((request, response) => {
  const incoming = propagation.extract(ROOT_CONTEXT, request.headers);
  void context
    .with(incoming, async () => desk.extractTicket(await text(request)))
    .then((ticket) => response.end(JSON.stringify(ticket)));
});

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const piece of request) all += String(piece);
  return all;
}

server.listen(0, "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
process.once("SIGTERM", () => {
  server.close(() => void telemetry.shutdown());
  server.closeIdleConnections();
});
