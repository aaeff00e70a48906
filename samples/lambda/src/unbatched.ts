import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./desk";

// Each span is exported as it ends; `flush` waits for exports in progress.
const telemetry = new RespanTelemetry({ appName: "support-lambda", isBatchingEnabled: false });
const desk = new SupportDesk();

/** The same without a queue. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return { statusCode: 200, body: JSON.stringify(await desk.extractTicket(event.body ?? "")) };
  } finally {
    await telemetry.flush();
  }
}
