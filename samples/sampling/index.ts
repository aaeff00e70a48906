import { RespanTelemetry, withTask, withWorkflow } from "respan-instructor";

// A tenth of the traces is recorded, each of them with all of its spans.
export const telemetry = new RespanTelemetry({ appName: "instructor-sampling", sampleRate: 0.1 });

const handle = (request: number) =>
  withWorkflow({ name: "handle_request" }, () => withTask({ name: "look_up" }, () => request));

export async function run() {
  for (let request = 1; request <= 100; request++) handle(request);
  const { exported } = await telemetry.flush();
  return `${exported / 2} of 100 traces were sent`;
}
