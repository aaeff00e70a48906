import type { Zod4Schema } from "./zod.js";

/** What Instructor's stream parser asks for the value to begin with. */
interface StubProperty {
  readonly _def: { readonly defaultValue: () => unknown };
}

/**
 * The properties of a Zod 4 object as Instructor's stream parser reads them: what each begins with before the model has
 * said it, as it does for Zod 3 (`null`, an empty array, an object of the same, the default).
 */
export function stubShape(schema: Zod4Schema): Record<string, StubProperty> {
  const shape = objectShape(schema);
  const stubs: Record<string, StubProperty> = {};
  for (const key of Object.keys(shape ?? {})) {
    stubs[key] = { _def: { defaultValue: () => quietStub(shape?.[key], schema) } };
  }
  return stubs;
}

/** The properties of an object, also one that is refined, transformed or referred to; `undefined` for anything else. */
export function objectShape(schema: Zod4Schema): Readonly<Record<string, Zod4Schema>> | undefined {
  const { def } = schema._zod;
  if (def.type === "object") return def.shape;
  const within = inner(schema);
  return within === undefined ? undefined : objectShape(within);
}

/** Instructor asks in the middle of a stream, where a default that throws would end it. */
function quietStub(schema: Zod4Schema | undefined, around: Zod4Schema): unknown {
  try {
    return stub(schema, [around]);
  } catch {
    return null;
  }
}

/** @param within The schemas around this one, among which a recursive one is found again. */
function stub(schema: Zod4Schema | undefined, within: readonly Zod4Schema[]): unknown {
  if (schema === undefined || within.includes(schema)) return null;
  const { def } = schema._zod;
  switch (def.type) {
    case "array":
      return [];
    case "record":
      return {};
    case "object": {
      const around = [...within, schema];
      return Object.fromEntries(Object.entries(def.shape ?? {}).map(([key, value]) => [key, stub(value, around)]));
    }
    case "default":
    case "prefault":
      return def.defaultValue;
    case "optional":
    case "pipe":
    case "readonly":
    case "lazy":
      return stub(inner(schema), [...within, schema]);
    default:
      return null;
  }
}

/** What the model's answer meets first within a schema that only wraps another. */
function inner(schema: Zod4Schema): Zod4Schema | undefined {
  const { def } = schema._zod;
  if (def.type === "lazy") return def.getter?.();
  if (def.type === "pipe") return def.in?._zod.def.type === "transform" ? def.out : def.in;
  return def.innerType;
}
