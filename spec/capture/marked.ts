/** A text in which « and » stand around each credential: the text itself, and what may be recorded of it. */
export function marked(text: string): readonly [text: string, recorded: string] {
  return [text.replaceAll(/[«»]/g, ""), text.replaceAll(/«[^»]*»/g, "[redacted]")];
}

/** The same for a table of them. */
export const allMarked = (texts: readonly string[]): readonly (readonly [string, string])[] => texts.map(marked);

const WORDS = "Ordinary words, and more of them. ".repeat(8);

/** Each text alone, in the middle of a long one, among letters that are not ASCII, and twice. */
export const inEverySetting = (texts: readonly string[]): readonly (readonly [string, string])[] =>
  texts.flatMap((text) => allMarked([text, `${WORDS}\n${text}\n${WORDS}`, `é日 ${text} é日`, `${text}\n${text}`]));
