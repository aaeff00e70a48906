import fc from "fast-check";

/** How often a property is tried: `FUZZ_RUNS`, or as often as it takes to find what it has found before. */
export function runs(usually: number): { numRuns: number } {
  return { numRuns: Number(process.env.FUZZ_RUNS ?? usually) };
}

/** A text, cut at any places between its code units; pieces may be empty. */
export function inPieces(text: string): fc.Arbitrary<string[]> {
  return fc.array(fc.nat({ max: text.length }), { maxLength: 30 }).map((places) => {
    const cuts = [0, ...places.sort((a, b) => a - b), text.length];
    return cuts.slice(1).map((end, index) => text.slice(cuts[index], end));
  });
}

/** Every code unit on its own. */
export function singly(text: string): string[] {
  return text.split("");
}

/** Any JSON text as models write it: with and without white space, non-ASCII characters as they are or escaped. */
export function jsonText(value: unknown): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(undefined, 1, "\t", "  "), fc.boolean()).map(([indent, isEscaped]) => {
    const text = JSON.stringify(value, null, indent);
    return isEscaped ? text.replace(/[^\n\t\x20-\x7e]/g, (unit) => String.raw`\u` + code(unit)) : text;
  });
}

function code(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, "0");
}

/** Any JSON value, keys that clash with what objects inherit included. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("\\", '"', "{", "]", ",", "\n", "\u2028", "é", "😀", "\ud83d", "`", "</think>"),
    }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("__proto__", "items", "constructor", "toString")),
      tie("value"),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
})).value;
