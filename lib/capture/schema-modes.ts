/**
 * What the keys of an object mean, and with them which values are secret. In data a key says what its value is. In a
 * JSON Schema `properties: { password: { type: "string" } }` holds no password, but `default`, `const`, `examples` do.
 */
export type Mode = 0 | 1 | 2 | 3 | 4 | 5 | 6;
/** Data: the value under a secret name is masked whole. */
export const DATA = 0;
/** A schema, or what carries one: keys are keywords. */
export const SCHEMA = 1;
/** The keys name properties or definitions, the values are schemas. */
export const SCHEMA_NAMES = 2;
/** The schema of a secret: its default, its examples are masked. */
export const SECRET_SCHEMA = 3;
export const SECRET_SCHEMA_NAMES = 4;
/** Inside of what is masked: the form stays, every text and number goes. */
export const SECRET_DATA = 5;
/** Inside of what may be secret (`credentials: {…}`): what looks like a secret goes. */
export const DOUBTFUL_DATA = 6;

const NAMING = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]);
const HOLDING = new Set(["default", "const", "examples", "example", "enum"]);

/** The mode of the value under `key` in an object of `mode`. */
export function modeUnder(key: string, mode: Mode, isSecretName: boolean): Mode {
  switch (mode) {
    case SCHEMA:
      return NAMING.has(key) ? SCHEMA_NAMES : HOLDING.has(key) ? DATA : SCHEMA;
    case SCHEMA_NAMES:
      return isSecretName ? SECRET_SCHEMA : SCHEMA;
    case SECRET_SCHEMA:
      return NAMING.has(key) ? SECRET_SCHEMA_NAMES : HOLDING.has(key) ? SECRET_DATA : SECRET_SCHEMA;
    case SECRET_SCHEMA_NAMES:
      return SECRET_SCHEMA;
    default:
      return mode;
  }
}

/** Whether a value under a secret name is masked whole. */
export function masksWhole(value: unknown, mode: Mode): boolean {
  // These say whether there is a secret, not which.
  if (value === null || typeof value === "boolean") return false;
  return (
    mode === DATA || mode === DOUBTFUL_DATA || mode === SCHEMA || (mode === SCHEMA_NAMES && typeof value !== "object")
  );
}

const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/** Whether a value under a secret name is the schema of a property of that name: `password: { type: "string" }`. */
export function isSchema(value: object): boolean {
  try {
    // Not read, so that no getter runs twice.
    const { type, $ref } = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor | undefined>;
    return TYPES.has(String(type?.value)) || typeof $ref?.value === "string";
  } catch {
    return false;
  }
}
