/** How Instructor asks the model for structured output. */
export type Mode = "FUNCTIONS" | "TOOLS" | "JSON" | "MD_JSON" | "JSON_SCHEMA" | "THINKING_MD_JSON";

/** All modes that Instructor JS has. */
export const MODES: readonly Mode[] = Object.freeze([
  "TOOLS",
  "FUNCTIONS",
  "JSON",
  "MD_JSON",
  "JSON_SCHEMA",
  "THINKING_MD_JSON",
]);
