import { BACKSLASH, DASH, LINE_FEED, SPACE, isQuote } from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";
import { MASK } from "./marks.js";

/** Commands that take a password behind one letter. */
interface Command {
  readonly flag: string;
  /** Whether the password follows without a space, as `mysql` wants it. */
  readonly isGlued: boolean;
  readonly before: RegExp;
}

const COMMANDS: readonly Command[] = [
  { flag: "p", isGlued: true, before: /\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump)\s[^|;&]*$/ },
  { flag: "p", isGlued: false, before: /\b(?:sshpass|(?:docker|podman|helm registry|az|oras) login)\b[^|;&]*$/ },
  { flag: "a", isGlued: false, before: /\bredis-cli\b[^|;&]*$/ },
  { flag: "w", isGlued: false, before: /\bldap(?:search|modify|add|delete|whoami|passwd)\b[^|;&]*$/ },
];

/** A command stands that near to its flag. */
const LOOK = 160;

/** `mysql -psecret`, `docker login -p secret`, `redis-cli -a secret`; `at` is the hyphen. */
export function commandFlag(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const flag = text.charAt(at + 1);
  if (flag !== "p" && flag !== "a" && flag !== "w") return false;
  const isGlued = text.charCodeAt(at + 2) !== SPACE;
  let from = isGlued ? at + 2 : at + 3;
  if (text.charCodeAt(from) === DASH) return false;
  const before = lineBefore(text, at, floor);
  if (!COMMANDS.some((one) => one.flag === flag && one.isGlued === isGlued && one.before.test(before))) return false;
  while (text.charCodeAt(from) === BACKSLASH) from++;
  const quote = isQuote(text.charCodeAt(from)) ? text.charCodeAt(from) : 0;
  if (quote !== 0) from++;
  let to = from;
  while (to < end && !isEnd(text.charCodeAt(to), quote)) to++;
  // A variable of the shell, a placeholder
  if ("$<".includes(text.charAt(from)) || text.startsWith(MASK, from)) return false;
  return take(found, from, to);
}

function isEnd(code: number, quote: number): boolean {
  if (code === LINE_FEED || code === BACKSLASH) return true;
  return quote === 0 ? code <= SPACE || isQuote(code) : code === quote;
}

function lineBefore(text: string, at: number, floor: number): string {
  const before = text.slice(Math.max(floor, at - LOOK), at);
  return before.slice(before.lastIndexOf("\n") + 1);
}
