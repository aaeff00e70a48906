import { CUT } from "./masking/marks.js";

export const CUT_BYTES = Buffer.byteLength(CUT);

/** How many UTF-8 bytes a text takes. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

const encoder = new TextEncoder();
const encoded = new Uint8Array(16_384);

/** How many characters of `text` fit into `room` bytes of UTF-8; the pair that makes up one code point is not divided. */
export function fitting(text: string, room: number): number {
  if (room > encoded.length) return counted(text, room, utf8Length);
  return encoder.encodeInto(text.slice(0, room), encoded.subarray(0, room)).read;
}

/** The same, counting what each character takes inside a JSON string. */
export function fittingInJson(text: string, room: number): number {
  return counted(text, room, escapedLength);
}

function counted(text: string, room: number, asciiLength: (code: number) => number): number {
  let left = room;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const isPair = code >= 0xd800 && code < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1));
    left -= isPair ? 4 : code >= 0x800 ? 3 : code >= 0x80 ? 2 : asciiLength(code);
    if (left < 0) break;
    at += isPair ? 2 : 1;
  }
  return at;
}

const utf8Length = (): number => 1;

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}

function escapedLength(code: number): number {
  if (code === 34 || code === 92) return 2;
  if (code >= 32) return 1;
  return code === 8 || code === 9 || code === 10 || code === 12 || code === 13 ? 2 : 6;
}

/** `toWellFormed` is newer than the library that this is compiled against. */
interface WellFormed {
  isWellFormed(): boolean;
  toWellFormed(): string;
}

/** The text with each surrogate that stands alone replaced by U+FFFD, as it would be on its way through UTF-8 anyway. */
export function wellFormed(text: string): string {
  const it = text as string & WellFormed;
  return it.isWellFormed() ? text : it.toWellFormed();
}

/**
 * The same text in memory of its own. A part of a text keeps the whole of it alive, which may be a hundred megabytes;
 * one that was put together keeps all its parts.
 */
export function detached(text: string): string {
  return Buffer.from(text).toString();
}

/**
 * The same text, of one piece: reading a character makes one text of the many that it was put together from, so that
 * none of them is kept.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}
