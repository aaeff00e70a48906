import type { JSX, RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TraceSummary } from "../../api.js";
import { FILTER_FIELDS, isFiltered } from "../model/route.js";
import type { Filter } from "../model/route.js";
import { filterChoices } from "../model/trace-rows.js";
import { Icon } from "../parts/icon.js";

interface FilterBarProps {
  readonly filter: Filter;
  readonly rows: readonly TraceSummary[];
  readonly search: RefObject<HTMLInputElement | null>;
  readonly change: (filter: Filter) => void;
}

const SEARCH_WAIT = 200;
const STATUSES = [
  [undefined, "All"],
  ["ok", "OK"],
  ["error", "Errors"],
] as const;

export function FilterBar({ filter, rows, search, change }: FilterBarProps): JSX.Element {
  const set = (name: keyof Filter, value: string | undefined): void => {
    const { [name]: _, ...rest } = filter;
    change(value === undefined || value === "" ? rest : { ...rest, [name]: value });
  };
  return (
    <form class="filters" role="search" aria-label="Filter the traces" onSubmit={(event) => event.preventDefault()}>
      <Search value={filter.q ?? ""} input={search} change={(q) => set("q", q)} />
      <div class="segments" role="group" aria-label="Status">
        {STATUSES.map(([status, label]) => (
          <button
            type="button"
            key={label}
            aria-pressed={filter.status === status}
            onClick={() => set("status", status)}
          >
            {label}
          </button>
        ))}
      </div>
      {FILTER_FIELDS.map((field) => (
        <FieldFilter
          key={field}
          name={field}
          value={filter[field] ?? ""}
          choices={filterChoices(rows, field)}
          change={(value) => set(field, value)}
        />
      ))}
      {isFiltered(filter) && (
        <button type="button" class="button clear-filters" onClick={() => change({})}>
          <Icon name="close" size={12} /> Clear
        </button>
      )}
    </form>
  );
}

interface SearchProps {
  readonly value: string;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly change: (value: string) => void;
}

function Search({ value, input, change }: SearchProps): JSX.Element {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => change(text), SEARCH_WAIT);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="search">
      <Icon name="search" size={14} />
      <span class="unseen">Search names, attributes and messages</span>
      <input
        ref={input}
        type="search"
        placeholder="Search names, attributes, messages"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

interface FieldFilterProps {
  readonly name: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly change: (value: string) => void;
}

/** A field that proposes the values that are there. It filters when a value is chosen or Enter is pressed. */
function FieldFilter({ name, value, choices, change }: FieldFilterProps): JSX.Element {
  const list = `choices-${name}`;
  return (
    <label class={value === "" ? "field-filter" : "field-filter is-set"}>
      <span class="unseen">Filter by {name}</span>
      <input
        name={name}
        list={list}
        placeholder={name}
        autocomplete="off"
        spellcheck={false}
        value={value}
        onChange={(event) => change(event.currentTarget.value.trim())}
        onInput={(event) => {
          const text = event.currentTarget.value;
          if (text === "" || choices.includes(text)) change(text);
        }}
      />
      <datalist id={list}>
        {choices.map((choice) => (
          <option key={choice} value={choice} />
        ))}
      </datalist>
    </label>
  );
}
