import type { Validation } from "./zod.js";

/**
 * Validates one value by a schema of either Zod.
 *
 * @returns The schema's output, or its own error; rejects with what a transform or a refinement of the schema throws.
 */
export function parseItem(schema: object, value: unknown): Promise<Validation> {
  return (schema as { safeParseAsync(value: unknown): Promise<Validation> }).safeParseAsync(value);
}
