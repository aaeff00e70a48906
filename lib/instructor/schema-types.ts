/** A Zod 3 schema, as much of it as it takes to infer from it. */
export interface Zod3Schema<Output = unknown> {
  readonly _output: Output;
  readonly _def: object;
  safeParseAsync(data: unknown): Promise<unknown>;
}

/** A Zod 4 or Zod Mini schema, as much of it as it takes to infer from it. */
export interface Zod4Schema<Output = unknown> {
  readonly _zod: { readonly output: Output; readonly def: { readonly type: string } };
}

/** Any Zod schema: what the items of a list can be. */
export type AnySchema = Zod3Schema | Zod4Schema;

/** An object, and neither an array nor any other collection. */
type PlainObject = object & { readonly [Symbol.iterator]?: never };

/** A Zod schema of an object: what a model can be asked for. */
export type ObjectSchema = Zod3Schema<PlainObject> | Zod4Schema<PlainObject>;

/** What a schema makes of an answer. */
export type SchemaOutput<S> = S extends { readonly _zod: { readonly output: infer Output } }
  ? Output
  : S extends { readonly _output: infer Output }
    ? Output
    : never;

/** A value that is still being received: every part of it may be missing yet. */
export type DeepPartial<T> = T extends Date | ((...args: never[]) => unknown)
  ? T
  : T extends readonly (infer Item)[]
    ? DeepPartial<Item>[]
    : T extends object
      ? { [Key in keyof T]?: DeepPartial<T[Key]> | undefined }
      : T;

/** The schema that an answer is to have, and the name that the model is told. */
export interface ResponseModel<S> {
  /** A Zod schema, of Zod 3 or Zod 4. */
  readonly schema: S;
  /** The schema's name; what is no letter or digit becomes `_` on its way to the model. */
  readonly name: string;
  /** What the model is told of the whole; a description on the schema itself goes before it. */
  readonly description?: string;
}
