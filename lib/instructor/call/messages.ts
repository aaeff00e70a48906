import { listOf } from "../../capture/user-values.js";
import { UNREADABLE } from "../../capture/bounds.js";
import { isObjectLike } from "../../observe/intercept.js";

/** What a span tells of one message. */
export interface Message {
  readonly role?: unknown;
  /** Without the data of pictures. */
  readonly content?: unknown;
  /** `tool_calls`, or the one `function_call` of the older form. */
  readonly toolCalls?: unknown;
  readonly callId?: unknown;
  /** As the caller gave it, without the data of pictures. */
  readonly whole: unknown;
}

/** So many messages of one request are kept one by one; each is two attributes or more. */
export const MOST_MESSAGES = 1_000;

/** The messages of a request, each part read once; empty where they are not an array. */
export function readMessages(messages: unknown): readonly Message[] {
  return listOf(messages, MOST_MESSAGES)?.map(readMessage) ?? [];
}

function readMessage(given: unknown): Message {
  if (!isObjectLike(given)) return { content: given, whole: given };
  const before = readable(given, "content");
  const content = withoutInlineData(before);
  return {
    role: readable(given, "role"),
    content,
    toolCalls: readable(given, "tool_calls") ?? legacyCall(readable(given, "function_call")),
    callId: readable(given, "tool_call_id"),
    whole: content === before ? given : copyWith(given, content),
  };
}

/** The members of an object, whatever it is; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObjectLike(value) ? (value as Record<string, unknown>) : {};
}

function readable(message: object, name: string): unknown {
  try {
    return Reflect.get(message, name);
  } catch {
    return UNREADABLE;
  }
}

function copyWith(message: object, content: unknown): unknown {
  try {
    return { ...message, content };
  } catch {
    return UNREADABLE;
  }
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

/** A value with its data replaced; nothing is copied where there is none. Text around data stays. Never throws. */
export function withoutInlineData(value: unknown): unknown {
  try {
    return strip(value, -1);
  } catch {
    return UNREADABLE;
  }
}

function strip(value: unknown, depth: number): unknown {
  if (typeof value === "string") return withoutData(value);
  if (typeof value !== "object" || depth > DEEPEST) return value;
  const part = fieldsOf(value);
  const entries = Object.entries(part).map(([key, before]): [string, unknown] => [
    key,
    isRawData(key, before) ? describe(mediaTypeOf(part), before) : strip(before, depth + 1),
  ]);
  if (entries.every(([key, after]) => after === part[key])) return value;
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function withoutData(text: string): string {
  const withoutUrls = /base64,/i.test(text) ? text.replace(DATA_URL, describeUrl) : text;
  return hasLongRun(withoutUrls)
    ? withoutUrls.replace(BARE, (run) => (isBase64(run) ? describe("application/octet-stream", run) : run))
    : withoutUrls;
}

/** Whether `BARE` can match: a run of that length covers one of these places, and prose has blanks around each. */
function hasLongRun(text: string): boolean {
  for (let at = SHORTEST_BARE - 1; at < text.length; at += SHORTEST_BARE) {
    if (!/\s/.test(text.slice(at - SHORTEST_BARE / 2, at)) || !/\s/.test(text.slice(at, at + SHORTEST_BARE / 2)))
      return true;
  }
  return false;
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

function mediaTypeOf(part: ReturnType<typeof fieldsOf>): string {
  const given = part.media_type ?? part.mime_type ?? part.format;
  return typeof given === "string" ? given : "application/octet-stream";
}

function describe(mediaType: string, base64: string): string {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return `[${mediaType}, ${Math.floor(((base64.length - padding) * 3) / 4)} bytes]`;
}
