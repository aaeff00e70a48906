import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiSpan, ApiValue } from "../../api.js";
import { inheritedGroups } from "../model/inherited.js";
import { isList, isObject, parseJson } from "../model/json.js";
import { CopyButton } from "../parts/copy-button.js";
import { JsonView, LongText, Scalar } from "../parts/json-view.js";

type Entry = readonly [name: string, value: ApiValue];

/** What the span inherits, then all of its attributes and its resource as they were sent. */
export function AttributesTab({ span, parent }: { span: ApiSpan; parent: ApiSpan | undefined }): JSX.Element {
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const attributes = Object.entries(span.attributes).sort(byName);
  const shown = attributes.filter(
    ([name, value]) =>
      wanted === "" || name.toLowerCase().includes(wanted) || JSON.stringify(value).toLowerCase().includes(wanted),
  );
  return (
    <>
      {inheritedGroups(span.attributes).map(({ title, entries }) => (
        <section key={title}>
          <h3 class="section">{title}</h3>
          <Entries entries={entries} />
        </section>
      ))}
      <h3 class="section">
        All attributes <span class="badge">{attributes.length}</span>
      </h3>
      {attributes.length > 8 && (
        <label class="search">
          <span class="unseen">Filter the attributes</span>
          <input
            type="search"
            placeholder="Filter"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      )}
      <Entries entries={shown} />
      <h3 class="section">Resource</h3>
      <Entries entries={Object.entries(span.resource).sort(byName)} />
      <h3 class="section">Span</h3>
      <Entries
        entries={[
          ["span id", span.spanId],
          ["parent", span.parentSpanId === undefined ? "none: a root" : parentText(span.parentSpanId, parent)],
          ["kind", span.kind],
          [
            "status",
            span.status.message === undefined ? span.status.code : `${span.status.code}: ${span.status.message}`,
          ],
          ["scope", [span.scope.name, span.scope.version].filter(Boolean).join(" ") || "–"],
        ]}
      />
    </>
  );
}

function parentText(id: string, parent: ApiSpan | undefined): string {
  return parent ? `${id} (${parent.name})` : `${id} (has not arrived)`;
}

function byName([a]: Entry, [b]: Entry): number {
  return a < b ? -1 : 1;
}

export function Entries({ entries }: { entries: readonly Entry[] }): JSX.Element {
  if (entries.length === 0) return <p class="quiet">None.</p>;
  return (
    <dl class="entries">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <EntryValue value={value} />
            <CopyButton
              label={`Copy ${name}`}
              text={() => (typeof value === "string" ? value : JSON.stringify(value))}
              isSmall
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function EntryValue({ value }: { value: ApiValue }): JSX.Element {
  if (typeof value === "string") {
    const json = parseJson(value);
    return json === undefined ? <LongText class="entry-text" text={value} /> : <JsonView value={json} />;
  }
  return isList(value) || isObject(value) ? <JsonView value={value} /> : <Scalar value={value} />;
}
