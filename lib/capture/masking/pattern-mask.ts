import { MASK } from "./marks.js";

/** A text of which the first `limit` characters are wanted. */
interface Part {
  text: string;
  limit: number;
}

/** A copy of a user's pattern that finds one match after the other, wherever the user's own one stopped last. */
export function perpetual(pattern: RegExp): RegExp {
  const flags = pattern.flags.replace("y", "");
  return new RegExp(pattern.source, flags.includes("g") ? flags : `${flags}g`);
}

/**
 * Masks every match that begins within the wanted part, and moves the limit with the text. A match inside a mask is
 * left alone, one that reaches into a mask takes it in: so that masking twice does not grow the text.
 */
export function maskPattern(part: Part, pattern: RegExp): void {
  const { text, limit } = part;
  let masked = "";
  let done = 0;
  let mask = text.indexOf(MASK);
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    let from = match.index;
    let to = from + match[0].length;
    if (from >= limit) break;
    if (to === from) {
      // Nothing was matched; the pattern has to be moved on by hand.
      pattern.lastIndex++;
      continue;
    }
    while (mask >= 0 && mask + MASK.length <= from) mask = text.indexOf(MASK, mask + MASK.length);
    if (mask >= 0 && mask <= from && to <= mask + MASK.length) continue;
    for (let next = mask; next >= 0 && next < to; next = text.indexOf(MASK, next + 1)) {
      from = Math.min(from, next);
      to = Math.max(to, next + MASK.length);
    }
    from = Math.max(from, done);
    masked += text.slice(done, from) + MASK;
    done = to;
    pattern.lastIndex = to;
  }
  if (done === 0) return;
  const rest = text.slice(done);
  part.limit = masked.length + Math.max(0, limit - done);
  part.text = masked + rest;
}
