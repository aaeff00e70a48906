// Checked by `npm run typecheck`: what infers, and what is refused.
import { z as v3 } from "zod";
import { z as v3Path } from "zod/v3";
import { z as v4 } from "zod/v4";
import * as mini from "zod/v4-mini";
import type { DeepPartial, Input, Output, SchemaLike } from "../../lib/instructor/schema/types.js";

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- how TypeScript compares two types exactly
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Check<T extends true> = T;

declare function create<S extends SchemaLike>(schema: S): Output<S>;
declare function partial<S extends SchemaLike>(schema: S): DeepPartial<Input<S>>;

interface Ticket {
  customer: string;
  priority: "low" | "high";
  tags: string[];
  due?: Date | undefined;
}

const ticket3 = v3.object({
  customer: v3.string(),
  priority: v3.enum(["low", "high"]),
  tags: v3.array(v3.string()).default([]),
  due: v3.coerce.date().optional(),
});
const ticket4 = v4.object({
  customer: v4.string(),
  priority: v4.enum(["low", "high"]),
  tags: v4.array(v4.string()).default([]),
  due: v4.coerce.date().optional(),
});
const ticketMini = mini.object({
  customer: mini.string(),
  priority: mini.enum(["low", "high"]),
  tags: mini._default(mini.array(mini.string()), []),
  due: mini.optional(mini.date()),
});

export const result3 = create(ticket3);
export type Result3 = Check<Equal<typeof result3, Ticket>>;
export const result4 = create(ticket4);
export type Result4 = Check<Equal<typeof result4, Ticket>>;
export const resultMini = create(ticketMini);
export type ResultMini = Check<Equal<typeof resultMini, Ticket>>;
export const resultPath = create(v3Path.object({ a: v3Path.number() }));
export type ResultPath = Check<Equal<typeof resultPath, { a: number }>>;

// Input, for what is not parsed yet: a default may be missing, a date is a text.
export const partial3 = partial(ticket3);
export type Partial3 = Check<
  Equal<
    typeof partial3,
    { customer?: string; priority?: "low" | "high"; tags?: string[] | undefined; due?: string | undefined }
  >
>;
export const partialMini = partial(ticketMini);
export type PartialMini = Check<
  Equal<
    typeof partialMini,
    { customer?: string; priority?: "low" | "high"; tags?: string[] | undefined; due?: string | undefined }
  >
>;
export const nested = partial(
  v4.object({ who: v4.object({ name: v4.string() }), all: v4.array(v4.object({ n: v4.number() })) }),
);
export type Nested = Check<Equal<typeof nested, { who?: { name?: string }; all?: { n?: number }[] }>>;
export type Other1 = Check<Equal<DeepPartial<unknown>, unknown>>;
export type Other2 = Check<
  Equal<DeepPartial<{ a: string | null; b: { c: 1 } | { d: 2 } }>, { a?: string | null; b?: { c?: 1 } | { d?: 2 } }>
>;

// What Instructor takes, in every form.
interface Category {
  name: string;
  children: Category[];
}
const recursive3: v3.ZodType<Category> = v3.object({ name: v3.string(), children: v3.lazy(() => recursive3.array()) });
const recursive4 = v4.object({
  name: v4.string(),
  get children() {
    return v4.array(recursive4);
  },
});
export const tree3 = create(recursive3);
export type Tree3 = Check<Equal<typeof tree3, Category>>;
export type Other3 = Check<Equal<ReturnType<typeof create<typeof recursive4>>["children"][number]["name"], string>>;
create(v3.object({ a: v3.string() }).strict());
create(v3.object({ a: v3.string() }).passthrough());
create(v3.object({ a: v3.string() }).refine(() => true));
create(v3.object({ a: v3.string() }).brand("A"));
create(v3.object({ length: v3.number(), size: v3.number() }));
create(v3.object({}));
create(v4.strictObject({ a: v4.string() }));
create(v4.looseObject({ a: v4.string() }));
create(v4.object({ a: v4.string() }).refine(() => true));
create(v4.object({ a: v4.string() }).brand("A"));
create(v4.lazy(() => v4.object({ a: v4.string() })));
create(v4.object({}));
create(mini.strictObject({ a: mini.string() }));
declare const anyObject: v3.AnyZodObject;
create(anyObject);
declare const anyType: v3.ZodTypeAny;
create(anyType);
declare const anyObject4: v4.ZodObject;
create(anyObject4);
export const transformed = create(v4.object({ a: v4.string() }).transform(({ a }) => ({ length: a.length })));
export type Transformed = Check<Equal<typeof transformed, { length: number }>>;
export const transformed3 = create(v3.object({ a: v3.string() }).transform(({ a }) => ({ length: a.length })));
export type Transformed3 = Check<Equal<typeof transformed3, { length: number }>>;

// What it does not.
// @ts-expect-error a string is no object
create(v3.string());
// @ts-expect-error an array is no object
create(v3.array(ticket3));
// @ts-expect-error nothing optional at the root
create(ticket3.optional());
// @ts-expect-error a map is no object in JSON
create(v3.map(v3.string(), v3.number()));
// @ts-expect-error a date is no object in JSON
create(v3.date());
// @ts-expect-error a union cannot be a function's parameters
create(v3.union([ticket3, v3.object({ b: v3.string() })]));
// @ts-expect-error a record: Instructor's own `_meta` would be among its values
create(v3.record(v3.number()));
// @ts-expect-error takes a string
create(v3.string().transform((text) => ({ text })));
// @ts-expect-error a string is no object
create(v4.string());
// @ts-expect-error an array is no object
create(v4.array(ticket4));
// @ts-expect-error nothing nullable at the root
create(ticket4.nullable());
// @ts-expect-error a set is no object in JSON
create(v4.set(v4.string()));
// @ts-expect-error a date is no object in JSON
create(v4.date());
// @ts-expect-error a union cannot be a function's parameters
create(v4.discriminatedUnion("a", [v4.object({ a: v4.literal(1) })]));
// @ts-expect-error a record has no properties
create(v4.record(v4.string(), v4.number()));
// @ts-expect-error gives a string
create(v4.object({ a: v4.string() }).transform(({ a }) => a));
// @ts-expect-error an array is no object
create(mini.array(ticketMini));
// @ts-expect-error a JSON Schema is not a Zod schema
create({ type: "object" });
