import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { allMarked } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("a header line", () => {
  it.each(
    allMarked([
      "Cookie: «sid=abc»  \nHost: x",
      "send `Cookie: «sid=abc; theme=dark»` to it",
      'curl -H "Cookie: «sid=abc»" https://x.io',
      "Authorization: Negotiate «YIIabc123»",
      "Authorization: GenieKey «abc-123»",
      "Authorization: sso-key «abc-123»",
      "Authorization: Bearer «secretword» now",
      "Authorization: «swordfish red»",
      "Authorization: Custom «abc123 and=more»",
      "Authorization: Custom «a1» \nHost: x",
      "Authorization: «abc123», it said",
      "Authorization: «abc123 is what I sent»",
      `Authorization: «${"aB3x".repeat(10)}» and more`,
      "Authorization: GenieKey «abc-123», it said",
      "Authorization: AWS4-HMAC-SHA256 «Credential=a/b, Signature=c»",
      `Cookie: «_shibsession_${"64".repeat(32)}=_abc»`,
      "Authorization: Bearer «my,x9y» and more",
      "Authorization: our «a1-b2=c3»",
      `Authorization: Bearer${" ".repeat(20)}«abc123»`,
    ]),
  )("has its credential masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    "Authorization: Bearer [redacted]",
    "Authorization: Custom [redacted]",
    "Authorization: Custom [redacted], it said",
    "Authorization: Bearer is required",
    "Authorization: please see the guide",
    "Authorization: null or empty",
    "Authorization: string (e.g. a1b2)",
    "Cookie: a sweet biscuit",
    "Cookie: =abc",
  ])("has none: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });
});
