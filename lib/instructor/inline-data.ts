/** Base64 that a message carries, in a data URL or beside its media type. */
const DATA_URL = /^data:([^;,]{0,100})[^,]{0,200};base64,/i;
/** Shorter than any picture or sound: an identifier or a word stays as it is. */
const SHORTEST = 64;

/**
 * The content of a message without the data of its pictures, sounds and files: each becomes its media type and size.
 * Text and the addresses of pictures stay. Nothing is copied where there is no such data.
 */
export function withoutInlineData(content: unknown): unknown {
  return Array.isArray(content) ? mapChanged(content, (part) => strip(part, 0)) : content;
}

function strip(value: unknown, depth: number): unknown {
  if (typeof value === "string") return describeDataUrl(value) ?? value;
  if (typeof value !== "object" || value === null || depth > 4) return value;
  if (Array.isArray(value)) return mapChanged(value, (item) => strip(item, depth + 1));
  let changed: Record<string, unknown> | undefined;
  const part = value as Record<string, unknown>;
  for (const key of Object.keys(part)) {
    const before = part[key];
    const after = isRawData(key, before) ? describe(mediaTypeOf(part), before.length) : strip(before, depth + 1);
    if (after !== before) (changed ??= { ...part })[key] = after;
  }
  return changed ?? value;
}

/** `input_audio.data`, `file.file_data` and Anthropic's `source.data` hold base64 without the form of a URL. */
function isRawData(key: string, value: unknown): value is string {
  return (
    (key === "data" || key === "file_data") &&
    typeof value === "string" &&
    value.length >= SHORTEST &&
    !DATA_URL.test(value)
  );
}

function mediaTypeOf(part: Record<string, unknown>): string {
  const given = part.media_type ?? part.mime_type ?? part.format;
  return typeof given === "string" ? given : "application/octet-stream";
}

function describeDataUrl(text: string): string | undefined {
  const found = DATA_URL.exec(text);
  if (found === null) return undefined;
  const type = found[1] === undefined || found[1] === "" ? "text/plain" : found[1];
  return describe(type, text.length - found[0].length);
}

function describe(mediaType: string, base64Length: number): string {
  return `[${mediaType}, ${Math.floor((base64Length * 3) / 4)} bytes]`;
}

function mapChanged(items: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, before] of items.entries()) {
    const after = map(before);
    if (after !== before) (changed ??= [...items])[index] = after;
  }
  return changed ?? items;
}
