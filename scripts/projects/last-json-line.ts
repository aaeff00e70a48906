import assert from "node:assert/strict";

/** The last line that a program printed as a JSON object; warnings of a runtime may stand around it. */
export function lastJsonLine(stdout: string): Record<string, unknown> {
  const line = stdout
    .split("\n")
    .reverse()
    .find((text) => text.startsWith("{"));
  assert.ok(line !== undefined, `the program printed no result:\n${stdout}`);
  return JSON.parse(line) as Record<string, unknown>;
}
