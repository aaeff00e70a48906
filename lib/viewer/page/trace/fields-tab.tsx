import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { succeeded } from "../model/attempts.js";
import type { Attempt } from "../model/attempts.js";
import { fieldTable } from "../model/fields.js";
import type { FieldCell, FieldColumn, FieldRow } from "../model/fields.js";
import { plural, words } from "../model/format.js";
import { isList, isObject } from "../model/json.js";
import type { Json } from "../model/json.js";
import type { ResponseSchema } from "../model/schema.js";
import { Icon } from "../parts/icon.js";
import { Scalar } from "../parts/json-view.js";

interface FieldsTabProps {
  readonly schema: ResponseSchema | undefined;
  readonly attempts: readonly Attempt[];
  readonly result: Json | undefined;
}

const INDENT = 14;

/** The schema beside the result: a field a row, an answer a column, each issue at the field that failed. */
export function FieldsTab({ schema, attempts, result }: FieldsTabProps): JSX.Element {
  const table = useMemo(() => fieldTable(schema?.schema, attempts, result), [schema?.schema, attempts, result]);
  const [isTroubleOnly, setTroubleOnly] = useState(false);
  const troubled = table.rows.filter(({ cells }) => cells.some(({ issues }) => issues.length > 0));
  const rows = isTroubleOnly ? troubled : table.rows;
  const issueCount = attempts.reduce((sum, { issues }) => sum + issues.length, 0);
  if (
    table.rows.every(
      ({ cells, type }) =>
        type === "" && cells.every(({ value, issues }) => value === undefined && issues.length === 0),
    )
  ) {
    return <p class="quiet">Neither a schema nor a result was sent with this span.</p>;
  }
  return (
    <>
      <div class="fields-head">
        <p>
          {schema ? (
            <>
              Schema <strong>{schema.name}</strong>
            </>
          ) : (
            "No schema was sent; the fields are the result's."
          )}
          {attempts.length > 1 && (
            <span class="quiet">
              {" "}
              · {attempts.length} attempts, {issueCount} {issueCount === 1 ? "issue" : "issues"}
            </span>
          )}
        </p>
        {troubled.length > 0 && (
          <button
            type="button"
            class="button"
            aria-pressed={isTroubleOnly}
            onClick={() => setTroubleOnly(!isTroubleOnly)}
          >
            Only fields that failed ({troubled.length})
          </button>
        )}
      </div>
      <div class="fields" tabIndex={0} role="region" aria-label="Fields">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              {table.columns.map((column) => (
                <th scope="col" key={column.title}>
                  <ColumnTitle column={column} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Field key={row.text} row={row} columns={table.columns} />
            ))}
          </tbody>
        </table>
      </div>
      {table.omitted > 0 && <p class="quiet">The answer is long: {table.omitted} more fields are in its JSON.</p>}
    </>
  );
}

function ColumnTitle({ column: { title, attempt } }: { column: FieldColumn }): JSX.Element {
  if (!attempt) return <>{title}</>;
  return (
    <span class={succeeded(attempt) ? "good" : "bad"}>
      <Icon name={succeeded(attempt) ? "check" : "error"} size={13} /> {title}
      {!succeeded(attempt) && <small> {words(attempt.outcome)}</small>}
    </span>
  );
}

function Field({ row, columns }: { row: FieldRow; columns: readonly FieldColumn[] }): JSX.Element {
  const isTroubled = row.cells.some(({ issues }) => issues.length > 0);
  return (
    <tr class={isTroubled ? "is-troubled" : ""}>
      <th scope="row" style={{ paddingLeft: 10 + Math.max(0, row.depth - 1) * INDENT }}>
        <span class="field-name" title={row.text}>
          {row.label === "" ? "the whole answer" : row.label}
          {row.isRequired && row.label !== "" ? (
            <span class="required" title="Required">
              *<span class="unseen"> required</span>
            </span>
          ) : null}
        </span>
        {row.isUnknown ? (
          <span class="field-type warn">not in the schema</span>
        ) : (
          <span class="field-type">{[row.type, ...row.constraints].filter((text) => text !== "").join(" · ")}</span>
        )}
        {row.description !== undefined && <span class="field-description">{row.description}</span>}
      </th>
      {row.cells.map((cell, index) => (
        <td key={columns[index]?.title ?? index} class={cellClass(cell)}>
          <CellValue cell={cell} isRequired={row.isRequired} />
          {cell.issues.map((issue, at) => (
            <span class="issue" key={at}>
              <Icon name="error" size={12} />
              <span>
                {issue.message}
                {issue.code !== undefined && <code>{issue.code}</code>}
              </span>
            </span>
          ))}
        </td>
      ))}
    </tr>
  );
}

function cellClass({ issues, isChanged, isContainer }: FieldCell): string {
  const names = [issues.length > 0 ? "has-issue" : "", isChanged && !isContainer ? "is-changed" : ""];
  return names.filter(Boolean).join(" ");
}

function CellValue({
  cell: { value, isContainer, issues },
  isRequired,
}: {
  cell: FieldCell;
  isRequired: boolean;
}): JSX.Element {
  if (value === undefined)
    return <span class={issues.length > 0 && isRequired ? "bad" : "quiet"}>{issues.length > 0 ? "missing" : "–"}</span>;
  // The fields of an object follow in rows of their own.
  if (isContainer) return <span class="quiet">{isList(value) ? plural(value.length, "item") : ""}</span>;
  if (isList(value) || isObject(value)) return <code>{JSON.stringify(value)}</code>;
  return <Scalar value={value} />;
}
