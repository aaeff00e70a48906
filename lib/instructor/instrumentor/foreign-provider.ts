import { warnOnce } from "../../observe/warn-once.js";
import { hasTracerProvider } from "../../scope/tracing.js";

/** Says why calls are not traced where an OpenTelemetry SDK is registered, and this package exports no spans. */
export function warnOfForeignProvider(): void {
  if (!hasTracerProvider()) return;
  warnOnce(
    "foreign-provider",
    "an Instructor call is not traced: an OpenTelemetry provider is registered, but neither a RespanTelemetry nor a " +
      "RespanSpanProcessor is active; give the provider a RespanSpanProcessor, or construct a RespanTelemetry",
  );
}
