import type { ApiAttributes, ApiSpan, ApiValue } from "../../api.js";
import {
  CUSTOM_IDENTIFIER,
  CUSTOMER_EMAIL,
  CUSTOMER_IDENTIFIER,
  CUSTOMER_NAME,
  ENTITY_PATH,
  ENVIRONMENT,
  EVALUATION_IDENTIFIER,
  GROUP_IDENTIFIER,
  METADATA_PREFIX,
  PROMPT,
  THREAD_IDENTIFIER,
  WORKFLOW_NAME,
} from "../../../wire/attributes.js";
import { textOf } from "./json.js";

export interface AttributeGroup {
  readonly title: string;
  readonly entries: readonly (readonly [name: string, value: ApiValue])[];
}

/** What a span got from the scope around it, by what it says. */
const GROUPS: readonly (readonly [title: string, names: readonly (readonly [attribute: string, label: string])[]])[] = [
  [
    "Customer",
    [
      [CUSTOMER_IDENTIFIER, "identifier"],
      [CUSTOMER_NAME, "name"],
      [CUSTOMER_EMAIL, "email"],
    ],
  ],
  [
    "Thread and session",
    [
      [THREAD_IDENTIFIER, "thread"],
      ["respan.sessions.session_identifier", "session"],
    ],
  ],
  [
    "Scope",
    [
      [WORKFLOW_NAME, "workflow"],
      [ENTITY_PATH, "path"],
      [ENVIRONMENT, "environment"],
      [CUSTOM_IDENTIFIER, "custom identifier"],
      [GROUP_IDENTIFIER, "group"],
      [EVALUATION_IDENTIFIER, "evaluation"],
      [PROMPT, "prompt"],
      ["respan.properties", "properties"],
    ],
  ],
];

export function inheritedGroups(attributes: ApiAttributes): readonly AttributeGroup[] {
  const groups: AttributeGroup[] = GROUPS.map(([title, names]) => ({
    title,
    entries: names.flatMap(([attribute, label]) => {
      const value = attributes[attribute];
      return value === undefined || value === null || value === "" ? [] : [[label, value] as const];
    }),
  }));
  const metadata = Object.entries(attributes)
    .filter(([name]) => name.startsWith(METADATA_PREFIX))
    .map(([name, value]) => [name.slice(METADATA_PREFIX.length), value] as const);
  groups.push({ title: "Metadata", entries: metadata });
  return groups.filter(({ entries }) => entries.length > 0);
}

/** What a span is, for its colour and its mark. */
export type SpanRole = "workflow" | "task" | "agent" | "tool" | "chat" | "http" | "other";

const ROLES: ReadonlySet<string> = new Set(["workflow", "task", "agent", "tool", "chat"]);
/** How other senders name what a span is. */
const ROLE_WORDS: Readonly<Record<string, SpanRole>> = {
  llm: "chat",
  completion: "chat",
  text_completion: "chat",
  generate_content: "chat",
  generation: "chat",
  invoke_agent: "agent",
  invoke_workflow: "workflow",
  execute_tool: "tool",
  chain: "workflow",
};
const ROLE_ATTRIBUTES = [
  "traceloop.span.kind",
  "respan.entity.log_type",
  "llm.request.type",
  "gen_ai.operation.name",
  "openinference.span.kind",
  "langfuse.observation.type",
];

export function roleOf({ attributes }: ApiSpan): SpanRole {
  for (const name of ROLE_ATTRIBUTES) {
    const word = textOf(attributes[name])?.toLowerCase();
    if (word === undefined) continue;
    // A member of ROLES is a SpanRole.
    if (ROLES.has(word)) return word as SpanRole;
    const role = Object.hasOwn(ROLE_WORDS, word) ? ROLE_WORDS[word] : undefined;
    if (role) return role;
  }
  return "http.request.method" in attributes || "http.method" in attributes ? "http" : "other";
}
