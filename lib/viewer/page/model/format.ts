/** `1.24 s`, `312 ms`, `0.4 ms`, `2 m 5 s`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms <= 0) return "0 ms";
  if (ms < 1) return `${trimmed(ms, 2)} ms`;
  if (ms < 10) return `${trimmed(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${trimmed(ms / 1000, 2)} s`;
  if (ms < 59_950) return `${trimmed(ms / 1000, 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:03:22.123`, in the reader's time zone. */
export function clockText(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "–";
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** `2026-11-29`, in the reader's time zone. */
export function dayText(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "–";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `12,345`; an unknown count is a dash, never 0. */
export function countText(count: number | undefined): string {
  return count === undefined ? "–" : count.toLocaleString("en-US");
}

/** `1 span`, `2 spans`. */
export function plural(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}

export function tokensText({ input, output, total }: { input?: number; output?: number; total?: number }): string {
  const sum = total ?? (input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0));
  return countText(sum);
}

/** `$0.00056`, `$12.30`: three digits that say something; an unknown cost is a dash, never 0. */
export function usdText(usd: number | null | undefined): string {
  if (usd === undefined || usd === null) return "–";
  if (usd >= 1) return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return usd === 0 ? "$0" : `$${usd.toLocaleString("en-US", { maximumSignificantDigits: 3 })}`;
}

/** What is known, and how many calls it is without. */
export function costText({ usd, unknownCalls }: { usd?: number; unknownCalls: number }): string {
  if (usd === undefined) return "–";
  return unknownCalls === 0 ? usdText(usd) : `${usdText(usd)} + ${unknownCalls.toLocaleString("en-US")} unknown`;
}

/** `12.5 %`; a share of nothing is a dash. */
export function shareText(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Number(((part / whole) * 100).toFixed(1))} %`;
}

/** `validation_error` as `validation error`. */
export function words(identifier: string): string {
  return identifier.replaceAll("_", " ");
}
