import type { Attributes, AttributeValue, Context, Link } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";
import type { ContentGate } from "../../capture/content-policy.js";
import { contentAllowed } from "../../capture/content-policy.js";
import { maskedAttribute, maskedAttributes, maskedName } from "../../capture/serialize.js";
import { MASK } from "../../capture/bounds.js";
import { DEFAULT_REDACTOR } from "../../capture/masking/redactor.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import type { Attached } from "../../scope/scope.js";
import { attachedTo } from "../../scope/scope.js";
import { standingScope } from "../../scope/standing-scope.js";
import { untraced } from "../../scope/tracing.js";
import { PROMPT } from "../../wire/attributes.js";
import type { Turn } from "../timers.js";
import type { SpanCopy } from "./span-copy.js";
import { isExportedByDefault, isGenAi, isOurs } from "./span-selection.js";

/** What the contexts of other code's span said of it when it started. */
interface Note {
  /** It may veto the span's content. */
  readonly gate: ContentGate | undefined;
  /** Whether `shouldExportSpan` chose the span, and nothing else would have. */
  readonly isChosen: boolean;
  isWithheld: boolean;
}

/** How the content of one span is held. */
interface Holding {
  /** Attributes and texts that this package put on the span. */
  readonly own: Attached;
  /** Whether the span's content stays in the process. */
  readonly isWithheld: boolean;
  readonly turn: Turn;
}

/** Nothing was attached: another instrumentation made the span. */
const NOTHING: Attached = { attributes: [], texts: [], allowsContent: false };

/**
 * Applies content policy and masking to what other code put on a span: on our spans what it added through OpenTelemetry's API,
 * and on GenAI spans of other instrumentations everything that this package did not stamp on them.
 */
export class OthersContent {
  readonly #redactor: Redactor;
  readonly #resources = new WeakMap<Resource, Resource>();
  /** On spans of other code. */
  readonly #notes = new WeakMap<ReadableSpan, Note>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Notes a span that starts. */
  noteStart(span: ReadableSpan, parent: Context): void {
    if (isOurs(span)) return;
    const { gate } = standingScope(parent);
    this.#notes.set(span, { gate, isChosen: !isExportedByDefault(span, parent), isWithheld: false });
  }

  /** Notes a span that has ended: whether its content may leave is asked now. */
  noteEnd(span: ReadableSpan): void {
    const note = this.#notes.get(span);
    if (note !== undefined) note.isWithheld = !contentAllowed(note.gate);
  }

  /**
   * Takes from a copy what may not leave.
   * @param turn left when it is over
   * @returns a promise where other code put something on the span
   */
  hold(span: ReadableSpan, copy: SpanCopy, turn: Turn): Promise<void> | undefined {
    const own = attachedTo(span) ?? NOTHING;
    const { isChosen, isWithheld } = this.#notes.get(span) ?? {
      isChosen: false,
      // Our own spans ask when they end.
      isWithheld: own !== NOTHING && !own.allowsContent,
    };
    copy.resource = this.#resource(span.resource);
    // A span that only `shouldExportSpan` chose, a database's for one, is left as it is.
    if (isChosen && !isGenAi(span)) {
      if (isWithheld && PROMPT in copy.attributes) {
        copy.attributes = { ...copy.attributes, [PROMPT]: promptIdentifier(copy.attributes[PROMPT]) };
      }
      return undefined;
    }
    return isWhollyAttached(own, copy) ? undefined : this.#hold(copy, { own, isWithheld, turn });
  }

  async #hold(copy: SpanCopy, holding: Holding): Promise<void> {
    copy.name = this.#name(copy, holding);
    const { code, message } = copy.status;
    const kept = message === undefined ? undefined : this.#message(message, holding);
    copy.status = { code, ...(kept !== undefined && { message: kept }) };
    copy.attributes = await this.#attributes(copy.attributes, holding);
    const events: TimedEvent[] = [];
    for (const event of copy.events) {
      const attributes = await this.#attributes(event.attributes, holding);
      events.push({ ...event, name: this.#eventName(event.name, holding), attributes });
    }
    copy.events = events;
    const links: Link[] = [];
    for (const link of copy.links) {
      links.push({ ...link, attributes: await this.#attributes(link.attributes, holding) });
    }
    copy.links = links;
  }

  /** Masked by form alone. One resource is shared by all spans of a provider, and serialized once for them. */
  #resource(resource: Resource): Resource {
    const known = this.#resources.get(resource);
    if (known !== undefined) return known;
    const attributes = maskedAttributes(resource.attributes, DEFAULT_REDACTOR);
    const { schemaUrl } = resource;
    const masked =
      attributes === resource.attributes
        ? resource
        : resourceFromAttributes(attributes, schemaUrl === undefined ? {} : { schemaUrl });
    if (resource.asyncAttributesPending !== true) this.#resources.set(resource, masked);
    return masked;
  }

  #name(copy: SpanCopy, { own, isWithheld }: Holding): string {
    const { name, attributes } = copy;
    if (own.texts.includes(name)) return name;
    if (!isWithheld) return this.#masked(name);
    // Our own span keeps its first name, a GenAI span operation and model, any other its name.
    if (isOurs(copy)) return own.texts[0] ?? "span";
    return this.#masked(isGenAi(copy) ? nameWithoutWords(name, attributes) : name);
  }

  #message(message: string, { own, isWithheld }: Holding): string | undefined {
    if (own.texts.includes(message)) return message;
    return isWithheld ? undefined : untraced(() => this.#redactor.text(message));
  }

  #eventName(name: string, { own, isWithheld }: Holding): string {
    if (own.texts.includes(name)) return name;
    return isWithheld && !EVENTS.test(name) ? "event" : this.#masked(name);
  }

  #masked(name: string): string {
    return untraced(() => maskedName(name, this.#redactor) ?? MASK);
  }

  async #attributes(given: Attributes = {}, { own, isWithheld, turn }: Holding): Promise<Attributes> {
    const attributes: Attributes = {};
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue;
      if (isAttached(own, name, value)) {
        attributes[name] = value;
        continue;
      }
      if (turn.isOver) await turn.yield();
      const allowed = isWithheld ? withoutWords(name, value) : value;
      if (allowed === undefined) continue;
      const kept = untraced(() => maskedAttribute(name, allowed, this.#redactor));
      if (kept !== undefined) attributes[this.#masked(name)] = kept;
    }
    return attributes;
  }
}

/** Whether this package put all of it on the span: then there is nothing to hold, and nothing to copy. */
function isWhollyAttached(own: Attached, { name, status, attributes, events, links }: SpanCopy): boolean {
  const isOwnText = (text: string): boolean => own.texts.includes(text);
  return (
    isOwnText(name) &&
    (status.message === undefined || isOwnText(status.message)) &&
    areAttached(own, attributes) &&
    events.every((event) => isOwnText(event.name) && areAttached(own, event.attributes)) &&
    links.every((link) => areAttached(own, link.attributes))
  );
}

function areAttached(own: Attached, given: Attributes = {}): boolean {
  for (const name in given) if (!isAttached(own, name, given[name])) return false;
  return true;
}

function isAttached(own: Attached, name: string, value: unknown): boolean {
  for (const ours of own.attributes) if (isFrom(ours[name], value)) return true;
  return false;
}

/** Whether a value is the attached one, which the provider may have copied, and cut at its limit. */
function isFrom(own: unknown, value: unknown): boolean {
  if (own === value) return true;
  if (typeof own === "string" && typeof value === "string") return value !== "" && own.startsWith(value);
  if (!Array.isArray(own) || !Array.isArray(value)) return false;
  return own.length === value.length && value.every((item, at) => isFrom(own[at], item));
}

/** A prompt without its variables. */
function promptIdentifier(prompt: unknown): string {
  try {
    // Any JSON; a part that it lacks is left out.
    const { prompt_id, version } = JSON.parse(String(prompt)) as { prompt_id?: unknown; version?: unknown };
    return JSON.stringify({ prompt_id, version });
  } catch {
    return "{}";
  }
}

/*
 * Words that may leave with a span where content is off: which model, which provider, how it ended. Others may be part of
 * a message.
 */

/** Attributes whose values are identifiers, or words of a known list. */
const TOKENS = new RegExp(
  `^(?:${[
    String.raw`gen_ai\.(?:system|provider\.name|operation\.name|request\.(?:model|encoding_formats)|output\.type)`,
    String.raw`gen_ai\.(?:response\.(?:model|id|finish_reasons?)|agent\.id|tool\.(?:type|call\.id)|conversation\.id)`,
    String.raw`llm\.(?:request\.type|model_name|provider|system)`,
    String.raw`openinference\.span\.kind`,
    String.raw`ai\.(?:operationId|model\.(?:id|provider)|response\.(?:id|model|finishReason))`,
    String.raw`error\.type|exception\.type`,
    String.raw`server\.address|service\.(?:version|namespace)|peer\.service|rpc\.(?:system|service|method)`,
    String.raw`network\.(?:transport|type|protocol\.(?:name|version)|(?:peer|local)\.address)`,
    String.raw`http\.(?:request\.method|route)|url\.scheme`,
    String.raw`traceloop\.(?:span\.kind|entity\.version)`,
    String.raw`respan\.(?:entity\.log_(?:method|type)|environment)`,
    String.raw`respan\.(?:customer_params|threads|sessions|span_params|trace|evaluation_params)\.[a-z_]+`,
  ].join("|")})$`,
);

/** Attributes that name a part of the program, as its authors wrote it. */
const NAMES =
  /^(?:gen_ai\.(?:agent|tool)\.name|ai\.telemetry\.functionId|operation\.name|resource\.name|service\.name|traceloop\.(?:workflow\.name|entity\.(?:name|path)))$/;

/** Events of OpenTelemetry and of known instrumentations. */
const EVENTS =
  /^(?:exception|gen_ai\.(?:choice|(?:system|user|assistant|tool)\.message|content\.(?:prompt|completion)|evaluation\.result|client\.inference\.operation\.details)|ai\.stream\.(?:firstChunk|finish)|llm\.content\.completion\.chunk)$/;

const TOKEN = /^[\w.:/@+#$\-[\]]{0,256}$/;
/** An attribute's name; another key may be part of a message itself. */
const KEY = /^[\w.:/$\-[\]]{1,256}$/;

/** An attribute's value where it is known not to be part of a message. */
function withoutWords(name: string, value: AttributeValue): AttributeValue | undefined {
  if (name === PROMPT) return promptIdentifier(value);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!KEY.test(name)) return undefined;
  if (NAMES.test(name) || !values.some((one) => typeof one === "string")) return value;
  return TOKENS.test(name) && values.every((one) => TOKEN.test(String(one))) ? value : undefined;
}

/** Attributes of the operation, the current convention first. */
const OPERATIONS = [
  "gen_ai.operation.name",
  "ai.operationId",
  "llm.request.type",
  "traceloop.span.kind",
  "openinference.span.kind",
];
const MODELS = ["gen_ai.request.model", "gen_ai.response.model", "ai.model.id", "llm.model_name"];

/** Operations of the conventions, which are the whole name of some spans. */
const OPERATION =
  /^(?:chat|text_completion|completion|generate_content|embeddings|rerank|retrieval|create_agent|invoke_agent|invoke_workflow|execute_tool)$/;

/** The name of a GenAI span that says nothing but operation and model: `{operation} {model}`. */
function nameWithoutWords(name: string, attributes: Readonly<Record<string, unknown>>): string {
  const isToken = (value: unknown): value is string => typeof value === "string" && value !== "" && TOKEN.test(value);
  const first = (keys: readonly string[]): string | undefined => keys.map((key) => attributes[key]).find(isToken);
  const operation = first(OPERATIONS) ?? (OPERATION.test(name) ? name : "gen_ai");
  const model = first(MODELS);
  return model === undefined ? operation : `${operation} ${model}`;
}
