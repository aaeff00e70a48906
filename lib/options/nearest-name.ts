/**
 * The candidate that is spelled most like `name`; case, `_` and `-` count for nothing, so `api_key` finds `apiKey`. None
 * where more than half of its letters would have to be changed: what is not meant is no help.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = plainName(name);
  let nearest: string | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plainName(candidate));
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return smallest * 2 <= wanted.length ? nearest : undefined;
}

const LONGEST = 64;

/** A name without what people spell differently. */
export function plainName(name: string): string {
  return name.slice(0, LONGEST).replace(/[_-]/g, "").toLowerCase();
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
