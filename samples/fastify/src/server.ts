import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { propagateAttributes, RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./desk.js";

const telemetry = new RespanTelemetry({ appName: "support-fastify" });
const desk = new SupportDesk();
const app = Fastify();

const text = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

// The form with `done`, because the rest of the request runs inside `done`. `preHandler`, because the body is parsed
// before it, in the socket's async context.
app.addHook("preHandler", (request, _reply, done) => {
  propagateAttributes(
    {
      customerIdentifier: text(request.headers["x-customer"]),
      threadIdentifier: text(request.headers["x-thread"]),
      metadata: { route: request.url },
    },
    done,
  );
});

app.post<{ Body: { message: string } }>("/tickets", (request) => desk.extractTicket(request.body.message));
app.addHook("onClose", async () => {
  await telemetry.shutdown();
});

await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 3000) });
console.log(`listening on ${(app.server.address() as AddressInfo).port}`);
process.once("SIGTERM", () => void app.close());
