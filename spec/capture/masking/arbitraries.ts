import fc from "fast-check";
import { CONTEXT_RULES } from "../../../lib/capture/masking/context-rules";
import { ISSUER_RULES } from "../../../lib/capture/masking/issuer-rules";
import * as fake from "./fake-credentials";
import { HOSTILE_UNITS } from "./hostile-texts";

/** How often each property is tried: `FUZZ_RUNS`, 200 without it. */
export const RUNS = { numRuns: Number(process.env.FUZZ_RUNS ?? 200) };

const SIGNS = [
  ...Array.from(" \n\t:=,;&?\"'`\\{}[]()<>/@.-_|$*\u00e9\u{1f600}"),
  ...[": ", " = ", '\\"', "\\n", "</", "//", "://", "--", "%3D", "%26", "[redacted]", "\ud800"],
];
const WORDS = [
  ..."password token secret Secret cookie Cookie set-cookie credentials api_key Authorization authorization".split(" "),
  ..."Bearer bearer Basic basic Digest pwd user the must a hunter2 swordfish 1234 null true string https".split(" "),
  ..."postgres host sig pass sk- eyJ AKIA ghp_".split(" "),
  ...["API key", "access token", "correct horse", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"],
];
/** Of no use to a thief, or unrecognizable where they stand alone. */
const HARMLESS =
  "publicKey certificate encodedCertificate unsignedJwt awsSecretKey slackWebhookPath basic basicKeyOnly basicUnicode";
export const SECRETS: readonly string[] = Object.entries(fake)
  .filter(([name]) => !HARMLESS.split(" ").includes(name))
  .map(([, value]) => value);

/** Texts made of what the rules look for, in any disorder. */
export const temptingText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...SIGNS) },
      { weight: 5, arbitrary: fc.constantFrom(...WORDS) },
      { weight: 1, arbitrary: fc.constantFrom(...SECRETS) },
      { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_UNITS) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

const KEYWORDS: readonly string[] = [
  ...CONTEXT_RULES.flatMap(([, , keywords]) => keywords.split("|")),
  ...ISSUER_RULES.flatMap(([, , keywords]) => keywords.split(" ")),
];

/** A few characters that tempt the rules, to be repeated: keywords, names, openings without end, halves of values. */
export const hostileUnit: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...KEYWORDS),
      fc.constantFrom(...WORDS),
      fc.constantFrom(...SIGNS),
      fc.constantFrom(...HOSTILE_UNITS),
      fc.constantFrom("a".repeat(20), "a1B2c3D4".repeat(3), "A".repeat(30), "0123456789"),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(""));
