/** A text in which « and » stand around each credential: the text itself, and what may be recorded of it. */
export function marked(text: string): readonly [text: string, recorded: string] {
  return [text.replaceAll(/[«»]/g, ""), text.replaceAll(/«[^»]*»/g, "[redacted]")];
}

/** The same for a table of them. */
export const allMarked = (texts: readonly string[]): readonly (readonly [string, string])[] => texts.map(marked);
