export { run, telemetry } from "./support-desk.js";
