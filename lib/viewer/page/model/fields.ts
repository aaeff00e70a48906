import type { Attempt, Issue } from "./attempts.js";
import { isList, isObject, pathText, sameJson, valueAt } from "./json.js";
import type { Json, JsonObject, PathStep } from "./json.js";
import { readSchema } from "./schema.js";

/** What one answer has at a field. */
export interface FieldCell {
  /** Undefined where the answer has no such field. */
  readonly value: Json | undefined;
  /** The value is shown in rows of its own below. */
  readonly isContainer: boolean;
  readonly issues: readonly Issue[];
  /** It differs from the answer before. */
  readonly isChanged: boolean;
}

export interface FieldRow {
  readonly path: readonly PathStep[];
  readonly text: string;
  /** Its last step; empty for the whole answer. */
  readonly label: string;
  readonly depth: number;
  readonly type: string;
  readonly constraints: readonly string[];
  readonly description?: string;
  readonly isRequired: boolean;
  /** The answer has it, the schema does not. */
  readonly isUnknown: boolean;
  /** One for each attempt that is compared, then the result's. */
  readonly cells: readonly FieldCell[];
}

export interface FieldTable {
  readonly columns: readonly FieldColumn[];
  readonly rows: readonly FieldRow[];
  /** Rows left out because the answer is too long. */
  readonly omitted: number;
}

export interface FieldColumn {
  readonly title: string;
  readonly attempt?: Attempt;
}

interface Source {
  readonly column: FieldColumn;
  readonly value: Json | undefined;
  readonly issues: readonly Issue[];
}

/** Enough for a person; a longer answer is read as JSON. */
const MOST_ROWS = 1000;
const DEEPEST = 24;

/**
 * The schema beside the result, field by field. One column for each attempt where there were several (or where the call
 * failed), the last of them being the result's own; each issue stands at its field, or at the nearest field above it
 * that is there.
 */
export function fieldTable(
  schema: JsonObject | undefined,
  attempts: readonly Attempt[],
  result: Json | undefined,
): FieldTable {
  const whole = wrapped(schema, attempts, result);
  const failed = attempts.filter(({ outcome }) => outcome !== "success");
  const sources: Source[] = failed.map((attempt) => ({
    column: { title: `Attempt ${attempt.number}`, attempt },
    value: attempt.value,
    issues: attempt.issues,
  }));
  const last = attempts.find(({ outcome }) => outcome === "success");
  if (whole !== undefined || last !== undefined || sources.length === 0) {
    const title = failed.length > 0 && last ? `Result (attempt ${last.number})` : "Result";
    sources.push({
      column: last ? { title, attempt: last } : { title },
      value: whole ?? last?.value,
      issues: last?.issues ?? [],
    });
  }
  const rows = new Rows(schema ?? {}, sources);
  rows.add({ path: [], node: schema, isRequired: true, isUnknown: false });
  return { columns: sources.map(({ column }) => column), ...rows.finished() };
}

/** A list's schema is `{items: […]}` to the model, and the result is the list. */
function wrapped(
  schema: JsonObject | undefined,
  attempts: readonly Attempt[],
  result: Json | undefined,
): Json | undefined {
  if (!isList(result) || schema === undefined) return result;
  const keys = Object.keys(isObject(schema.properties) ? schema.properties : {});
  const [key] = keys;
  const asksForList = keys.length === 1 && key !== undefined;
  return asksForList && !attempts.some(({ value }) => isList(value)) ? { [key]: result } : result;
}

interface Place {
  readonly path: readonly PathStep[];
  readonly node: JsonObject | undefined;
  readonly isRequired: boolean;
  readonly isUnknown: boolean;
}

class Rows {
  readonly #schema: JsonObject;
  readonly #sources: readonly Source[];
  readonly #rows: FieldRow[] = [];
  readonly #byPath = new Map<string, number>();
  #omitted = 0;

  constructor(schema: JsonObject, sources: readonly Source[]) {
    this.#schema = schema;
    this.#sources = sources;
  }

  /** A row, then its fields' and its items' rows. */
  add({ path, node, isRequired, isUnknown }: Place): void {
    if (this.#rows.length >= MOST_ROWS) {
      this.#omitted += 1;
      return;
    }
    const { properties, required, items, tuple, values, type, constraints, description } = readSchema(
      node,
      this.#schema,
    );
    const found = this.#sources.map(({ value }) => valueAt(value, path));
    this.#byPath.set(pathText(path), this.#rows.length);
    this.#rows.push({
      path,
      text: pathText(path),
      label: path.length === 0 ? "" : pathText(path.slice(-1)),
      depth: path.length,
      type,
      constraints,
      isRequired,
      isUnknown,
      cells: found.map((value, index) => ({
        value,
        isContainer: isFilled(value) && path.length < DEEPEST,
        issues: [],
        isChanged: index > 0 && !sameJson(value, found[index - 1]),
      })),
      ...(description !== undefined && { description }),
    });
    if (path.length >= DEEPEST) return;

    const names = new Set(found.some(isObject) || path.length < 4 ? properties.keys() : []);
    for (const value of found) if (isObject(value)) for (const name of Object.keys(value)) names.add(name);
    for (const name of names) {
      const property = properties.get(name) ?? values;
      const isKnown = property !== undefined || node === undefined;
      this.add({ path: [...path, name], node: property, isRequired: required.has(name), isUnknown: !isKnown });
    }
    const length = Math.max(0, ...found.map((value) => (isList(value) ? value.length : 0)));
    for (let index = 0; index < length; index += 1) {
      this.add({ path: [...path, index], node: tuple[index] ?? items, isRequired: false, isUnknown: false });
    }
  }

  finished(): { rows: readonly FieldRow[]; omitted: number } {
    this.#sources.forEach(({ issues }, column) => {
      for (const issue of issues) this.#place(issue, column);
    });
    // The whole answer needs a row only for what is said of it, or where it has no fields.
    const [whole] = this.#rows;
    const isNeeded = whole?.cells.some(
      ({ issues, value, isContainer }) => issues.length > 0 || (value !== undefined && !isContainer),
    );
    return { rows: isNeeded || this.#rows.length === 1 ? this.#rows : this.#rows.slice(1), omitted: this.#omitted };
  }

  #place(issue: Issue, column: number): void {
    for (let length = issue.path.length; length >= 0; length -= 1) {
      const index = this.#byPath.get(pathText(issue.path.slice(0, length)));
      const row = index === undefined ? undefined : this.#rows[index];
      if (index === undefined || row === undefined) continue;
      const cells = row.cells.map((cell, at) => (at === column ? { ...cell, issues: [...cell.issues, issue] } : cell));
      this.#rows[index] = { ...row, cells };
      return;
    }
  }
}

function isFilled(value: Json | undefined): boolean {
  return isList(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}
