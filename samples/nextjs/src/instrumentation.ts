/** Next calls this once for each server process, before any request. */
export async function register(): Promise<void> {
  // Telemetry needs the Node.js runtime.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { RespanTelemetry } = await import("respan-instructor");
  new RespanTelemetry({ appName: "support-next" });
}
