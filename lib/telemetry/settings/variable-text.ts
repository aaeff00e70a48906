/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const TRUE = new Set(["true", "1", "yes", "on"]);
const FALSE = new Set(["false", "0", "no", "off"]);

/** A variable's text as a boolean; any other text stays as it is, for the check to refuse. */
export function textAsBoolean(text: string): unknown {
  const word = text.toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : text;
}

/** A variable's text as JSON; one that is not JSON stays as it is, for the check to refuse. */
export function textAsJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Levels of Python's `logging` that are not called so here. */
const LEVELS = new Map([
  ["warning", "warn"],
  ["critical", "error"],
  ["fatal", "error"],
]);

export function textAsLogLevel(text: string): string {
  const level = textInLowerCase(text);
  return LEVELS.get(level) ?? level;
}

export function textInLowerCase(text: string): string {
  return text.toLowerCase();
}

/** A variable's value without surrounding space; `undefined` where it is not set or empty. */
export function variableText(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === "" ? undefined : text;
}
