import type { ComponentChildren, JSX, RefObject } from "preact";
import type { CallCost } from "../../api.js";
import { useKeys } from "../hooks.js";
import { attemptsOf } from "../model/attempts.js";
import type { Attempt } from "../model/attempts.js";
import { entityContent, partsWithoutContent, resultOf } from "../model/content.js";
import { countText, durationText, usdText } from "../model/format.js";
import { roleOf } from "../model/inherited.js";
import { firstNumber, firstText } from "../model/json.js";
import { conversation } from "../model/messages.js";
import { routeHash } from "../model/route.js";
import { responseSchema } from "../model/schema.js";
import type { SpanNode, SpanTree } from "../model/span-tree.js";
import { vitestCase } from "../model/vitest-case.js";
import { CopyButton } from "../parts/copy-button.js";
import { Icon, RoleIcon } from "../parts/icon.js";
import { AttemptsTab } from "./attempts-tab.js";
import { AttributesTab } from "./attributes-tab.js";
import { ContentTab } from "./content-tab.js";
import { EventsTab } from "./events-tab.js";
import { FieldsTab } from "./fields-tab.js";
import { MessagesTab } from "./messages-tab.js";

interface SpanPanelProps {
  readonly node: SpanNode;
  readonly tree: SpanTree;
  readonly traceId: string;
  readonly cost: CallCost | undefined;
  readonly tab: string | undefined;
  readonly selectTab: (tab: string) => void;
  readonly panel: RefObject<HTMLElement | null>;
}

interface Tab {
  readonly id: string;
  readonly label: string;
  readonly count?: number;
  readonly show: () => ComponentChildren;
}

export function SpanPanel({ node, tree, traceId, cost, tab, selectTab, panel }: SpanPanelProps): JSX.Element {
  const { span } = node;
  const attempts = attemptsOf(span);
  const tabs = tabsOf(node, attempts, cost);
  const shown = tabs.find(({ id }) => id === tab) ?? tabs[0];
  const missing = partsWithoutContent(span);
  const test = vitestCase(span);
  const step = (by: number): void => {
    const at = tabs.findIndex(({ id }) => id === shown?.id);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next) selectTab(next.id);
  };
  useKeys({ "[": () => step(-1), "]": () => step(1) });
  return (
    <section class="panel" aria-label="Details of the span" tabIndex={-1} ref={panel}>
      <header class="panel-header">
        <h2>
          <RoleIcon role={roleOf(span)} />
          <span>{span.name === "" ? "(no name)" : span.name}</span>
        </h2>
        <span class="actions">
          <CopyButton
            label="Copy link to the span"
            icon="link"
            isSmall
            text={() => `${location.origin}/${routeHash({ page: "trace", traceId, spanId: span.spanId })}`}
          />
          <CopyButton label="Copy as JSON" text={() => JSON.stringify(span, null, 2)} />
          {test !== undefined && <CopyButton label="Copy as Vitest case" text={() => test} />}
        </span>
      </header>
      <Facts node={node} tree={tree} attempts={attempts} cost={cost} />
      {span.status.code === "error" && (
        <p class="error-box">
          <Icon name="error" size={14} />
          <span>
            {firstText(span.attributes, ["error.type"]) !== undefined && (
              <strong>{firstText(span.attributes, ["error.type"])}: </strong>
            )}
            {span.status.message ?? "The span ended with an error; it says no more."}
          </span>
        </p>
      )}
      {missing.length > 0 && (
        <p class="note">
          Sent with content off (<code>traceContent: false</code>), so that these parts are empty: {missing.join(", ")}.
        </p>
      )}
      <div class="tabs" role="tablist" aria-label="Parts of the span">
        {tabs.map(({ id, label, count }) => (
          <button
            type="button"
            role="tab"
            key={id}
            id={`tab-${id}`}
            aria-selected={id === shown?.id}
            aria-controls="tab-panel"
            tabIndex={id === shown?.id ? 0 : -1}
            onClick={() => selectTab(id)}
            onKeyDown={(event) => {
              const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
              if (by === 0) return;
              event.preventDefault();
              step(by);
            }}
          >
            {label}
            {count !== undefined && <span class="badge">{count}</span>}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id="tab-panel"
        class="tab-panel"
        aria-labelledby={`tab-${shown?.id ?? ""}`}
        tabIndex={0}
        key={`${node.index} ${shown?.id ?? ""}`}
      >
        {shown?.show()}
      </div>
    </section>
  );
}

function tabsOf(node: SpanNode, attempts: readonly Attempt[], cost: CallCost | undefined): readonly Tab[] {
  const { span } = node;
  const { attributes } = span;
  const role = roleOf(span);
  const schema = responseSchema(attributes);
  const result = resultOf(attributes);
  const messages = conversation(attributes);
  const content = entityContent(attributes);
  const tabs: Tab[] = [];
  const isCall = role === "chat" || attempts.length > 0;
  if (isCall && (schema !== undefined || result !== undefined || attempts.length > 0)) {
    const show = () => <FieldsTab schema={schema} attempts={attempts} result={result} />;
    tabs.push({ id: "fields", label: "Fields", show });
  }
  const count = messages.input.length + messages.output.length;
  if (isCall || count > 0) {
    tabs.push({ id: "messages", label: "Messages", count, show: () => <MessagesTab conversation={messages} /> });
  }
  if (attempts.length > 0) {
    const show = () => <AttemptsTab span={span} attempts={attempts} cost={cost} />;
    tabs.push({ id: "attempts", label: "Attempts", count: attempts.length, show });
  }
  if (!isCall && (role !== "other" || content.input !== undefined || content.output !== undefined) && role !== "http") {
    tabs.push({ id: "content", label: "Input and output", show: () => <ContentTab content={content} /> });
  }
  tabs.push({
    id: "attributes",
    label: "Attributes",
    show: () => <AttributesTab span={span} parent={node.parent?.span} />,
  });
  const happened = span.events.length + span.links.length;
  if (happened > 0)
    tabs.push({ id: "events", label: "Events", count: happened, show: () => <EventsTab span={span} /> });
  return tabs;
}

interface FactsProps {
  readonly node: SpanNode;
  readonly tree: SpanTree;
  readonly attempts: readonly Attempt[];
  readonly cost: CallCost | undefined;
}

function Facts({ node: { span }, tree, attempts, cost }: FactsProps): JSX.Element {
  const { attributes } = span;
  const model = firstText(attributes, [
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
    "ai.model.id",
  ]);
  const input = firstNumber(attributes, [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
  ]);
  const output = firstNumber(attributes, [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
  ]);
  const firstChunk = firstNumber(attributes, ["gen_ai.response.time_to_first_chunk"]);
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ["Started after", durationText(span.startTime - tree.start)],
    ["Duration", durationText(span.durationMs)],
    ["Cost", cost && usdText(cost.usd)],
    ["First chunk", firstChunk === undefined ? undefined : durationText(firstChunk * 1000)],
    ["Model", model],
    ["Schema", firstText(attributes, ["instructor.response_model"]) ?? responseSchema(attributes)?.name],
    ["Mode", firstText(attributes, ["respan.metadata.mode"])],
    ["Attempts", attempts.length === 0 ? undefined : String(attempts.length)],
    [
      "Tokens",
      input === undefined && output === undefined ? undefined : `${countText(input)} in · ${countText(output)} out`,
    ],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
