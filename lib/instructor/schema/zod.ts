/** Which Zod made a schema: 3, 4, or `zod/mini` of 4. Both Zod 3.25 and Zod 4 ship all three. */
export type ZodKind = 3 | 4 | "4-mini";

/** What both say about a value. */
export type Validation =
  { readonly success: true; readonly data: unknown } | { readonly success: false; readonly error: unknown };

/** As much of a Zod 3 schema as is read here. */
export interface Zod3Schema {
  readonly _def: { readonly typeName: string };
  safeParseAsync(value: unknown): Promise<Validation>;
}

/** As much of a Zod 4 schema as is read here; the same in every copy, so nothing is asked of a class. */
export interface Zod4Schema {
  readonly _zod: {
    readonly def: Zod4Definition;
    readonly traits?: ReadonlySet<string>;
    /** `"optional"` where an answer may leave it out, a default included. */
    readonly optin?: "optional" | undefined;
  };
  safeParseAsync(value: unknown): Promise<Validation>;
  /** Since 4.2, and not in `zod/mini`. */
  toJSONSchema?(options: object): object;
  /** What the schema's own registry knows about it (`describe`, `meta`); not in `zod/mini`. */
  meta?(): object | undefined;
}

/** The definition of a Zod 4 schema: its type, and what schemas of that type are made of. */
export interface Zod4Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Zod4Schema>>;
  readonly innerType?: Zod4Schema;
  readonly in?: Zod4Schema;
  readonly out?: Zod4Schema;
  readonly getter?: () => Zod4Schema;
  readonly defaultValue?: unknown;
  /** Of an array. */
  readonly element?: Zod4Schema | undefined;
  /** Of a tuple. */
  readonly items?: readonly Zod4Schema[];
  readonly rest?: Zod4Schema | null | undefined;
  /** Of a union. */
  readonly options?: readonly Zod4Schema[];
  /** Of an intersection. */
  readonly left?: Zod4Schema | undefined;
  readonly right?: Zod4Schema | undefined;
  /** Of a record. */
  readonly valueType?: Zod4Schema | undefined;
  /** Of an object: what its other properties are. */
  readonly catchall?: Zod4Schema | undefined;
}

/** Which Zod made the schema; `undefined` for what is no Zod schema. */
export function zodKind(schema: object): ZodKind | undefined {
  if ("_zod" in schema) return (schema as Zod4Schema)._zod.traits?.has("ZodMiniType") === true ? "4-mini" : 4;
  if (!("_def" in schema)) return undefined;
  const definition = (schema as Partial<Zod3Schema>)._def;
  return typeof definition?.typeName === "string" ? 3 : undefined;
}

/** Whether Zod 4 made the schema, mini or not. */
export function isZod4(schema: object): schema is Zod4Schema {
  return "_zod" in schema;
}

/**
 * Validates one value by a schema of either Zod.
 *
 * @returns The schema's output, or its own error; rejects with what a transform or a refinement of the schema throws.
 */
export function parseItem(schema: object, value: unknown): Promise<Validation> {
  return (schema as { safeParseAsync(value: unknown): Promise<Validation> }).safeParseAsync(value);
}
