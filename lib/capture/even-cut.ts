import { LEAST_BYTES } from "./bounds.js";
import { CUT_BYTES, byteLength, fitting, fittingInJson, flat } from "./cut.js";
import { CUT } from "./masking/marks.js";

/**
 * Cuts a recorded text down to `maxBytes`. Of JSON the longest texts are cut, each at the same length, so that short
 * members and the messages after a long one stay; it is JSON again. Anything else is cut at its end. What is given is
 * masked already.
 *
 * @returns `undefined` where it is JSON of so many parts that its texts are not what is long
 */
export function cutEvenly(text: string, maxBytes: number): string | undefined {
  if (byteLength(text) <= maxBytes) return text;
  const value = parsed(text);
  if (value === undefined) return cutText(text, maxBytes);
  const lengths: number[] = [];
  const whole = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "string") lengths.push(byteLength(JSON.stringify(part)));
    return part;
  });
  const longest = commonLength(lengths, byteLength(whole) - maxBytes);
  if (longest === undefined) return undefined;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? cutInJson(part, longest) : part));
}

/** A text of at most `maxBytes`, with a mark at its end. */
export function cutText(text: string, maxBytes: number): string {
  return flat(text.slice(0, fitting(text, Math.max(0, maxBytes - CUT_BYTES))) + CUT);
}

/** An object or an array; `undefined` for anything else. */
function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The length that none may exceed so that all of them together lose `excess`; `undefined` where that leaves too little. */
export function commonLength(lengths: number[], excess: number): number | undefined {
  lengths.sort((a, b) => b - a);
  let sum = 0;
  for (let count = 1; count <= lengths.length; count++) {
    sum += lengths[count - 1] ?? 0;
    const common = Math.floor((sum - excess) / count);
    // The texts that come after are no longer than this.
    if (common >= (lengths[count] ?? 0)) return common >= LEAST_BYTES ? common : undefined;
  }
  return undefined;
}

/** @param room bytes of the text in JSON, quotes included */
function cutInJson(text: string, room: number): string {
  if (byteLength(JSON.stringify(text)) <= room) return text;
  return flat(text.slice(0, fittingInJson(text, room - CUT_BYTES - 2)) + CUT);
}
