import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { PinoInstrumentation } from "@opentelemetry/instrumentation-pino";
import { WinstonInstrumentation } from "@opentelemetry/instrumentation-winston";

// Add the ids to the lines, and do not send the lines anywhere.
const options = { disableLogSending: true };

// Before pino and winston are loaded, because these patch their modules.
registerInstrumentations({ instrumentations: [new PinoInstrumentation(options), new WinstonInstrumentation(options)] });
