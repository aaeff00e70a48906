import type { Attributes, AttributeValue, Context, Link } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";
import type { ContentGate } from "../../capture/content-policy.js";
import { contentAllowed } from "../../capture/content-policy.js";
import { maskedAttribute, maskedAttributes, maskedName } from "../../capture/masked-attributes.js";
import { MASK } from "../../capture/masking/marks.js";
import { DEFAULT_REDACTOR } from "../../capture/masking/redaction.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import type { Attached } from "../../scope/attached.js";
import { attachedTo } from "../../scope/attached.js";
import { standingScope } from "../../scope/standing-scope.js";
import { untraced } from "../../scope/tracing.js";
import { PROMPT } from "../../wire/attributes.js";
import { isAttributeName, isKnownEvent, isKnownWord, nameWithoutWords } from "./known-words.js";
import type { Turn } from "../timers.js";
import type { SpanCopy } from "./span-copy.js";
import { isExportedByDefault, isGenAi, isOurs } from "./span-selection.js";

/** Nothing was attached: another instrumentation made the span. */
const NOTHING: Attached = { attributes: [], texts: [], allowsContent: false };

/**
 * Applies content policy and masking to what other code put on a span: on our spans what it added through OpenTelemetry's API,
 * and on GenAI spans of other instrumentations everything that this package did not stamp on them.
 */
export class OthersContent {
  readonly #redactor: Redactor;
  readonly #resources = new WeakMap<Resource, Resource>();
  /** Gates that may veto the content of other code's spans. */
  readonly #gates = new WeakMap<ReadableSpan, ContentGate>();
  readonly #withheld = new WeakSet<ReadableSpan>();
  /** Spans that `shouldExportSpan` chose, and nothing else would have. */
  readonly #chosen = new WeakSet<ReadableSpan>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Notes a span that starts: the gates of its context may veto its content. */
  noteStart(span: ReadableSpan, parent: Context): void {
    if (isOurs(span)) return;
    const { gate } = standingScope(parent);
    if (gate !== undefined) this.#gates.set(span, gate);
    if (!isExportedByDefault(span, parent)) this.#chosen.add(span);
  }

  /** Notes a span that has ended: whether its content may leave is asked now. */
  noteEnd(span: ReadableSpan): void {
    if (!contentAllowed(this.#gates.get(span))) this.#withheld.add(span);
  }

  /**
   * Takes from a copy what may not leave.
   * @param turn left when it is over
   */
  async hold(span: ReadableSpan, copy: SpanCopy, turn: Turn): Promise<void> {
    const attached = attachedTo(span);
    // Our own spans ask when they end.
    const isWithheld = isOurs(span) ? attached?.allowsContent === false : this.#withheld.has(span);
    copy.resource = this.#resource(span.resource);
    // A span that only `shouldExportSpan` chose, a database's for one, is left as it is.
    if (isOurs(span) || isGenAi(span) || !this.#chosen.has(span)) {
      const own = attached ?? NOTHING;
      await new Treatment({ copy, own, isWithheld, redactor: this.#redactor, turn }).run();
    } else if (isWithheld && PROMPT in copy.attributes) {
      copy.attributes = { ...copy.attributes, [PROMPT]: promptIdentifier(copy.attributes[PROMPT]) };
    }
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
}

interface TreatmentParts {
  readonly copy: SpanCopy;
  /** Attributes and texts that this package put on the span. */
  readonly own: Attached;
  /** Whether the span's content stays in the process. */
  readonly isWithheld: boolean;
  readonly redactor: Redactor;
  readonly turn: Turn;
}

/** Masks the parts of one span, and removes what is withheld. */
class Treatment {
  readonly #parts: TreatmentParts;

  constructor(parts: TreatmentParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { copy } = this.#parts;
    copy.name = this.#name();
    const { code, message } = copy.status;
    const kept = message === undefined ? undefined : this.#message(message);
    copy.status = { code, ...(kept !== undefined && { message: kept }) };
    copy.attributes = await this.#attributes(copy.attributes);
    const events: TimedEvent[] = [];
    for (const event of copy.events) {
      const attributes = await this.#attributes(event.attributes);
      events.push({ ...event, name: this.#eventName(event.name), attributes });
    }
    copy.events = events;
    const links: Link[] = [];
    for (const link of copy.links) links.push({ ...link, attributes: await this.#attributes(link.attributes) });
    copy.links = links;
  }

  #isOwnText(text: string): boolean {
    return this.#parts.own.texts.some((own) => own === text);
  }

  #name(): string {
    const { name, attributes } = this.#parts.copy;
    if (this.#isOwnText(name)) return name;
    if (!this.#parts.isWithheld) return this.#masked(name);
    // Our own span keeps its first name, a GenAI span operation and model, any other its name.
    if (isOurs(this.#parts.copy)) return this.#parts.own.texts[0] ?? "span";
    return this.#masked(isGenAi(this.#parts.copy) ? nameWithoutWords(name, attributes) : name);
  }

  #message(message: string): string | undefined {
    if (this.#isOwnText(message)) return message;
    return this.#parts.isWithheld ? undefined : untraced(() => this.#parts.redactor.text(message));
  }

  #masked(name: string): string {
    return untraced(() => maskedName(name, this.#parts.redactor) ?? MASK);
  }

  #eventName(name: string): string {
    if (this.#isOwnText(name)) return name;
    return this.#parts.isWithheld && !isKnownEvent(name) ? "event" : this.#masked(name);
  }

  async #attributes(given: Attributes = {}): Promise<Attributes> {
    const attributes: Attributes = {};
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue;
      if (this.#isOwn(name, value)) {
        attributes[name] = value;
        continue;
      }
      if (this.#parts.turn.isOver) await this.#parts.turn.yield();
      const kept = untraced(() => this.#value(name, value));
      if (kept !== undefined) attributes[this.#masked(name)] = kept;
    }
    return attributes;
  }

  #value(name: string, value: AttributeValue): AttributeValue | undefined {
    if (!this.#parts.isWithheld) return maskedAttribute(name, value, this.#parts.redactor);
    if (!isAttributeName(name)) return undefined;
    const allowed = name === PROMPT ? promptIdentifier(value) : value;
    if (name !== PROMPT && isWords(value) && !isKnownWord(name, value)) return undefined;
    return maskedAttribute(name, allowed, this.#parts.redactor);
  }

  #isOwn(name: string, value: AttributeValue): boolean {
    return this.#parts.own.attributes.some((own) => Object.hasOwn(own, name) && isFrom(own[name], value));
  }
}

function isWords(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.some((one) => typeof one === "string"));
}

/** Whether a value is the attached one, which the provider may have copied, and cut at its limit. */
function isFrom(own: unknown, value: unknown): boolean {
  if (own === value) return true;
  if (typeof own === "string" && typeof value === "string") return value !== "" && own.startsWith(value);
  if (!Array.isArray(own) || !Array.isArray(value)) return false;
  return own.length === value.length && value.every((item, at) => isFrom(own[at], item));
}

/** A prompt without its variables. */
export function promptIdentifier(prompt: unknown): string {
  try {
    // Any JSON; a part that it lacks is left out.
    const { prompt_id, version } = JSON.parse(String(prompt)) as { prompt_id?: unknown; version?: unknown };
    return JSON.stringify({ prompt_id, version });
  } catch {
    return "{}";
  }
}
