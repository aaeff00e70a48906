import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { parseJson } from "../model/json.js";
import { JsonView, LongText } from "./json-view.js";
import { MarkdownView } from "./markdown-view.js";

/** Longer text is shown as it is: rendering it as Markdown takes time. */
const LONGEST_MARKDOWN = 50_000;

/** Text as it reads best: JSON with folding, Markdown, or as it is. The plain text is a press away. */
export function TextView({ text, label }: { text: string; label: string }): JSX.Element {
  const [isRaw, setRaw] = useState(false);
  const json = parseJson(text);
  const isPlain = json === undefined && text.length > LONGEST_MARKDOWN;
  return (
    <div class="text-view">
      {!isPlain && (
        <button
          type="button"
          class="raw-toggle"
          aria-pressed={isRaw}
          aria-label={`Show ${label} as plain text`}
          onClick={() => setRaw(!isRaw)}
        >
          {json === undefined ? "Markdown" : "JSON"}
          <span aria-hidden="true"> / raw</span>
        </button>
      )}
      {isRaw || isPlain ? (
        <LongText class="plain-text" text={text} />
      ) : json === undefined ? (
        <MarkdownView text={text} />
      ) : (
        <JsonView value={json} />
      )}
    </div>
  );
}
