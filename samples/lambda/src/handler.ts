import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { propagateAttributes, RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./desk";

// Outside the handler, so that invocations share its connection.
const telemetry = new RespanTelemetry({ appName: "support-lambda" });
const desk = new SupportDesk();

/** Flushes before the answer, because the process may be frozen right after it. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const ticket = await propagateAttributes(
      { customerIdentifier: event.headers["x-customer"], metadata: { request: event.requestContext.requestId } },
      () => desk.extractTicket(event.body ?? ""),
    );
    return { statusCode: 200, body: JSON.stringify(ticket) };
  } finally {
    await telemetry.flush();
  }
}
