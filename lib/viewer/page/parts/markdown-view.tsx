import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { parseMarkdown } from "../model/markdown.js";
import type { Block, Inline } from "../model/markdown.js";

/** Creates elements, never HTML. A link opens only when it is pressed; an image is never loaded. */
export function MarkdownView({ text }: { text: string }): JSX.Element {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <div class="markdown">{blocks.map(block)}</div>;
}

function block(part: Block): JSX.Element {
  switch (part.type) {
    case "heading":
      return <p class={`md-heading md-h${Math.min(part.level, 4)}`}>{part.children.map(inline)}</p>;
    case "paragraph":
      return <p>{part.children.map(inline)}</p>;
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{part.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote>{part.blocks.map(block)}</blockquote>;
    case "list": {
      const items = part.items.map((item, index) => <li key={index}>{item.map(tight)}</li>);
      return part.isOrdered ? <ol start={part.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return (
        <div class="md-table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {part.head.map((cell, index) => (
                  <th key={index}>{cell.map(inline)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {part.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, at) => (
                    <td key={at}>{cell.map(inline)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case "rule":
      return <hr />;
  }
}

/** A list item of one line needs no paragraph around it. */
function tight(part: Block, index: number): JSX.Element {
  return part.type === "paragraph" && index === 0 ? <>{part.children.map(inline)}</> : block(part);
}

function inline(part: Inline, index: number): JSX.Element {
  switch (part.type) {
    case "text":
      return <span key={index}>{part.text}</span>;
    case "code":
      return <code key={index}>{part.text}</code>;
    case "strong":
      return <strong key={index}>{part.children.map(inline)}</strong>;
    case "emphasis":
      return <em key={index}>{part.children.map(inline)}</em>;
    case "strike":
      return <s key={index}>{part.children.map(inline)}</s>;
    case "link":
      return (
        <a key={index} href={part.href} target="_blank" rel="noreferrer noopener">
          {part.children.map(inline)}
        </a>
      );
  }
}
