import { listOf } from "../../capture/user-values.js";
import { UNREADABLE } from "../../capture/bounds.js";

/** One message as any OpenAI-like provider takes it. */
export interface Message {
  readonly role?: unknown;
  readonly content?: unknown;
  readonly tool_calls?: unknown;
  readonly function_call?: unknown;
  readonly tool_call_id?: unknown;
}

/** So many messages of one request are kept one by one; each is two attributes or more. */
export const MOST_MESSAGES = 1_000;

/** The caller's messages, each read once and without the data of pictures; empty where they are not an array. */
export function readMessages(messages: unknown): readonly Message[] {
  return listOf(messages, MOST_MESSAGES)?.map(readMessage) ?? [];
}

function readMessage(given: unknown): Message {
  if (typeof given !== "object" || given === null) return { content: given };
  const message = given as Message;
  try {
    const before = message.content;
    const content = withoutInlineData(before);
    return content === before ? message : { ...message, content };
  } catch {
    return readableParts(message);
  }
}

const OTHER_PARTS = ["role", "tool_calls", "function_call", "tool_call_id"] as const;

/** What can be read of a message whose content cannot. */
function readableParts(message: Message): Message {
  const readable: Record<string, unknown> = { content: UNREADABLE };
  for (const part of OTHER_PARTS) {
    try {
      readable[part] = message[part];
    } catch {
      readable[part] = UNREADABLE;
    }
  }
  return readable;
}

/** A `function_call` of the older form as a tool call; it has no id. */
export function legacyCall(call: unknown): unknown {
  return typeof call === "object" && call !== null ? [{ type: "function", function: call }] : undefined;
}

/**
 * Base64 data in what is recorded: pictures, sounds and files become their media type and size. It is known by its looks,
 * wherever it stands in a text, or by a field that holds nothing else.
 */

/** A data URL: its media type, its parameters, its data. */
const DATA_URL = /data:([^;,\s"'()<>]{0,100})((?:;[^;,\s"'()<>]{1,100}){0,4});base64,([A-Za-z0-9+/_=-]+)/gi;
/** Base64 without a URL around it. */
const BARE = /[A-Za-z0-9+/_-]{1024,}={0,2}/g;
/** A bare run of base64 is at least this long; anything shorter may be an identifier. */
const SHORTEST_BARE = 1_024;
/** In a field that holds base64, a text this long is data. */
const SHORTEST_IN_FIELD = 64;
/** `input_audio.data`, `file.file_data`, Anthropic's `source.data`, `b64_json`, `image_base64`. */
const DATA_FIELD = /^(?:data|file_data|(?:.{0,64}_)?(?:b64|base64)(?:_.{0,64})?)$/i;
const DEEPEST = 4;

/** A value with its data replaced; nothing is copied where there is none. Text around data stays. */
export function withoutInlineData(value: unknown): unknown {
  return strip(value, -1);
}

function strip(value: unknown, depth: number): unknown {
  if (typeof value === "string") return withoutData(value);
  if (typeof value !== "object" || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return mapChanged(value, (item) => strip(item, depth + 1));
  let changed: Record<string, unknown> | undefined;
  const part = value as Record<string, unknown>;
  for (const key of Object.keys(part)) {
    const before = part[key];
    const after = isRawData(key, before) ? describe(mediaTypeOf(part), before) : strip(before, depth + 1);
    if (after !== before) (changed ??= { ...part })[key] = after;
  }
  return changed ?? value;
}

function withoutData(text: string): string {
  const withoutUrls = /base64,/i.test(text) ? text.replace(DATA_URL, describeUrl) : text;
  return withoutUrls.length < SHORTEST_BARE
    ? withoutUrls
    : withoutUrls.replace(BARE, (run) => (isBase64(run) ? describe("application/octet-stream", run) : run));
}

function describeUrl(_url: string, mediaType: string, _parameters: string, data: string): string {
  return describe(mediaType === "" ? "text/plain" : mediaType, data);
}

/** Encoded data has letters of both cases and digits; a ruler of dashes, a sequence of bases or a hash has not. */
function isBase64(run: string): boolean {
  return /[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run);
}

function isRawData(key: string, value: unknown): value is string {
  return (
    typeof value === "string" && value.length >= SHORTEST_IN_FIELD && DATA_FIELD.test(key) && !/^data:/i.test(value)
  );
}

function mediaTypeOf(part: Record<string, unknown>): string {
  const given = part.media_type ?? part.mime_type ?? part.format;
  return typeof given === "string" ? given : "application/octet-stream";
}

function describe(mediaType: string, base64: string): string {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return `[${mediaType}, ${Math.floor(((base64.length - padding) * 3) / 4)} bytes]`;
}

function mapChanged(items: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, before] of items.entries()) {
    const after = map(before);
    if (after !== before) (changed ??= [...items])[index] = after;
  }
  return changed ?? items;
}
