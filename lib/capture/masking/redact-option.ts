import { types } from "node:util";
import { kindOf } from "../lists.js";

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === "string";
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** What the parts of the option take: in words, and how one item is told. */
const LISTS: Readonly<Record<string, { readonly of: string; readonly isRight: (item: unknown) => boolean }>> = {
  keys: { of: "names of keys", isRight: isText },
  patterns: { of: "regular expressions", isRight: types.isRegExp },
  disable: { of: "ids of rules", isRight: isText },
  rules: { of: "rules { id, keywords, pattern }", isRight: isRule },
};
const EXPECTED = "keys, patterns, disable or rules";

/**
 * Checks the `redact` option.
 *
 * @param ids The built-in rules.
 * @throws TypeError that names the part, what it got and what it wants.
 */
export function checkRedact(redact: unknown, ids: ReadonlySet<string>): void {
  if (typeof redact === "function") return;
  if (!isObject(redact))
    throw new TypeError(`redact: expected a function or { keys, patterns, disable, rules }, got ${kindOf(redact)}`);
  for (const [name, list] of Object.entries(redact)) {
    const wanted = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
    if (wanted === undefined) throw new TypeError(`redact.${name}: no such part, expected ${EXPECTED}`);
    if (list === undefined) continue;
    if (!Array.isArray(list))
      throw new TypeError(`redact.${name}: expected an array of ${wanted.of}, got ${kindOf(list)}`);
    const wrong = list.findIndex((item) => !wanted.isRight(item));
    if (wrong >= 0)
      throw new TypeError(`redact.${name}[${wrong}]: expected an array of ${wanted.of}, got ${kindOf(list[wrong])}`);
    const unknown = name === "disable" ? list.filter(isString).find((id) => !ids.has(id)) : undefined;
    if (unknown !== undefined)
      throw new TypeError(`redact.disable: no rule "${unknown.slice(0, 64)}", docs/privacy.md lists them`);
  }
}

/** Whether this is a rule: it has a name, keywords of three characters and more, and a pattern. */
function isRule(rule: unknown): boolean {
  if (!isObject(rule) || !("id" in rule && "keywords" in rule && "pattern" in rule)) return false;
  const { id, keywords, pattern } = rule;
  const isKeyword = (keyword: unknown): boolean => typeof keyword === "string" && keyword.length >= 3;
  return (
    isText(id) && types.isRegExp(pattern) && Array.isArray(keywords) && keywords.length > 0 && keywords.every(isKeyword)
  );
}
