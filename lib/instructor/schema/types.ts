/**
 * What a response schema gives and takes: an object, so neither an array nor a map nor a set nor a date. These have one
 * of the two symbols; nothing that JSON holds does.
 */
type ObjectValue = object & { readonly [Symbol.iterator]?: never; readonly [Symbol.toPrimitive]?: never };

/** Zod's own method. */
interface Parser {
  safeParseAsync(data: unknown): Promise<object>;
}

/** A Zod 3 schema of an object, as far as types tell one. Unions and records have no place at a function's root. */
interface Zod3SchemaLike extends Parser {
  readonly _output: ObjectValue;
  readonly _input: ObjectValue;
  readonly _def: object;
  readonly options?: never;
  readonly keySchema?: never;
  readonly _zod?: never;
}

/** A Zod 4 schema of an object or of a union of objects, `zod/mini` included. */
interface Zod4SchemaLike extends Parser {
  readonly _zod: {
    readonly output: ObjectValue;
    readonly input: ObjectValue;
    readonly def: { readonly type: string; readonly keyType?: never };
  };
}

/**
 * A Zod 4 schema of which the types do not tell what it takes: `z.ZodType<Node>`, or a type parameter that extends
 * `z.ZodType`. Each `never` is what the definition of a schema has that is certainly none of an object.
 */
interface Zod4TypeLike extends Parser {
  readonly _zod: {
    readonly output: unknown;
    readonly input: unknown;
    readonly def: {
      readonly type: string;
      /** Strings, numbers, booleans, bigints, dates. */
      readonly coerce?: never;
      /** Enums. */
      readonly entries?: never;
      /** Literals. */
      readonly values?: never;
      /** Arrays. */
      readonly element?: never;
      /** Tuples. */
      readonly items?: never;
      /** Maps and records. */
      readonly keyType?: never;
      /** Sets. */
      readonly valueType?: never;
      /** Template literals. */
      readonly parts?: never;
      // What is made of other schemas is told by what it takes and gives.
      readonly options?: never;
      readonly innerType?: never;
      readonly in?: never;
      readonly left?: never;
      readonly getter?: never;
    };
  };
}

/**
 * A schema of an object from Zod 3, Zod 4 or `zod/mini`, including refined, transformed and recursive ones, and unions
 * of objects with Zod 4. The type is structural, so it fits every version of Zod.
 */
export type SchemaLike = Zod3SchemaLike | Zod4SchemaLike | Zod4TypeLike;

/** A schema of any value, for the items of a list. */
export type AnySchema = Parser &
  (
    | { readonly _output: unknown; readonly _input: unknown; readonly _def: object; readonly _zod?: never }
    | { readonly _zod: { readonly output: unknown; readonly input: unknown; readonly def: { readonly type: string } } }
  );

/** What a schema's parse gives: the type of a result. */
export type Output<S> = S extends { readonly _zod: { readonly output: infer O } }
  ? O
  : S extends { readonly _output: infer O }
    ? O
    : never;

/** What a schema takes: the type of an answer that is not parsed yet. */
export type Input<S> = S extends { readonly _zod: { readonly input: infer I } }
  ? I
  : S extends { readonly _input: infer I }
    ? I
    : never;

/**
 * A value that is still on its way: any property may be missing, at any depth, and a date is the text that it will be
 * made of. Arrays hold what has come, the last item unfinished.
 */
export type DeepPartial<T> = 0 extends 1 & T
  ? T
  : T extends Date
    ? string
    : T extends readonly (infer Item)[]
      ? DeepPartial<Item>[]
      : T extends object
        ? { [Key in keyof T]?: DeepPartial<T[Key]> }
        : T;

/** The schema that an answer is to have, and the name that the model is told. */
export interface ResponseModel<S = object> {
  /** A Zod schema, of Zod 3 or Zod 4. */
  readonly schema: S;
  /** The schema's name; what is no letter or digit becomes `_` on its way to the model. */
  readonly name: string;
  /** What the model is told of the whole; a description on the schema itself goes before it. */
  readonly description?: string | undefined;
}
