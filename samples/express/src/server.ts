import type { AddressInfo } from "node:net";
import express from "express";
import { propagateAttributes, RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./desk.js";

const telemetry = new RespanTelemetry({ appName: "support-express" });
const desk = new SupportDesk();
const app = express();
app.use(express.json());

// Everything that the request does from here on belongs to its customer and thread.
app.use((request, _response, next) => {
  propagateAttributes(
    {
      customerIdentifier: request.get("x-customer"),
      threadIdentifier: request.get("x-thread"),
      metadata: { route: request.path },
    },
    next,
  );
});

app.post("/tickets", async (request, response) => {
  response.json(await desk.extractTicket(String(request.body.message)));
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});

process.once("SIGTERM", () => {
  server.close(() => void telemetry.shutdown());
  server.closeIdleConnections();
});
