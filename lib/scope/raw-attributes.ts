import type { AttributeValue } from "@opentelemetry/api";
import { isAttributeValue } from "@opentelemetry/core";
import { isList, kindOf, listOf } from "../capture/user-values.js";
import { maskedAttribute, captureText } from "../capture/serialize.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { warnOnce } from "../observe/warn-once.js";
import { isPlainValue } from "./propagation.js";
import type { AttributeMap } from "./scope.js";

/** A value as OpenTelemetry takes it: an array has items of one type. */
export type RawAttribute = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** What an OpenTelemetry SDK lets a span carry at all, by default. */
const MOST_ATTRIBUTES = 128;
const MOST_ITEMS = 128;

/** Names under which spans carry messages, arguments and results. */
const CONTENT =
  /^(?:traceloop\.entity\.(?:input|output)|llm\.request\.functions|gen_ai\.(?:prompt|completion)\..*|gen_ai\.(?:input\.messages|output\.messages|system_instructions|tool\.definitions|tool\.call\.(?:arguments|result)))$/;

/** Attributes of a caller's, checked and masked, those that are content apart. */
export interface RawAttributes {
  readonly plain: AttributeMap;
  readonly content: Record<string, string>;
}

/** Checks attributes that go onto a span as they are; one that OpenTelemetry cannot take is left out with a warning. */
export function rawAttributes(given: unknown, redactor: Redactor): RawAttributes {
  const plain: AttributeMap = {};
  const content: Record<string, string> = {};
  if (given === undefined) return { plain, content };
  if (typeof given !== "object" || given === null || isList(given)) {
    warnOnce("attributes", `"attributes" must be an object, got ${kindOf(given)}; it was left out`);
    return { plain, content };
  }
  for (const [name, value] of Object.entries(given).slice(0, MOST_ATTRIBUTES)) {
    if (name === "" || value === undefined || value === null) continue;
    const checked = checkedValue(value);
    if (checked === undefined) {
      const wanted = "a string, a finite number, a boolean or an array of one of them";
      warnOnce(`attributes:${name}`, `attribute "${name}" must be ${wanted}, got ${kindOf(value)}; it was left out`);
      continue;
    }
    const masked = maskedAttribute(name, checked, redactor, (text) => captureText(text, redactor));
    if (masked === undefined) continue;
    if (CONTENT.test(name)) content[name] = typeof masked === "string" ? masked : JSON.stringify(masked);
    else plain[name] = masked;
  }
  return { plain, content };
}

/** The value itself, or the first items of a list; `undefined` where OpenTelemetry cannot take it. */
function checkedValue(value: unknown): AttributeValue | undefined {
  if (!isList(value)) return isPlainValue(value) ? value : undefined;
  const items = listOf(value, MOST_ITEMS);
  return items?.every(isPlainValue) === true && isAttributeValue(items) ? items : undefined;
}
