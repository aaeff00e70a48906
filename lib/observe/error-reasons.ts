import { listOf } from "../capture/user-values.js";
import type { Redactor } from "../capture/masking/redactor.js";
import type { CaptureBounds } from "../capture/serialize.js";
import { captureText, PAYLOAD_BOUNDS } from "../capture/serialize.js";
import { describeError, readProperty } from "./error-description.js";

/** So many reasons of one failure are told, and of each message so much. */
const MOST_REASONS = 10;
const MESSAGE_BOUNDS: CaptureBounds = Object.freeze({ ...PAYLOAD_BOUNDS, maxBytes: 512 });
/** Node's and the operating system's codes: `ECONNREFUSED`, `ERR_TLS_CERT_ALTNAME_INVALID`. */
const CODE = /^[A-Z][A-Z0-9_]{1,49}$/;

/**
 * Why an error came about, a line each: its `cause`, the cause of that, and the `errors` of an `AggregateError`. Messages
 * are masked and bounded. Never throws.
 * @example
 * ```
 * Caused by: TypeError: fetch failed
 * Caused by: AggregateError [ECONNREFUSED]
 *   1. Error [ECONNREFUSED]: connect ECONNREFUSED ::1:4000
 *   2. Error [ECONNREFUSED]: connect ECONNREFUSED 127.0.0.1:4000
 * ```
 * @returns `undefined` where nothing is told
 */
export function reasonsOf(error: unknown, redactor: Redactor): string | undefined {
  const lines: string[] = [];
  const seen = new Set<unknown>([error]);

  const tell = (label: string, reason: unknown, indent: string): void => {
    if (lines.length >= MOST_REASONS || seen.has(reason)) return;
    if (typeof reason === "object") seen.add(reason);
    lines.push(`${indent}${label} ${summaryOf(reason, redactor)}`);
    tellReasonsOf(reason, indent);
  };
  const tellReasonsOf = (failed: unknown, indent: string): void => {
    errorsOf(failed).forEach((one, index) => tell(`${index + 1}.`, one, `${indent}  `));
    const cause = readProperty(failed, "cause");
    if (cause !== undefined && cause !== null && typeof cause !== "function") tell("Caused by:", cause, indent);
  };

  tellReasonsOf(error, "");
  return lines.length === 0 ? undefined : lines.join("\n");
}

function summaryOf(reason: unknown, redactor: Redactor): string {
  const { type, message } = describeError(reason);
  const code = readProperty(reason, "code");
  const text = captureText(message, redactor, MESSAGE_BOUNDS) ?? "";
  const title = typeof code === "string" && CODE.test(code) ? `${type} [${code}]` : type;
  return text === "" ? title : `${title}: ${text}`;
}

/** The `errors` of an `AggregateError`; a Zod error has a getter of that name, which repeats its message. */
function errorsOf(failed: unknown): readonly unknown[] {
  try {
    if (typeof failed !== "object" || failed === null || !Object.hasOwn(failed, "errors")) return [];
    return listOf(readProperty(failed, "errors"), MOST_REASONS) ?? [];
  } catch {
    // A revoked Proxy.
    return [];
  }
}
