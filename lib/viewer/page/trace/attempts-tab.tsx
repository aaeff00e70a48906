import type { JSX } from "preact";
import type { ApiSpan, CallCost } from "../../api.js";
import { succeeded } from "../model/attempts.js";
import type { Attempt } from "../model/attempts.js";
import { differences } from "../model/differences.js";
import type { Difference } from "../model/differences.js";
import { countText, durationText, usdText, words } from "../model/format.js";
import { pathText } from "../model/json.js";
import type { Json } from "../model/json.js";
import { Icon } from "../parts/icon.js";
import { TextView } from "../parts/text-view.js";
import { MessageList } from "./messages-tab.js";

interface AttemptsTabProps {
  readonly span: ApiSpan;
  readonly attempts: readonly Attempt[];
  readonly cost: CallCost | undefined;
}

export function AttemptsTab({ span, attempts, cost }: AttemptsTabProps): JSX.Element {
  return (
    <>
      <UsageTable span={span} attempts={attempts} cost={cost} />
      {attempts.map((attempt, index) => (
        <AttemptCard key={attempt.number} attempt={attempt} before={attempts[index - 1]} />
      ))}
    </>
  );
}

/** What each attempt took and cost. */
function UsageTable({ span, attempts, cost }: AttemptsTabProps): JSX.Element {
  const sum = (name: "inputTokens" | "outputTokens"): number | undefined => {
    const counts = attempts.flatMap((attempt) => attempt[name] ?? []);
    return counts.length === 0 ? undefined : counts.reduce((a, b) => a + b, 0);
  };
  return (
    <div class="usage" tabIndex={0} role="region" aria-label="Usage of each attempt">
      <table>
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Outcome</th>
            <th scope="col">Finish</th>
            <th scope="col" class="number">
              Duration
            </th>
            <th scope="col" class="number">
              Input
            </th>
            <th scope="col" class="number">
              Cached
            </th>
            <th scope="col" class="number">
              Output
            </th>
            <th scope="col" class="number">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt, index) => (
            <tr key={attempt.number}>
              <th scope="row">{attempt.number}</th>
              <td>
                <Outcome attempt={attempt} />
              </td>
              <td class="quiet">{attempt.finishReason ?? "–"}</td>
              <td class="number">{durationText(attempt.end - attempt.start)}</td>
              <td class="number">{countText(attempt.inputTokens)}</td>
              <td class="number">{countText(attempt.cachedTokens)}</td>
              <td class="number">{countText(attempt.outputTokens)}</td>
              <td class="number">{usdText(cost?.attempts[index])}</td>
            </tr>
          ))}
        </tbody>
        {attempts.length > 1 && (
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                The call
              </th>
              <td class="number">{durationText(span.durationMs)}</td>
              <td class="number">{countText(sum("inputTokens"))}</td>
              <td class="number" />
              <td class="number">{countText(sum("outputTokens"))}</td>
              <td class="number">{usdText(cost?.usd)}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function Outcome({ attempt }: { attempt: Attempt }): JSX.Element {
  const isGood = succeeded(attempt);
  return (
    <span class={isGood ? "good" : "bad"}>
      <Icon name={isGood ? "check" : "error"} size={13} /> {words(attempt.outcome)}
    </span>
  );
}

function AttemptCard({ attempt, before }: { attempt: Attempt; before: Attempt | undefined }): JSX.Element {
  const { number, issues, added, answer, value } = attempt;
  const changes = before?.value === undefined || value === undefined ? undefined : differences(before.value, value);
  // A retry's messages begin with those of the attempt before; only the rest is news.
  const isKept =
    before !== undefined && JSON.stringify(added.slice(0, before.added.length)) === JSON.stringify(before.added);
  const news = isKept ? added.slice(before.added.length) : added;
  return (
    <section class="card" aria-label={`Attempt ${number}`}>
      <h3>
        Attempt {number} <Outcome attempt={attempt} />
      </h3>
      {issues.length > 0 && (
        <>
          <h4>Issues</h4>
          <ul class="issues">
            {issues.map(({ path, message, code }, index) => (
              <li key={index} class="issue">
                <Icon name="error" size={12} />
                <span>
                  <code>{path.length === 0 ? "the whole answer" : pathText(path)}</code> {message}
                  {code !== undefined && <code>{code}</code>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {changes !== undefined && <Changes changes={changes} from={number - 1} />}
      {answer !== undefined && (
        <details>
          <summary>Answer</summary>
          <TextView text={answer} label={`answer of attempt ${number}`} />
        </details>
      )}
      {news.length > 0 && (
        <details open={news.length < 4}>
          <summary>What Instructor added to the prompt</summary>
          {isKept && before.added.length > 0 && (
            <p class="quiet">Beside the {before.added.length} messages that the attempt before already had.</p>
          )}
          <MessageList messages={news} name={`Message added to attempt ${number}`} />
        </details>
      )}
    </section>
  );
}

function Changes({ changes, from }: { changes: readonly Difference[]; from: number }): JSX.Element {
  return (
    <>
      <h4>Changed since attempt {from}</h4>
      {changes.length === 0 ? (
        <p class="quiet">Nothing: the model answered the same again.</p>
      ) : (
        <ul class="changes">
          {changes.slice(0, 200).map(({ path, kind, before, after }) => (
            <li key={path}>
              <code>{path === "" ? "the whole answer" : path}</code>
              {kind !== "added" && <del>{shortJson(before)}</del>}
              {kind === "changed" && <span aria-hidden="true">→</span>}
              {kind !== "removed" && <ins>{shortJson(after)}</ins>}
            </li>
          ))}
          {changes.length > 200 && <li class="quiet">and {changes.length - 200} more</li>}
        </ul>
      )}
    </>
  );
}

function shortJson(value: Json | undefined): string {
  const text = value === undefined ? "" : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
