import type { JSX } from "preact";
import type { EntityContent } from "../model/content.js";
import { TextView } from "../parts/text-view.js";

/** What a method was called with and what it returned. */
export function ContentTab({ content: { input, output } }: { content: EntityContent }): JSX.Element {
  return (
    <>
      <h3 class="section">Input</h3>
      {input === undefined ? <p class="quiet">No input was sent.</p> : <TextView text={input} label="input" />}
      <h3 class="section">Output</h3>
      {output === undefined ? <p class="quiet">No output was sent.</p> : <TextView text={output} label="output" />}
    </>
  );
}
