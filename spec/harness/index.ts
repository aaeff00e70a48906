export * from "./gate.js";
export * from "./guide-objects.js";
export * from "./openai-answers.js";
export * from "./openai-auto.js";
export * from "./openai-server.js";
export * from "./otlp-behaviours.js";
export * from "./otlp-receiver.js";
export type * from "./otlp-spans.js";
export * from "./goldens.js";
