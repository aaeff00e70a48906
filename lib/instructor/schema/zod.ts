import type { $ZodTypes } from "zod/v4/core";

/** What either Zod says about a value. */
export type Validation =
  { readonly success: true; readonly data: unknown } | { readonly success: false; readonly error: unknown };

/** The definition of a Zod 4 schema: its type, and the schemas that it is made of. */
export type Zod4Definition = $ZodTypes["_zod"]["def"];

/** As much of a Zod 4 schema as is read here; the same in every copy, so nothing is asked of a class. */
export interface Zod4Schema {
  readonly _zod: {
    readonly def: Zod4Definition;
    /** `"optional"` where an answer may leave it out, a default included. */
    readonly optin?: "optional" | undefined;
  };
  /** Since 4.2, and not in `zod/mini`. */
  toJSONSchema?(options: object): object;
  /** What the schema's own registry knows about it (`describe`, `meta`); not in `zod/mini`. */
  meta?(): object | undefined;
}

/** Whether Zod 4 made the schema, `zod/mini` included. Zod 3.25 ships both, too. */
export function isZod4(schema: object): schema is Zod4Schema {
  return "_zod" in schema;
}

/** Which Zod made the schema; `undefined` for what is no Zod schema. */
export function zodKind(schema: object): 3 | 4 | undefined {
  if (isZod4(schema)) return 4;
  const { _def: definition } = schema as { readonly _def?: { readonly typeName?: unknown } | null };
  return typeof definition?.typeName === "string" ? 3 : undefined;
}

/**
 * Validates one value by a schema of either Zod.
 *
 * @returns The schema's output, or its own error; rejects with what a transform or a refinement of the schema throws.
 */
export function parseItem(schema: object, value: unknown): Promise<Validation> {
  return (schema as { safeParseAsync(value: unknown): Promise<Validation> }).safeParseAsync(value);
}
