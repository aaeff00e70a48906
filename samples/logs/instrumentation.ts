import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { PinoInstrumentation } from "@opentelemetry/instrumentation-pino";
import { WinstonInstrumentation } from "@opentelemetry/instrumentation-winston";

// The ids stand in the lines; the lines stay where they are.
const options = { disableLogSending: true };

// Before pino and winston are loaded: it is their modules that these change.
registerInstrumentations({ instrumentations: [new PinoInstrumentation(options), new WinstonInstrumentation(options)] });
