import type { Addition } from "./plan.js";

const CONTEXT = 3;

/** An addition as a patch that `git apply` and `patch -p1` take. */
export function difference({ path, before, after }: Addition): string {
  const old = linesOf(before ?? "");
  const lines = linesOf(after);
  // The last line may get the line break that it lacked.
  const kept = before === undefined || before === "" || before.endsWith("\n") ? old.length : old.length - 1;
  const from = Math.max(0, kept - CONTEXT);
  const context = old.slice(from, kept).map((line) => ` ${line}`);
  const removed = old.slice(kept).flatMap((line) => [`-${line}`, "\\ No newline at end of file"]);
  const added = lines.slice(kept).map((line) => `+${line}`);
  const oldCount = old.length - from;
  const newCount = lines.length - from;
  return [
    `--- ${before === undefined ? "/dev/null" : `a/${path}`}`,
    `+++ b/${path}`,
    `@@ -${oldCount === 0 ? 0 : from + 1},${oldCount} +${from + 1},${newCount} @@`,
    ...context,
    ...removed,
    ...added,
    "",
  ].join("\n");
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
