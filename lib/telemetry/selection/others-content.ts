import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";
import { untraced } from "../../scope/untraced.js";
import { DEFAULT_REDACTOR } from "../../capture/masking/redaction.js";
import { MASK } from "../../capture/masking/marks.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import type { Attached } from "../../scope/attached.js";
import { attachedTo } from "../../scope/attached.js";
import { PROMPT } from "../../wire/attributes.js";
import { isAttributeName, isKnownEvent, isKnownWord, nameWithoutWords } from "./known-words.js";
import { maskedAttribute, maskedAttributes, maskedName } from "../../capture/masked-attributes.js";
import { SpanCopy } from "./span-copy.js";
import { isGenAi, isOurs } from "./span-selection.js";
import type { Turn } from "./turn.js";
import type { WithheldContent } from "./withheld-content.js";
import { promptIdentifier } from "./withheld-content.js";

/** Nothing was attached: the span is another's. */
const NOTHING: Attached = { attributes: [], texts: [], allowsContent: false };

/**
 * Holds what others put on a span to policy and masking: on spans of ours what they added through OpenTelemetry's API,
 * and on GenAI spans of other instrumentations everything that this package did not stamp on them.
 */
export class OthersContent {
  readonly #redactor: Redactor;
  readonly #withheld: WithheldContent;
  readonly #resources = new WeakMap<Resource, Resource>();

  constructor(redactor: Redactor, withheld: WithheldContent) {
    this.#redactor = redactor;
    this.#withheld = withheld;
  }

  /** The span as it may leave: the span itself where nothing is to be changed, else a copy. */
  async held(span: ReadableSpan, turn: Turn): Promise<ReadableSpan> {
    const resource = this.#resource(span.resource);
    const isWithheld = this.#withheld.has(span);
    const isTreated = isOurs(span) || !this.#withheld.isAskedFor(span);
    if (!isTreated && !isWithheld && resource === span.resource) return span;
    const copy = new SpanCopy(span, span.parentSpanContext);
    copy.resource = resource;
    if (isTreated) await new Treatment(copy, attachedTo(span) ?? NOTHING, isWithheld, this.#redactor).run(turn);
    else if (isWithheld && PROMPT in copy.attributes) {
      copy.attributes = { ...copy.attributes, [PROMPT]: promptIdentifier(copy.attributes[PROMPT]) };
    }
    return isUnchanged(copy, span) ? span : copy;
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

function isUnchanged(copy: SpanCopy, span: ReadableSpan): boolean {
  return (["name", "attributes", "status", "events", "links", "resource"] as const).every(
    (part) => copy[part] === span[part],
  );
}

/** What is done to the parts of one span. */
class Treatment {
  readonly #copy: SpanCopy;
  readonly #own: Attached;
  readonly #isWithheld: boolean;
  readonly #redactor: Redactor;

  constructor(copy: SpanCopy, own: Attached, isWithheld: boolean, redactor: Redactor) {
    this.#copy = copy;
    this.#own = own;
    this.#isWithheld = isWithheld;
    this.#redactor = redactor;
  }

  async run(turn: Turn): Promise<void> {
    const copy = this.#copy;
    copy.name = this.#name();
    const { message } = copy.status;
    const kept = message === undefined ? undefined : this.#message(message);
    if (kept !== message) copy.status = { code: copy.status.code, ...(kept !== undefined && { message: kept }) };
    copy.attributes = await this.#attributes(copy.attributes, turn);
    const events: TimedEvent[] = [];
    for (const event of copy.events) events.push(await this.#event(event, turn));
    if (events.some((event, at) => event !== copy.events[at])) copy.events = events;
    const links = [];
    for (const link of copy.links) {
      const attributes = await this.#attributes(link.attributes ?? {}, turn);
      links.push(attributes === link.attributes || link.attributes === undefined ? link : { ...link, attributes });
    }
    if (links.some((link, at) => link !== copy.links[at])) copy.links = links;
  }

  #isOwnText(text: string): boolean {
    return this.#own.texts.some((own) => own === text);
  }

  #name(): string {
    const { name, attributes } = this.#copy;
    if (this.#isOwnText(name)) return name;
    if (!this.#isWithheld) return this.#masked(name);
    // Of ours the name before another one was set; of a GenAI span what it was made of; of another's its own.
    if (isOurs(this.#copy)) return this.#own.texts[0] ?? "span";
    return this.#masked(isGenAi(this.#copy) ? nameWithoutWords(name, attributes) : name);
  }

  #message(message: string): string | undefined {
    if (this.#isOwnText(message)) return message;
    return this.#isWithheld ? undefined : untraced(() => this.#redactor.text(message));
  }

  #masked(name: string): string {
    return untraced(() => maskedName(name, this.#redactor) ?? MASK);
  }

  async #event(event: TimedEvent, turn: Turn): Promise<TimedEvent> {
    const isKnown = this.#isOwnText(event.name);
    const isKept = !this.#isWithheld || isKnownEvent(event.name);
    const name = isKnown ? event.name : isKept ? this.#masked(event.name) : "event";
    const attributes = await this.#attributes(event.attributes ?? {}, turn);
    const isSame = event.attributes === undefined || attributes === event.attributes;
    return isSame && name === event.name ? event : { ...event, name, attributes };
  }

  async #attributes(given: Attributes, turn: Turn): Promise<Attributes> {
    const attributes: Attributes = {};
    let isSame = true;
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue;
      if (this.#isOwn(name, value)) {
        attributes[name] = value;
        continue;
      }
      if (turn.isOver) await turn.yield();
      const kept = untraced(() => this.#value(name, value));
      const key = this.#masked(name);
      isSame &&= kept === value && key === name;
      if (kept !== undefined) attributes[key] = kept;
    }
    return isSame ? given : attributes;
  }

  #value(name: string, value: AttributeValue): AttributeValue | undefined {
    if (!this.#isWithheld) return maskedAttribute(name, value, this.#redactor);
    if (!isAttributeName(name)) return undefined;
    const allowed = name === PROMPT ? promptIdentifier(value) : value;
    if (name !== PROMPT && isWords(value) && !isKnownWord(name, value)) return undefined;
    return maskedAttribute(name, allowed, this.#redactor);
  }

  #isOwn(name: string, value: AttributeValue): boolean {
    return this.#own.attributes.some((own) => Object.hasOwn(own, name) && isFrom(own[name], value));
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
