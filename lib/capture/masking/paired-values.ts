import { basicEnd } from "./auth-schemes.js";
import type { SecretNames } from "./secret-names.js";
import { NOT_SECRET } from "./secret-names.js";

/** A name stands that near before its value. */
const LOOK = 160;
/** The last of what may hold the name of a `value` beside it: an environment variable's, a header's, a cookie's, a form field's. */
const PAIR =
  /^[^]*(?:\b|\\[nrt])(?:name|key|header)\\{0,7}["']?\s{0,4}[=:]\s{0,4}\\{0,7}["']?([\w.-]{1,64})(?:\\{0,7}["']|\s|,|\\[nr])[^{}<>]{0,80}$/i;

/**
 * Whether what follows is the value to a secret name that stands before it:
 * `{"name": "DB_PASSWORD", "value": …}`, `<add key="ApiKey" value=…`.
 */
export function isValueOfPair(text: string, from: number, named: string, floor: number, names: SecretNames): boolean {
  if (named.length !== 5 || named.toLowerCase() !== "value") return false;
  const name = PAIR.exec(text.slice(Math.max(floor, from - LOOK), from))?.[1];
  return name !== undefined && names.secrecy(name) !== NOT_SECRET;
}

/** Whether a member names what the member `value` beside it holds. */
export function isPairName(key: string): boolean {
  return key === "name" || key === "key" || key === "header";
}

/** Whether a value under the key `auth` is a user and a password, as in Docker's settings. */
export function isLogin(key: string, value: unknown): boolean {
  return (
    key === "auth" && typeof value === "string" && value !== "" && basicEnd(value, 0, value.length) === value.length
  );
}
