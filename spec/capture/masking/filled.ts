const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALPHABETS: Readonly<Record<string, string>> = {
  a: `${LETTERS}0123456789`,
  A: LETTERS,
  h: "0123456789abcdef",
  H: "0123456789ABCDEF",
  l: "abcdefghijklmnopqrstuvwxyz0123456789",
  u: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
  d: "0123456789",
};

/** A generator of whole numbers below a bound that gives the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Fills in what patterns stand for, so that no credential stands in any file: `[a:20]` is 20 letters and digits, h and H
 * hexadecimal, l lower case, u base32, d digits, `[uuid]`, `[jwt]`, `[b64of:8:text]` the text and 8 characters in base64.
 */
export function filled(pattern: string, seed = 7): string {
  const next = numbers(seed);
  const run = (kind: string, count: number): string => {
    const alphabet = ALPHABETS[kind] ?? "";
    return Array.from({ length: count }, () => alphabet.charAt(next(alphabet.length))).join("");
  };
  const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
  return pattern.replaceAll(
    /\[(\w{1,5})(?::(\d{1,4}))?(?::([^\]]{0,64}))?\]/g,
    (whole, kind: string, count: string, text: string) => {
      if (kind === "uuid") return [8, 4, 4, 4, 12].map((length) => run("h", length)).join("-");
      if (kind === "jwt")
        return [base64('{"alg":"HS256"}'), base64('{"sub":"42"}'), run("a", 43)].join(".").replaceAll("=", "");
      if (kind === "b64of") return base64(text + run("a", Number(count)));
      return kind in ALPHABETS ? run(kind, Number(count)) : whole;
    },
  );
}

/** A text in which `{{…}}` stands around each credential: the text, and its credentials. */
export function withSecrets(template: string, seed: number): { text: string; secrets: string[] } {
  const secrets: string[] = [];
  const text = template.replaceAll(/\{\{(.+?)\}\}/gs, (_, pattern: string) => {
    const secret = filled(pattern, seed + secrets.length);
    secrets.push(secret);
    return secret;
  });
  return { text: filled(text, seed), secrets };
}
